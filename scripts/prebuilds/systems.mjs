/**
 * The systems that an addon is prebuilt for. `file` is where node-gyp-build looks: `napi` says that one addon serves
 * every Node.js version. Linux addons need glibc 2.17 or later, that of CentOS 7, or musl; none needs a C++ library of
 * the system.
 */
export const GLIBC = '2.17';

const linux = (arch, cpu) => [
  {
    name: `linux-${arch}`,
    os: 'linux',
    arch,
    libc: 'glibc',
    target: `${cpu}-linux-gnu.${GLIBC}`,
    needs: `glibc ${GLIBC}`,
    file: `linux-${arch}/port-for-native.napi.glibc.node`,
  },
  {
    name: `linux-${arch}-musl`,
    os: 'linux',
    arch,
    libc: 'musl',
    target: `${cpu}-linux-musl`,
    needs: 'musl 1.2',
    file: `linux-${arch}/port-for-native.napi.musl.node`,
  },
];

const others = (platform, os, arch, target, needs) => ({
  name: `${platform}-${arch}`,
  os,
  arch,
  target,
  needs,
  file: `${platform}-${arch}/port-for-native.napi.node`,
});

export const SYSTEMS = [
  ...linux('x64', 'x86_64'),
  ...linux('arm64', 'aarch64'),
  others('darwin', 'mac', 'x64', 'x86_64-macos', 'macOS'),
  others('darwin', 'mac', 'arm64', 'aarch64-macos', 'macOS'),
  others('win32', 'win', 'x64', 'x86_64-windows-gnu', 'Windows 10'),
  others('win32', 'win', 'arm64', 'aarch64-windows-gnu', 'Windows 10'),
];
