// @ts-check
import { DomUtils } from 'htmlparser2';

/** @typedef {import('./dom.mjs').Element} Element */

/**
 * The cells of an HTML table by row and column, a cell that spans several being in each of them.
 * @param {Element} table
 * @returns {Element[][]}
 */
export function tableGrid(table) {
  const rows = rowsOf(table);
  /** @type {Element[][]} */
  const grid = rows.map(() => []);
  rows.forEach((row, rowIndex) => {
    let column = 0;
    for (const cell of cellsOf(row)) {
      while (grid[rowIndex]?.[column] !== undefined) column++;
      const width = span(cell, 'colspan', 1000);
      // Zero means down to the last row, as HTML has it.
      const height = span(cell, 'rowspan', 65534) || rows.length;
      for (const gridRow of grid.slice(rowIndex, rowIndex + height)) {
        for (let offset = 0; offset < width; offset++) gridRow[column + offset] = cell;
      }
    }
  });
  return grid;
}

/**
 * The table's own rows, not those of a table inside one of its cells.
 * @param {Element} table
 */
function rowsOf(table) {
  return children(table).flatMap((child) => {
    if (child.name === 'tr') return [child];
    return ['thead', 'tbody', 'tfoot'].includes(child.name) ? children(child, 'tr') : [];
  });
}

/** @param {Element} row */
function cellsOf(row) {
  return children(row).filter(({ name }) => name === 'td' || name === 'th');
}

/**
 * @param {Element} element
 * @param {string} [name]
 */
function children(element, name) {
  return element.children
    .filter((child) => DomUtils.isTag(child))
    .filter((child) => name === undefined || child.name === name);
}

/**
 * @param {Element} cell
 * @param {'colspan' | 'rowspan'} attribute
 * @param {number} limit
 */
function span(cell, attribute, limit) {
  const value = Number.parseInt(cell.attribs[attribute] ?? '1', 10);
  return Number.isNaN(value) || value < 0 || (value === 0 && attribute === 'colspan')
    ? 1
    : Math.min(value, limit);
}
