import { PORT_FOR } from './modes';
import { manPage } from './table/man';
import { markdownReference } from './table/markdown';
import { PORTEND } from './waiting/table';

/** The manual pages of the commands, by their file names. */
export function manPages(version: string): Record<string, string> {
  return { 'port-for.1': manPage(PORT_FOR, version), 'portend.1': manPage(PORTEND, version) };
}

/** The references of the commands, for the guide. */
export function references(): Record<string, string> {
  return { 'port-for': markdownReference(PORT_FOR), portend: markdownReference(PORTEND) };
}
