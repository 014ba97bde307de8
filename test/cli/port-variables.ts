import t from 'tap';
import {
  checkVariables,
  explainVariables,
  fillIn,
  portVariables,
  variableOf,
} from '../../lib/cli/port-variables';
import { UsageError } from '../../lib/cli/usage-error';

t.test('each named port has a variable, and the first is PORT', (t) => {
  const ports = new Map([
    ['my-app.é2', 5001],
    ['db', 5002],
  ]);
  t.strictSame(portVariables(new Map(), true), {}, 'there is none');
  t.strictSame(portVariables(ports, true), { PORT: '5001', MY_APP__2_PORT: '5001', DB_PORT: '5002' });
  t.end();
});

t.test('ports without names are counted', (t) => {
  const ports = new Map([
    ['1', 5001],
    ['2', 5002],
  ]);
  t.strictSame(portVariables(ports, false), { PORT: '5001', PORT_1: '5001', PORT_2: '5002' });
  t.end();
});

t.test('every shell can read the variable of any name', (t) => {
  for (const [name, variable] of [
    ['web', 'WEB_PORT'],
    ['8080', '_8080_PORT'],
    ['2nd-db', '_2ND_DB_PORT'],
    ['a8', 'A8_PORT'],
    ['-x', '_X_PORT'],
  ] as const)
    t.equal(variableOf(name), variable);
  t.strictSame(explainVariables(['web', '8080', 'a8']), [
    '"8080" is _8080_PORT: no shell reads a variable that begins with a digit',
  ]);
  t.end();
});

t.test('two names of one variable are refused', (t) => {
  checkVariables(['web', 'web2', 'a-b']);
  t.throws(
    () => checkVariables(['a-b', 'web', 'a.b']),
    new UsageError('"a-b" and "a.b" are both A_B_PORT: rename one'),
  );
  t.end();
});

t.test('names in braces are filled in, whatever their case, and nothing else', (t) => {
  const ports = new Map([
    ['web', 5001],
    ['my app', 5002],
  ]);
  for (const [argument, filled] of [
    ['{web}', '5001'],
    ['http://[::1]:{Web}/{my app}?{web}', 'http://[::1]:5001/5002?5001'],
    ['{other} {} { web } {{web}} web', '{other} {} { web } {5001} web'],
    ['{"web": 1}', '{"web": 1}'],
    ['', ''],
  ] as const) {
    t.equal(fillIn(argument, ports), filled);
  }
  t.end();
});
