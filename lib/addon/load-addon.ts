import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { PortForError } from '../errors/port-for-error';
import { libc } from './libc';

const BUILT = 'port_for_native.node';
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

/** By these, node-gyp-build is led to another addon than the one of this package for this process. */
const DETOURS = ['PORT_FOR_NATIVE_PREBUILD', 'PREBUILDS_ONLY', 'npm_config_arch', 'npm_config_platform'];

/** node-gyp-build takes 2 ms to look through folders, so we first look where it nearly always ends. */
function findAddon(folder: string): string {
  const isUsual = DETOURS.every((name) => process.env[name] === undefined);
  return (isUsual ? findUsual(folder) : undefined) ?? findByFolders(folder);
}

/** The addon that was built in the package's folder, else, if nothing was built there, the prebuilt one. */
function findUsual(folder: string): string | undefined {
  const build = join(folder, 'build');
  const built = join(build, 'Release', BUILT);
  if (existsSync(built)) return built;
  const prebuilt = join(folder, 'prebuilds', `${process.platform}-${process.arch}`, prebuiltName());
  return !existsSync(build) && existsSync(prebuilt) ? prebuilt : undefined;
}

/** node-gyp-build knows musl by Alpine's release file alone: we put the C library of this very process in its place. */
function findByFolders(folder: string): string {
  const { resolve } = require('node-gyp-build') as typeof import('node-gyp-build');
  const found = resolve(folder);
  if (!PREBUILT_FOR_LIBC.test(found)) return found;
  const file = found.replace(PREBUILT_FOR_LIBC, `.${libc()}.node`);
  if (!existsSync(file)) throw new Error(`there is only ${basename(found)}`);
  return file;
}

function prebuiltName(): string {
  const flavour = process.platform === 'linux' ? `.${libc()}` : '';
  return `port-for-native.napi${flavour}.node`;
}

function systemName(): string {
  const system = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${system} with ${libc()}` : system;
}

function lookedFor(): string {
  return `build/Release/*.node and prebuilds/${process.platform}-${process.arch}/${prebuiltName()}`;
}

/** A build is preferred to a prebuilt addon, so one that came from another system stands in its way. */
function wayOut(file: string | undefined): string {
  const build = 'run "npx port-for-native --build" (needs python3, make and a C++ compiler)';
  const isBuilt = file !== undefined && basename(file) === BUILT;
  return isBuilt
    ? `Remove the folder build, or ${build}`
    : `To build one from the package's sources, ${build}`;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
