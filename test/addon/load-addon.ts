import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { libc } from '../../lib/addon/libc';
import { loadAddon } from '../../lib/addon/load-addon';
import { ROOT } from '../support/dist';

const BUILT = 'build/Release/port_for_native.node';
const DEBUG = 'build/Debug/port_for_native.node';
const flavour = process.platform === 'linux' ? `.${libc()}` : '';
const PREBUILT = `prebuilds/${process.platform}-${process.arch}/port-for-native.napi${flavour}.node`;
/** The addon of this checkout. */
const OWN = join(ROOT, existsSync(join(ROOT, BUILT)) ? BUILT : PREBUILT);

/** A package with addons at `paths`. */
function makePackage(t: Test, paths: readonly string[]): string {
  const folder = t.testdir({ 'package.json': '{ "name": "port-for-native" }' });
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(OWN, join(folder, path));
  }
  return folder;
}

/** Which addon of `folder` was loaded. */
function load(folder: string): string[] {
  loadAddon(folder);
  const loaded = Object.keys(require.cache).filter((path) => path.startsWith(folder));
  for (const path of loaded) delete require.cache[path];
  return loaded.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/'));
}

const skip = process.platform === 'win32' && 'an addon that is loaded cannot be removed';

t.test('an addon that was built is preferred to a prebuilt one', { skip }, async (t) => {
  t.strictSame(load(makePackage(t, [BUILT, PREBUILT])), [BUILT]);
  t.strictSame(load(makePackage(t, [BUILT, DEBUG])), [BUILT]);
  const debug = makePackage(t, [DEBUG, PREBUILT]);
  t.ok(load(debug).includes(DEBUG));
});

t.test('without a build the prebuilt one for this system is loaded', { skip }, async (t) => {
  t.strictSame(load(makePackage(t, [PREBUILT])), [PREBUILT]);
});

t.test(
  'a prebuilt addon for the other C library is none for this system',
  { skip: process.platform !== 'linux' && 'only Linux has several C libraries' },
  async (t) => {
    const other = libc() === 'glibc' ? 'musl' : 'glibc';
    const folder = makePackage(t, [PREBUILT.replace(flavour, `.${other}`)]);
    t.throws(() => loadAddon(folder), {
      code: 'ERR_PORT_ADDON',
      message: new RegExp(`there is no addon for linux-${process.arch} with ${libc()}: looked for`),
    });
  },
);

t.test('PORT_FOR_NATIVE_PREBUILD names another folder', { skip }, async (t) => {
  const elsewhere = makePackage(t, [PREBUILT]);
  process.env.PORT_FOR_NATIVE_PREBUILD = elsewhere;
  t.teardown(() => {
    delete process.env.PORT_FOR_NATIVE_PREBUILD;
  });
  loadAddon(ROOT);
  t.ok(Object.keys(require.cache).some((path) => path === join(elsewhere, PREBUILT)));
});

t.test('without any the error says what was looked for, and how to build one', async (t) => {
  const folder = t.testdir({});
  t.throws(() => loadAddon(folder), {
    code: 'ERR_PORT_ADDON',
    message: /there is no addon for .*prebuilds.*npx port-for-native --build/,
  });
});
