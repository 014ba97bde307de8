import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { tryUpdate } from '../../lib/store/locked-file';
import { makeFolders } from '../../lib/store/make-folders';
import { PortStore } from '../../lib/store/port-store';
import { Watch } from '../../lib/store/watch';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

const TEXT = '[DEFAULT]\nweb = 80\n';

/** A folder of nobody's with a config file, beside one of root's, which nobody cannot write. */
function foreignFolder(t: Test) {
  const base = t.testdir({ theirs: { 'port-for.conf': TEXT }, ours: { 'port-for.conf': 'secret' } });
  const theirs = join(base, 'theirs');
  const path = join(theirs, 'port-for.conf');
  for (const place of [theirs, path]) chownSync(place, NOBODY, NOBODY);
  return { base, theirs, path, ours: join(base, 'ours') };
}

const ours = { result: 'ours', content: Buffer.from('[DEFAULT]\nours = 81\n') };

t.test('root changes a file of another user, whose it stays', { skip: NO_OTHER_USER }, async (t) => {
  const { path, theirs } = foreignFolder(t);
  t.equal(new PortStore(path).bindPortSync('db', 81), 81);
  t.equal(readFileSync(path, 'utf8'), `${TEXT}db = 81\n`);
  t.match(statSync(path), { uid: NOBODY, gid: NOBODY });
  t.strictSame(readdirSync(theirs), ['port-for.conf']);
});

t.test(
  'what root makes in a folder of another user is that user\u2019s',
  { skip: NO_OTHER_USER },
  async (t) => {
    const { theirs } = foreignFolder(t);
    const path = join(theirs, 'new.conf');
    new PortStore(path).bindPortSync('db', 81);
    t.match(statSync(path), { uid: NOBODY, gid: NOBODY });
    makeFolders(join(theirs, '.config', 'deep'));
    for (const folder of ['.config', '.config/deep']) {
      t.match(statSync(join(theirs, folder)), { uid: NOBODY, gid: NOBODY, mode: 0o040700 });
    }
  },
);

t.test(
  'a folder that is swapped for a link while root writes leads it nowhere',
  { skip: NO_OTHER_USER },
  async (t) => {
    const { path, theirs, ours: secret, base } = foreignFolder(t);
    tryUpdate(
      path,
      () => {
        renameSync(theirs, join(base, 'moved'));
        symlinkSync('ours', theirs);
        return ours;
      },
      new Watch(),
    );
    t.strictSame(readdirSync(secret), ['port-for.conf']);
    t.equal(readFileSync(join(secret, 'port-for.conf'), 'utf8'), 'secret');
    t.equal(statSync(join(secret, 'port-for.conf')).uid, 0);
    t.equal(readFileSync(join(base, 'moved', 'port-for.conf'), 'utf8'), `${ours.content}`);
  },
);

t.test(
  'root follows no link that another user laid, whether it leads to a file or not',
  { skip: NO_OTHER_USER },
  async (t) => {
    for (const target of ['port-for.conf', 'new.conf']) {
      const { theirs, ours: secret } = foreignFolder(t);
      const link = join(theirs, 'link.conf');
      symlinkSync(join('..', 'ours', target), link);
      const refused = {
        code: 'ERR_PORT_CONFIG_ACCESS',
        systemCode: 'ELOOP',
        message: /another user could have made/,
      };
      // Parsing what the link leads to would fail first.
      writeFileSync(join(secret, 'port-for.conf'), TEXT);
      t.throws(() => new PortStore(link).bindPortSync('db', 81), refused);
      await t.rejects(new PortStore(link).bindPort('db', 81), refused);
      t.strictSame(readdirSync(secret), ['port-for.conf']);
      t.equal(readFileSync(join(secret, 'port-for.conf'), 'utf8'), TEXT);
    }
  },
);

t.test('root writes into no file that another user has linked', { skip: NO_OTHER_USER }, async (t) => {
  const { theirs, ours: secret } = foreignFolder(t);
  writeFileSync(join(secret, 'port-for.conf'), TEXT);
  linkSync(join(secret, 'port-for.conf'), join(theirs, 'linked.conf'));
  const store = new PortStore(join(theirs, 'linked.conf'));
  t.throws(() => store.bindPortSync('db', 81), { systemCode: 'EMLINK', message: /further hard links/ });
  t.equal(readFileSync(join(secret, 'port-for.conf'), 'utf8'), TEXT);
  linkSync(join(secret, 'port-for.conf'), join(secret, 'linked.conf'));
  t.equal(new PortStore(join(secret, 'linked.conf')).bindPortSync('db', 81), 81, 'its own it does');
});

t.test('links in the place of our own files lead root nowhere', { skip: NO_OTHER_USER }, async (t) => {
  for (const kind of ['lock', 'new']) {
    const { path, theirs, ours: secret } = foreignFolder(t);
    symlinkSync(join(secret, 'made'), join(theirs, `.port-for.conf.${kind}`));
    try {
      new PortStore(path).bindPortSync('db', 81);
    } catch (error) {
      t.match(error, { code: 'ERR_PORT_CONFIG_ACCESS' });
    }
    t.equal(existsSync(join(secret, 'made')), false, kind);
  }
  const { path, theirs } = foreignFolder(t);
  mkdirSync(join(theirs, '.port-for.conf.new'));
  t.throws(() => new PortStore(path).bindPortSync('db', 81), { code: 'ERR_PORT_CONFIG_ACCESS' });
  t.equal(readFileSync(path, 'utf8'), TEXT);
});
