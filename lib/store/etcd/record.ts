import { show } from '../../arguments/invalid-argument';
import { PortForError } from '../../errors/port-for-error';
import { isPort } from '../../ports/port';
import { type ConfigText, parseConfig, portsOf } from '../config-text';
import { ConfigFileError } from '../errors';
import { DEFAULT_SECTION } from '../ini';
import type { Decision } from '../locked-file';
import { checkName } from '../name';
import type { NameRecord } from '../name-record';
import { EtcdClient } from './client';
import { type EtcdPlace, readPlace } from './place';

/** How many keys one answer has at most. */
const PAGE = 5000;

interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision?: string;
}

/** What a key has, and the revision at which it got that; text and revision are those of no key for one that is missing. */
interface Entry {
  readonly value: string;
  readonly revision: string;
}

/** All our keys at one moment, without the prefix, and what they mean. */
interface View {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly config: ConfigText;
}

/** Keys with their new values; undefined for those that go. */
type Change = ReadonlyMap<string, string | undefined>;

/**
 * Names and their ports in etcd: `PREFIX/names/NAME` has the port, and `PREFIX/ports/PORT` the name, so that neither can
 * be given twice. A change is one transaction that fails if any of its keys is not as it was read; then the decision is
 * made anew. Reads are linearizable: they see each change that was reported before.
 */
export class EtcdRecord implements NameRecord {
  readonly path: string;
  readonly #place: EtcdPlace;
  readonly #client: EtcdClient;

  /** @param timeout how long a call may take, in ms */
  constructor(url: string, timeout: number) {
    this.#place = readPlace(url);
    this.path = this.#place.label;
    this.#client = new EtcdClient(this.#place, timeout);
  }

  async read(): Promise<ConfigText> {
    return (await this.#view(this.#client.deadline())).config;
  }

  async update<T>(decide: (config: ConfigText) => Decision<T>): Promise<T> {
    const deadline = this.#client.deadline();
    let unsure: { change: Change; result: T } | undefined;
    for (;;) {
      const view = await this.#view(deadline);
      // The answer to a transaction was lost, and what it wanted is so: it was done.
      if (unsure !== undefined && isDone(unsure.change, view)) return unsure.result;
      const { result, content } = decide(view.config);
      if (content === undefined) return result;
      const change = compare(view, parseConfig(content, this.path));
      const { body, isUnsure } = await this.#client.call('kv/txn', this.#transaction(change, view), deadline);
      if ((body as { succeeded?: boolean }).succeeded === true) return result;
      if (isUnsure) unsure = { change, result };
    }
  }

  readSync(): never {
    throw this.#notAtOnce();
  }

  updateSync(): never {
    throw this.#notAtOnce();
  }

  #notAtOnce(): PortForError {
    const message = `${this.path} is across a network and cannot answer at once: call the method without Sync, as bindPort() for bindPortSync()`;
    return new PortForError('ERR_PORT_REMOTE_STORE', message);
  }

  async #view(deadline: number): Promise<View> {
    const prefix = `${this.#place.prefix}/`;
    const entries = new Map<string, Entry>();
    const end = encode(`${prefix.slice(0, -1)}0`);
    let question: Record<string, unknown> = { key: encode(prefix), range_end: end, limit: PAGE };
    for (;;) {
      const { body } = await this.#client.call('kv/range', question, deadline);
      const { header, kvs = [], more } = body as Range;
      for (const { key, value = '', mod_revision: revision = '0' } of kvs) {
        entries.set(decode(key).slice(prefix.length), { value: decode(value), revision });
      }
      const last = kvs.at(-1);
      if (more !== true || last === undefined) break;
      const next = Buffer.concat([Buffer.from(last.key, 'base64'), Buffer.alloc(1)]).toString('base64');
      question = { key: next, range_end: end, limit: PAGE, revision: question.revision ?? header.revision };
    }
    return { entries, config: this.#toConfig(entries) };
  }

  /** The names as a config file would have them. Keys that are no name of ours are left out. */
  #toConfig(entries: ReadonlyMap<string, Entry>): ConfigText {
    const lines = ['[DEFAULT]\n'];
    const odd = [];
    for (const [key, { value }] of entries) {
      const name = nameOf(key);
      if (name === undefined) continue;
      if (toPort(value) !== undefined) {
        lines.push(`${name} = ${value}\n`);
        continue;
      }
      const problem = `${show(value)} is not a port: expected a number from 1 to 65535`;
      odd.push({
        section: DEFAULT_SECTION,
        name,
        error: new ConfigFileError(`${this.path}/${key}`, 1, problem),
      });
    }
    const { sections, items, rawLines } = parseConfig(Buffer.from(lines.join('')), this.path);
    return { sections, items, rawLines, odd };
  }

  /** Does the change if each of its keys still is as it was read. */
  #transaction(change: Change, { entries }: View): object {
    const keyOf = (key: string) => encode(`${this.#place.prefix}/${key}`);
    return {
      compare: [...change.keys()].map((key) => ({
        key: keyOf(key),
        target: 'MOD',
        result: 'EQUAL',
        mod_revision: entries.get(key)?.revision ?? '0',
      })),
      success: Array.from(change, ([key, value]) =>
        value === undefined
          ? { request_delete_range: { key: keyOf(key) } }
          : { request_put: { key: keyOf(key), value: encode(value) } },
      ),
    };
  }
}

interface Range {
  readonly header: { readonly revision: string };
  readonly kvs?: readonly KeyValue[];
  readonly more?: boolean;
}

/** What has to be written so that the names are as `after` has them. A key of a port that belongs to no name is taken over. */
function compare({ config, entries }: View, after: ConfigText): Change {
  const before = portsOf(config, DEFAULT_SECTION);
  const names = portsOf(after, DEFAULT_SECTION);
  const change = new Map<string, string | undefined>();
  for (const [name, port] of before) {
    if (names.get(name) === port) continue;
    change.set(`names/${name}`, undefined);
    if (entries.get(`ports/${port}`)?.value === name) change.set(`ports/${port}`, undefined);
  }
  for (const [name, port] of names) {
    if (before.get(name) === port) continue;
    change.set(`names/${name}`, `${port}`);
    change.set(`ports/${port}`, name);
  }
  return change;
}

function isDone(change: Change, { entries }: View): boolean {
  return [...change].every(([key, value]) => entries.get(key)?.value === value);
}

/** The name that a key is of, as the config file would have it. */
function nameOf(key: string): string | undefined {
  const name = /^names\/(.*)$/s.exec(key)?.[1];
  try {
    return name !== undefined && checkName(name) === name ? name : undefined;
  } catch {
    return undefined;
  }
}

function toPort(value: string): number | undefined {
  return /^[1-9]\d*$/.test(value) && isPort(Number(value)) ? Number(value) : undefined;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
