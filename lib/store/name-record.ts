import type { ConfigText } from './config-text';
import type { Decision } from './locked-file';

/**
 * Where names and their ports are kept: a config file, or an engine that many machines share. Both tell what they have
 * as the text of a config file, and are changed by a decision on it.
 */
export interface NameRecord {
  /** What the record is called in errors and lists: the absolute path of a file, or a URL without its password. */
  readonly path: string;
  /** What is in the record; nothing where there is none yet. */
  read(): Promise<ConfigText>;
  /** {@link read}, at once. */
  readSync(): ConfigText;
  /**
   * Reads, decides and writes, with no other writer in between: `decide` is called again where there was one. Nothing is
   * written if the decision has no content.
   */
  update<T>(decide: (config: ConfigText) => Decision<T>): Promise<T>;
  /** {@link update}, at once. */
  updateSync<T>(decide: (config: ConfigText) => Decision<T>): T;
}
