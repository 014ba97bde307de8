// @ts-check
import { isIanaCsv, readIanaCsv } from './iana-csv.mjs';
import { isIanaXml, readIanaXml } from './iana-xml.mjs';
import { isUnofficialCsv, readUnofficialCsv } from './unofficial-csv.mjs';
import { isWikipediaHtml, readWikipediaHtml } from './wikipedia-html.mjs';

/**
 * Reads IANA's registry in whichever published form `text` is; `source` names it in errors.
 * @param {string} text
 * @param {string} source
 */
export function readIana(text, source) {
  if (isIanaCsv(text)) return readIanaCsv(text);
  if (isIanaXml(text)) return readIanaXml(text);
  throw new Error(
    `${source} is neither the CSV nor the XML form of IANA's service-names-port-numbers registry`,
  );
}

/**
 * Reads a list of unofficial uses in whichever form `text` is; `source` names it in errors.
 * @param {string} text
 * @param {string} source
 */
export function readUnofficial(text, source) {
  if (isUnofficialCsv(text)) return readUnofficialCsv(text);
  if (isWikipediaHtml(text)) return readWikipediaHtml(text);
  throw new Error(
    `${source} is neither a CSV with the columns low,high,transport,service[,source] nor Wikipedia's list of port numbers`,
  );
}
