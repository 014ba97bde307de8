// @ts-check
import { DomUtils } from 'htmlparser2';

/**
 * @typedef {ReturnType<typeof DomUtils.getElementsByTagName>[number]} Element
 * @typedef {Element['children'][number]} AnyNode
 */

/**
 * The text of a node on one line.
 * @param {AnyNode} node
 */
export function textOf(node) {
  return DomUtils.textContent(node).replace(/\s+/g, ' ').trim();
}

/**
 * The text of a table cell as a reader sees it: without footnote marks and without what only sorts or styles it.
 * @param {AnyNode} cell
 */
export function visibleTextOf(cell) {
  return visibleText(cell).replace(/\s+/g, ' ').trim();
}

/**
 * @param {AnyNode} node
 * @returns {string}
 */
function visibleText(node) {
  if (DomUtils.isText(node)) return node.data;
  if (!DomUtils.hasChildren(node) || (DomUtils.isTag(node) && isHidden(node))) return '';
  if (DomUtils.isTag(node) && node.name === 'br') return ' ';
  return node.children.map(visibleText).join('');
}

/** @param {Element} element */
function isHidden(element) {
  return (
    ['sup', 'style', 'script', 'table'].includes(element.name) ||
    /display:\s*none/.test(element.attribs.style ?? '')
  );
}
