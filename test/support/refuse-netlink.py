"""Runs a program that the kernel refuses netlink sockets, as sandboxes do: `refuse-netlink.py PROGRAM...`

A seccomp(2) filter answers socket(AF_NETLINK, ...) with EAFNOSUPPORT. Ends with 3 where that cannot be set up.
"""

import ctypes
import os
import platform
import struct
import sys

# The number of socket(2), and what linux/audit.h calls the processor.
PROCESSORS = {'x86_64': (41, 0xC000003E), 'aarch64': (198, 0xC00000B7), 'riscv64': (198, 0xC00000F3)}

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 97
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
AF_NETLINK = 16


def refuse_netlink():
    number, processor = PROCESSORS[platform.machine()]
    # struct seccomp_data: the call's number at 0, the processor at 4, the arguments from 16 on.
    program = [
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 0, 4, processor),
        (LOAD, 0, 0, 0),
        (JUMP_IF_EQUAL, 0, 2, number),
        (LOAD, 0, 0, 16),
        (JUMP_IF_EQUAL, 1, 0, AF_NETLINK),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in program))
    filter = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None)
    return (
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter)) == 0
    )


if platform.machine() not in PROCESSORS or not refuse_netlink():
    sys.exit(3)
os.execvp(sys.argv[1], sys.argv[1:])
