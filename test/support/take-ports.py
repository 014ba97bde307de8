"""Takes ports of the kernel's own choice in every way there is, COUNT times each, and prints those it was given.

take-ports.py tcp|udp shared|exclusive COUNT LISTENER: the ports as JSON, by the way they were taken. A UDP socket with
SO_REUSEADDR may be given a port that is not held exclusively, so that is left out then.
"""

import json
import socket
import struct
import sys

IP_BIND_ADDRESS_NO_PORT = 24
RESET_ON_CLOSE = struct.pack('ii', 1, 0)
FAMILIES = [(socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')]


def open_socket(family, kind, reuse=False, bind_late=False):
    taker = socket.socket(family, kind)
    if kind == socket.SOCK_STREAM:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    if reuse:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if bind_late:
        taker.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    return taker


def bind(kind, count, **options):
    for index in range(count):
        family, host = FAMILIES[index % 2]
        with open_socket(family, kind, **options) as taker:
            taker.bind(('' if index % 3 == 0 else host, 0))
            yield taker.getsockname()[1]


def connect(kind, count, listeners, is_bound, **options):
    for index in range(count):
        family, host = FAMILIES[index % 2]
        with open_socket(family, kind, **options) as taker:
            if is_bound:
                taker.bind((host, 0))
            taker.connect(listeners[index % 2].getsockname()[:2])
            if kind == socket.SOCK_STREAM:
                listeners[index % 2].accept()[0].close()
            yield taker.getsockname()[1]


def listen(kind, port):
    for family, host in FAMILIES:
        listener = open_socket(family, kind, reuse=True)
        listener.bind((host, port))
        if kind == socket.SOCK_STREAM:
            listener.listen()
        yield listener


def main(transport, is_exclusive, count, port):
    kind = socket.SOCK_STREAM if transport == 'tcp' else socket.SOCK_DGRAM
    listeners = list(listen(kind, port))
    ways = {
        'bind': bind(kind, count),
        'connect': connect(kind, count, listeners, is_bound=False),
        'bind and connect': connect(kind, count, listeners, is_bound=True),
        'bind late and connect': connect(kind, count, listeners, is_bound=True, bind_late=True),
    }
    if transport == 'tcp' or is_exclusive:
        ways['bind with SO_REUSEADDR'] = bind(kind, count, reuse=True)
    print(json.dumps({way: sorted(set(ports)) for way, ports in ways.items()}))


main(sys.argv[1], sys.argv[2] == 'exclusive', int(sys.argv[3]), int(sys.argv[4]))
