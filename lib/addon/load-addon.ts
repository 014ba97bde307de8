import { basename, relative } from 'node:path';

import nodeGypBuild = require('node-gyp-build');

import { PortForError } from '../errors/port-for-error';
import { libc } from './libc';

const PREBUILT_FOR_LIBC = /\.(glibc|musl)\.node$/;

/**
 * Loads the addon of the package in `folder`: the one built there, else the prebuilt one for this system.
 *
 * @throws {PortForError} `ERR_PORT_ADDON` if there is none or it cannot be loaded. The message names the system, what
 *   was looked for, and the command that builds an addon.
 */
export function loadAddon(folder: string): unknown {
  let file: string | undefined;
  try {
    file = findAddon(folder);
    return require(file);
  } catch (cause) {
    const problem =
      file === undefined
        ? `there is no addon for ${systemName()}: looked for ${lookedFor()} in ${folder}`
        : `${relative(folder, file)} in ${folder} cannot be loaded on ${systemName()} (${firstLine(cause)})`;
    throw new PortForError('ERR_PORT_ADDON', `${problem}. ${wayOut(file)}`, { cause });
  }
}

/** node-gyp-build knows musl by Alpine's release file alone: we put the C library of this very process in its place. */
function findAddon(folder: string): string {
  const file = nodeGypBuild.resolve(folder);
  return PREBUILT_FOR_LIBC.test(file) ? file.replace(PREBUILT_FOR_LIBC, `.${libc()}.node`) : file;
}

function systemName(): string {
  const system = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${system} with ${libc()}` : system;
}

function lookedFor(): string {
  const name =
    process.platform === 'linux' ? `port-for-native.napi.${libc()}.node` : 'port-for-native.napi.node';
  return `build/Release/*.node and prebuilds/${process.platform}-${process.arch}/${name}`;
}

/** A build is preferred to a prebuilt addon, so one that came from another system stands in its way. */
function wayOut(file: string | undefined): string {
  const build = 'run "npx port-for-native --build" (needs python3, make and a C++ compiler)';
  const isBuilt = file !== undefined && basename(file) === 'port_for_native.node';
  return isBuilt
    ? `Remove the folder build, or ${build}`
    : `To build one from the package's sources, ${build}`;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
