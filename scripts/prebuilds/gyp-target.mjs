/** Reads what `binding.gyp` says about the addon for one system, so that no other file lists its sources or flags. */
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The one target of the `binding.gyp` in folder `root`, as gyp evaluates it for a system: `os` is gyp's name (`linux`,
 * `mac`, `win`). Understands as much of the format as that file needs: comments, conditions that compare `OS`, and
 * command expansions. Throws on a condition that it does not understand.
 */
export function readTarget(root, os) {
  const text = readFileSync(join(root, 'binding.gyp'), 'utf8');
  const [{ conditions = [], ...target }] = parse(text).targets;
  for (const [condition, then, otherwise = {}] of conditions)
    merge(target, holds(condition, os) ? then : otherwise);
  const expand = (word) =>
    word.replace(/<!\((.*)\)/, (_, command) => execSync(command, { cwd: root, encoding: 'utf8' }).trim());
  return {
    sources: target.sources,
    includes: target.include_dirs.map(expand),
    defines: target.defines,
    flags: target.cflags_cc,
    libraries: (target.libraries ?? []).map((library) => library.replace(/^(?!-)(.+)\.lib$/, '-l$1')),
    macosVersion: target.xcode_settings.MACOSX_DEPLOYMENT_TARGET,
  };
}

/** gyp's format is a literal of Python: here, JSON with comments and commas that trail. */
function parse(text) {
  const json = text
    .replace(/("(?:[^"\\]|\\.)*")|#.*/g, (_, string = '') => string)
    .replace(/,(\s*[\]}])/g, '$1');
  return JSON.parse(json);
}

/** Adds lists to lists and maps to maps, as gyp merges a condition's part into a target. */
function merge(into, from) {
  for (const [key, value] of Object.entries(from)) {
    if (Array.isArray(value)) into[key] = [...(into[key] ?? []), ...value];
    else if (typeof value === 'object') into[key] = merge(into[key] ?? {}, value);
    else into[key] = value;
  }
  return into;
}

function holds(condition, os) {
  return condition.split(' or ').some((either) =>
    either.split(' and ').every((comparison) => {
      const [, operator, name] = /^\s*OS\s*(==|!=)\s*'(\w+)'\s*$/.exec(comparison) ?? [];
      if (operator === undefined) throw new Error(`binding.gyp: a condition is not understood: ${condition}`);
      return (os === name) === (operator === '==');
    }),
  );
}
