import { dirname, join, relative } from 'node:path';
import t from 'tap';

import ts = require('typescript');

import { distPath, ROOT } from './support/dist';

const FACE = join(dirname(distPath('index.js')), 'index.d.ts');
const FOLDER = dirname(FACE);

/** The types of ours that what `face` exports names, and that a user cannot: `'Host, in pick.d.ts'`. */
function hiddenTypes(face: string): string[] {
  const program = ts.createProgram([face], {
    module: ts.ModuleKind.Node16,
    strict: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(face);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${face} exports nothing`);
  const behind = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const shown = new Set(checker.getExportsOfModule(module).map(behind));
  const hidden = new Set<string>();

  const visit = (node: ts.Node): void => {
    if (isPrivate(node) || isInternal(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    if (name !== undefined) {
      const symbol = checker.getSymbolAtLocation(name);
      if (symbol !== undefined && isOurs(behind(symbol)) && !shown.has(behind(symbol)))
        hidden.add(`${symbol.name}, in ${placeOf(node)}`);
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of shown) symbol.declarations?.forEach(visit);
  return [...hidden];
}

/** The path of its file, as seen from the package's own types. */
function placeOf(node: ts.Node): string {
  return relative(FOLDER, node.getSourceFile().fileName);
}

/** A type parameter is named by whoever uses it. */
function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) => !ts.isTypeParameterDeclaration(declaration) && !placeOf(declaration).startsWith('..'),
  );
}

/** What the package alone calls, such as the constructors of errors. */
function isInternal(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
  );
}

t.test('the types need no library of later than ES2020', async (t) => {
  const program = ts.createProgram([FACE], {
    module: ts.ModuleKind.Node16,
    target: ts.ScriptTarget.ES2020,
    lib: ['lib.es2020.d.ts'],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  });
  const inOurs = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(FOLDER));
  t.strictSame(
    inOurs.map(({ file, messageText }) => [file?.fileName, messageText]),
    [],
  );
});

t.test('users can name every type of the public face', async (t) => {
  t.strictSame(hiddenTypes(FACE), []);
});
