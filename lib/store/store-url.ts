/** Whether a record is named by a URL. Every scheme counts, so that a misspelt one makes no file of that name. */
export function isStoreUrl(path: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(path);
}
