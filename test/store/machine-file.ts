import t from 'tap';
import { checkMachineFile, type Rights } from '../../lib/store/machine-file';

const MACHINE = 'C:\\ProgramData\\port-for.conf';

/** The rights of a process, and the owner of the file where there is one. */
function rights(isAdministrator: boolean, isTrusted: boolean | undefined): Rights {
  return {
    isAdministrator: () => isAdministrator,
    hasTrustedOwner: () => isTrusted,
  };
}

t.before(() => {
  process.env.ProgramData = 'C:\\ProgramData';
});

t.test('only an administrator writes the file of the machine, also where there is none yet', (t) => {
  const refused = { code: 'ERR_PORT_CONFIG_ACCESS', systemCode: 'EACCES', message: /only an administrator/ };
  for (const owner of [true, undefined]) {
    t.throws(() => checkMachineFile(MACHINE, 'write', rights(false, owner)), refused);
    t.doesNotThrow(() => checkMachineFile(MACHINE, 'write', rights(true, owner)));
    t.doesNotThrow(() => checkMachineFile(MACHINE, 'read', rights(false, owner)));
  }
  t.end();
});

t.test('a file that another user made is not believed', (t) => {
  const refused = { systemCode: 'EPERM', message: /another user made this file/ };
  for (const action of ['read', 'write'] as const) {
    for (const isAdministrator of [true, false])
      t.throws(
        () => checkMachineFile('c:\\programdata\\.\\PORT-FOR.conf', action, rights(isAdministrator, false)),
        refused,
      );
  }
  t.end();
});

t.test('other files are anybody’s', (t) => {
  for (const path of [
    'C:\\Users\\ann\\port-for.conf',
    'C:\\ProgramData\\sub\\port-for.conf',
    'C:\\ProgramData\\x.conf',
  ])
    t.doesNotThrow(() => checkMachineFile(path, 'write', rights(false, false)));
  t.end();
});

t.test(
  'other systems have folders that are closed',
  { skip: process.platform === 'win32' && 'this is Windows' },
  (t) => {
    t.doesNotThrow(() => checkMachineFile(MACHINE, 'write'));
    t.end();
  },
);
