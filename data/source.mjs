// @ts-check
import { readFile } from 'node:fs/promises';

/**
 * The text behind a path or a URL (http and https), without a byte order mark.
 * @param {string} source
 */
export async function readSource(source) {
  const text = /^https?:/.test(source) ? await fetchText(source) : await readFile(source, 'utf8');
  return text.replace(/^\uFEFF/, '');
}

/** @param {string} url */
async function fetchText(url) {
  // Wikipedia turns away clients that do not say who they are.
  const headers = { 'user-agent': 'port-for-native (npm run data)' };
  const response = await fetch(url, { headers }).catch((error) => {
    throw new Error(`${url} cannot be read: ${error.cause ?? error}`);
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${response.statusText}`);
  return response.text();
}
