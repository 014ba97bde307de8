import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import type { Test } from 'tap';

const PLACES =
  process.platform === 'win32'
    ? []
    : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));

/** Why no page can be tested; false where one can. */
export const NO_BROWSER: string | false = found === undefined ? 'needs chromium (Debian: chromium)' : false;

/** How long, ms, a browser may take to start on a busy machine. */
const PATIENCE = 120_000;

/** A browser of the test's own, which calls nobody. */
export async function startBrowser(t: Test): Promise<Browser> {
  const { launch } = await import('puppeteer-core');
  const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser = await launch({
    executablePath: found ?? '',
    userDataDir: folder,
    timeout: PATIENCE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.teardown(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return browser;
}
