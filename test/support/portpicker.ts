import { spawnSync } from 'node:child_process';

/** Debian's modules are those of its own python3, which need not be the first on the path. */
const PYTHONS = ['python3', '/usr/bin/python3'];

const found = PYTHONS.find(
  (python) => spawnSync(python, ['-c', 'import portpicker, portserver']).status === 0,
);

/** The Python that has portpicker. */
export const PORTPICKER_PYTHON = found ?? 'python3';

/** Why nothing can be tried with Python's portpicker; false where it can. */
export const NO_PORTPICKER: string | false = found === undefined ? 'needs python3-portpicker' : false;
