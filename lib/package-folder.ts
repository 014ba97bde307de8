import { dirname } from 'node:path';

/** Where the package lies: this file's folder is one below it, whether that is `lib` or, bundled, `dist`. */
export const PACKAGE_FOLDER = dirname(__dirname);
