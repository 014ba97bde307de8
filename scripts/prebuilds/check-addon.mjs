/** Checks what a prebuilt Linux addon needs of the system that loads it. */
import { execFileSync } from 'node:child_process';
import { GLIBC } from './systems.mjs';

const CPP_LIBRARY = /libstdc\+\+|libc\+\+|GLIBCXX|CXXABI/;
/** DF_STATIC_TLS of elf.h: such a library cannot be loaded into every program that runs already. */
const STATIC_TLS = 0x10;

/** Throws where the addon of a Linux system needs a C++ library, a later C library than it may, or static TLS. */
export function checkAddon(file, { name, libc }) {
  if (libc === undefined) return;
  const facts = execFileSync('objdump', ['-p', '-T', file], { encoding: 'utf8' });
  const refuse = (fault) => {
    throw new Error(`${name}: ${fault}`);
  };
  if (!facts.includes('NEEDED')) refuse('objdump does not say what it needs');
  const [library] = CPP_LIBRARY.exec(facts) ?? [];
  if (library !== undefined) refuse(`needs ${library}`);
  const versions = [...facts.matchAll(/\bGLIBC_([\d.]+)/g)].map(([, version]) => version);
  const late = versions.find((version) => compare(version, libc === 'glibc' ? GLIBC : '0') > 0);
  if (late !== undefined) refuse(`needs GLIBC_${late}`);
  const [, flags = '0'] = /^\s*FLAGS\s+(0x[\da-f]+)/m.exec(facts) ?? [];
  if (Number(flags) & STATIC_TLS) refuse('needs static TLS');
}

/** Whether a version is later (positive) or earlier (negative) than another, part by part. */
function compare(a, b) {
  const [ours, theirs] = [a, b].map((version) => version.split('.').map(Number));
  const place = ours.findIndex((part, index) => part !== (theirs[index] ?? 0));
  return place === -1 ? 0 : ours[place] - (theirs[place] ?? 0);
}
