// Checks that the imports of lib/ run one way, types included: no circle of files, none of rooms (the folders of lib/).
// Keeps the picture of the rooms in docs/internals.md: fails where it differs from the code, redraws it with --write.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LIBRARY = join(ROOT, 'lib');
const DOCUMENT = join(ROOT, 'docs', 'internals.md');
const PICTURE = /```mermaid\n[\s\S]*?```/;
const IMPORT = /(?:from|require\(|import\()\s*'(\.[^']+)'/g;

const imports = readImports();
const rooms = groupByRoom(imports);
for (const graph of [imports, rooms]) {
  const circle = findCircle(graph);
  if (circle !== undefined) fail(`these import one another in a circle: ${circle.join(' -> ')}`);
}
comparePicture(draw(rooms));

/** The files that each file of lib/ imports, as paths below lib/. */
function readImports() {
  const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.ts'));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** @param {string} file */
function importsOf(file) {
  const text = readFileSync(join(LIBRARY, file), 'utf8');
  return new Set(
    [...text.matchAll(IMPORT)].map(([, path = '']) => {
      const target = `${posix.join(posix.dirname(file), path)}.ts`;
      if (!existsSync(join(LIBRARY, target))) fail(`lib/${file} imports ${path}, which is not in lib/`);
      return target;
    }),
  );
}

/** @param {ReadonlyMap<string, ReadonlySet<string>>} graph */
function groupByRoom(graph) {
  /** @type {Map<string, Set<string>>} */
  const grouped = new Map();
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    const others = grouped.get(room) ?? new Set();
    grouped.set(room, others);
    for (const target of targets) if (roomOf(target) !== room) others.add(roomOf(target));
  }
  return grouped;
}

/** The folder directly below lib/; a loose file is a room of its own. @param {string} file */
function roomOf(file) {
  return file.replace(/\/.*|\.ts$/, '');
}

/** @param {ReadonlyMap<string, ReadonlySet<string>>} graph */
function findCircle(graph) {
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  /** @param {string} node @returns {string[] | undefined} */
  const visit = (node) => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next);
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = visit(node);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** An arrow for each import that no longer way of imports implies. @param {ReadonlyMap<string, ReadonlySet<string>>} graph */
function draw(graph) {
  const below = reachable(graph);
  const arrows = [...graph].flatMap(([room, targets]) =>
    [...targets]
      .filter((target) => ![...targets].some((other) => other !== target && below.get(other)?.has(target)))
      .map((target) => `  ${room} --> ${target}`),
  );
  return ['```mermaid', 'flowchart TD', ...arrows.sort(), '```'].join('\n');
}

/** All rooms that each room needs, by whatever way. @param {ReadonlyMap<string, ReadonlySet<string>>} graph */
function reachable(graph) {
  /** @type {Map<string, Set<string>>} */
  const all = new Map();
  /** @param {string} room @returns {Set<string>} */
  const collect = (room) => {
    const known = all.get(room);
    if (known !== undefined) return known;
    const below = new Set();
    all.set(room, below);
    for (const target of graph.get(room) ?? [])
      for (const one of [target, ...collect(target)]) below.add(one);
    return below;
  };
  for (const room of graph.keys()) collect(room);
  return all;
}

/** @param {string} picture */
function comparePicture(picture) {
  const text = readFileSync(DOCUMENT, 'utf8');
  const there = PICTURE.exec(text)?.[0];
  const name = relative(ROOT, DOCUMENT);
  if (there === undefined) fail(`${name} has no picture of the rooms: it needs a mermaid block`);
  if (there === picture) return;
  if (!process.argv.includes('--write')) {
    fail(`the picture of the rooms in ${name} is out of date: node scripts/check-imports.mjs --write`);
  }
  writeFileSync(DOCUMENT, text.replace(PICTURE, picture));
}

/** @param {string} problem @returns {never} */
function fail(problem) {
  process.stderr.write(`check-imports: ${problem}\n`);
  process.exit(1);
}
