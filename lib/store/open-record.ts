import { resolve } from 'node:path';
import { Config } from './config';
import type { NameRecord } from './name-record';
import { isStoreUrl } from './store-url';

/** How long a call waits for the writers of a file, ms. */
const FILE_TIMEOUT = 30_000;

/** How long a call waits for an engine of which no majority answers, ms: an election takes about a second. */
const ENGINE_TIMEOUT = 10_000;

/** The record at a path or URL. What an engine needs is loaded for a URL alone. */
export function openRecord(path: string, timeout: number | undefined): NameRecord {
  if (!isStoreUrl(path)) return new Config(resolve(path), timeout ?? FILE_TIMEOUT);
  const { EtcdRecord } = require('./etcd/record') as typeof import('./etcd/record');
  return new EtcdRecord(path, timeout ?? ENGINE_TIMEOUT);
}
