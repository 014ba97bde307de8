import { dirname } from 'node:path';
import { hasCode, toAccessError } from './access-error';
import { readFile, readFileSync } from './config-file';
import { isUserConfigPath } from './config-path';
import { type ConfigText, parseConfig } from './config-text';
import type { Decision } from './locked-file';
import type { NameRecord } from './name-record';

/** A config file: read without a lock, changed under it. Throws the errors of the store, with the file in them. */
export class Config implements NameRecord {
  readonly path: string;
  readonly #lockTimeout: number;
  #last: { readonly content: Buffer; readonly config: ConfigText } | undefined;

  /** @param lockTimeout how long to wait for others that write the file, in ms */
  constructor(path: string, lockTimeout: number) {
    this.path = path;
    this.#lockTimeout = lockTimeout;
  }

  /** What is in the file; nothing where there is no file yet. */
  async read(): Promise<ConfigText> {
    try {
      return this.#parse(await readFile(this.path, this.#lockTimeout));
    } catch (error) {
      return this.#whenUnread(error);
    }
  }

  readSync(): ConfigText {
    try {
      return this.#parse(readFileSync(this.path, this.#lockTimeout));
    } catch (error) {
      return this.#whenUnread(error);
    }
  }

  /** Reads, decides and writes in one go. Nothing is written if the decision has no content. */
  async update<T>(decide: (config: ConfigText) => Decision<T>): Promise<T> {
    try {
      this.#makeFolder();
      return await writer().updateFile(this.path, this.#lockTimeout, (content) =>
        decide(this.#parse(content)),
      );
    } catch (error) {
      throw toAccessError(error, this.path, 'write');
    }
  }

  updateSync<T>(decide: (config: ConfigText) => Decision<T>): T {
    try {
      this.#makeFolder();
      return writer().updateFileSync(this.path, this.#lockTimeout, (content) => decide(this.#parse(content)));
    } catch (error) {
      throw toAccessError(error, this.path, 'write');
    }
  }

  /** The same bytes are taken apart once: a long file costs a caller in a loop no more than its reading. */
  #parse(content: Buffer): ConfigText {
    if (this.#last?.content.equals(content) === true) return this.#last.config;
    const config = parseConfig(content, this.path);
    for (const { error } of config.odd) warnOnce(error);
    this.#last = { content, config };
    return config;
  }

  /** A user's own config folder is made on first use, so it may be missing. */
  #whenUnread(error: unknown): ConfigText {
    if (hasCode(error, ['ENOENT']) && isUserConfigPath(this.path)) return this.#parse(Buffer.alloc(0));
    throw toAccessError(error, this.path, 'read');
  }

  /** A user's own config folder is made on first use; no other folder is. */
  #makeFolder(): void {
    if (isUserConfigPath(this.path)) writer().makeFolders(dirname(this.path));
  }
}

const warned = new Set<string>();

/** A line that is off is said once a process, though other names are answered. */
function warnOnce({ message }: Error): void {
  if (warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, { type: 'ConfigFileWarning', code: 'PORT_CONFIG' });
}

/** What writes is loaded by the first call that has something to write: it needs the addon. */
function writer(): typeof import('./update-file') {
  return require('./update-file');
}
