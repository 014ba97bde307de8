/** Checks what a prebuilt Linux addon needs of the system that loads it. */
import { execFileSync } from 'node:child_process';
import { GLIBC } from './systems.mjs';

const CPP_LIBRARY = /libstdc\+\+|libc\+\+|GLIBCXX|CXXABI/;

/** Throws where the addon of a Linux system needs a C++ library, or a later C library than it may. */
export function checkAddon(file, { name, libc }) {
  if (libc === undefined) return;
  const facts = execFileSync('objdump', ['-p', '-T', file], { encoding: 'utf8' });
  const [library] = CPP_LIBRARY.exec(facts) ?? [];
  if (library !== undefined) throw new Error(`${name}: needs ${library}`);
  const versions = [...facts.matchAll(/\bGLIBC_([\d.]+)/g)].map(([, version]) => version);
  if (!facts.includes('NEEDED')) throw new Error(`${name}: objdump does not say what it needs`);
  const late = versions.find((version) => compare(version, libc === 'glibc' ? GLIBC : '0') > 0);
  if (late !== undefined) throw new Error(`${name}: needs GLIBC_${late}`);
}

/** Whether a version is later (positive) or earlier (negative) than another, part by part. */
function compare(a, b) {
  const [ours, theirs] = [a, b].map((version) => version.split('.').map(Number));
  const place = ours.findIndex((part, index) => part !== (theirs[index] ?? 0));
  return place === -1 ? 0 : ours[place] - (theirs[place] ?? 0);
}
