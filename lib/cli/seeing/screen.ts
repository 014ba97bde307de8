import { isatty } from 'node:tty';
import type { Screen } from '../../map/terminal';

const STDOUT = 1;

/**
 * Whether to print colours: on a terminal that has them, unless `NO_COLOR` is set (no-color.org); `FORCE_COLOR` decides
 * where it is set, as for Node itself.
 */
export function hasColors(stream: number = STDOUT, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR = '', FORCE_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return NO_COLOR === '' && TERM !== 'dumb' && isatty(stream);
}

/** The room on the terminal; what `COLUMNS` and `LINES` say elsewhere, 80 by 24 without. */
export function screen(environment: NodeJS.ProcessEnv = process.env): Screen {
  const [columns, rows] = isatty(STDOUT) ? process.stdout.getWindowSize() : [];
  return {
    columns: columns || Number(environment.COLUMNS) || 80,
    rows: rows || Number(environment.LINES) || 24,
    hasColors: hasColors(STDOUT, environment),
  };
}
