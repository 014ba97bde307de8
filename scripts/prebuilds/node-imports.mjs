/**
 * How an addon finds the functions of Node.js. On Linux and macOS the loader looks them up in the program by name. On
 * Windows an import names a module as well, and a program that embeds Node.js need not be called `node.exe`: the addon
 * looks the functions up in the running program instead, when it is loaded.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The functions of Node-API, and those of libuv that our sources name. */
export function nodeFunctions(root, headers) {
  const declared = ['js_native_api.h', 'node_api.h'].flatMap((name) => [
    ...readFileSync(join(headers, name), 'utf8').matchAll(/NAPI_CDECL\s*((?:napi|node_api)_\w+)\(/g),
  ]);
  const sources = readdirSync(join(root, 'native'), { recursive: true }).filter((name) =>
    /\.(cc|h)$/.test(name),
  );
  const called = sources.flatMap((name) => [
    ...readFileSync(join(root, 'native', name), 'utf8').matchAll(/\b(uv_\w+)\(/g),
  ]);
  return [...new Set([...declared, ...called].map(([, name]) => name))].sort();
}

const JUMP = {
  x64: (index) => `jmp *node_functions+${8 * index}(%rip)`,
  arm64: (index) =>
    `adrp x16, node_functions+${8 * index}\\n ldr x16, [x16, :lo12:node_functions+${8 * index}]\\n br x16`,
};

/** C++ source that defines each function as a jump to the one of the running program. */
export function windowsImports(names, arch) {
  const jumps = names.map((name, index) => `__asm__(".globl ${name}\\n${name}: ${JUMP[arch](index)}");`);
  return `#include <windows.h>
static const char *const names[] = {${names.map((name) => `"${name}"`).join(', ')}};
extern "C" void *node_functions[${names.length}];
void *node_functions[${names.length}];
__attribute__((constructor(101))) static void find_node_functions() {
  HMODULE node = GetModuleHandleA("libnode.dll");
  if (node == nullptr) node = GetModuleHandleA(nullptr);
  void **function = node_functions;
  for (const char *name : names) *function++ = (void *)GetProcAddress(node, name);
}
${jumps.join('\n')}
// zig's import library of ws2_32 lacks these.
extern "C" const unsigned char in6addr_any[16] = {};
extern "C" const unsigned char in6addr_loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
`;
}

/** C++ source that defines each function, for a link that admits no undefined symbol. */
export function standIns(names) {
  return names.map((name) => `extern "C" void ${name}() {}\n`).join('');
}

/**
 * C++ source of the functions that zig's part of glibc before 2.33 defines itself, by calls of those that glibc exports.
 * zig's have an `errno` of their own, in static TLS.
 */
export function glibcStat(arch) {
  const calls = [
    ['stat', '__xstat', 'const char *', ''],
    ['lstat', '__lxstat', 'const char *', ''],
    ['fstat', '__fxstat', 'int ', ''],
    ['fstatat', '__fxstatat', 'int ', ', const char *name'],
  ];
  const functions = calls.map(([name, exported, type, path]) => {
    const flags = path === '' ? '' : ', int flags';
    const [pass, passFlags] = path === '' ? ['', ''] : [', name', ', flags'];
    return `extern "C" int ${exported}(int version, ${type}file${path}, struct stat *result${flags}) noexcept;
extern "C" int ${name}(${type}file${path}, struct stat *result${flags}) noexcept {
  return ${exported}(${arch === 'x64' ? 1 : 0}, file${pass}, result${passFlags});
}
`;
  });
  return `#include <sys/stat.h>\n${functions.join('')}`;
}
