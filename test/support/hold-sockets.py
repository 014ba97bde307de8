"""Holds sockets until its input ends: `hold-sockets.py`, with a line of JSON, [[KIND, ADDRESS], ...], for its input.

Prints a line of JSON: [{"transport", "kind", "address", "port"}, ...], one for each end that a port belongs to. The
kinds: `listen`, `listen-v6only`, `bind`, `connect` (a listener, a client and what the listener accepted),
`time-wait` (a server that closed before its client did) and for UDP `udp-bind`, `udp-connect`.
"""

import json
import socket
import sys

held = []
told = []


def tell(transport, kind, sock):
    address, port = sock.getsockname()[:2]
    told.append({'transport': transport, 'kind': kind, 'address': address, 'port': port})


def open_socket(address, kind=socket.SOCK_STREAM, v6only=False):
    is_ipv6 = ':' in address
    sock = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET, kind)
    if is_ipv6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    return sock


def bind(address, v6only=False):
    sock = open_socket(address, v6only=v6only)
    sock.bind((address, 0))
    return sock


def listen(address, v6only=False):
    sock = bind(address, v6only)
    sock.listen(4096)
    return sock


def connect(address):
    """A listener, a client of it and the server's end of their connection."""
    listener = listen(address)
    client_address = {'0.0.0.0': '127.0.0.1', '::': '::1'}.get(address, address)
    client = open_socket(client_address)
    client.connect((client_address, listener.getsockname()[1]))
    return listener, client, listener.accept()[0]


def hold_tcp(kind, address):
    if kind == 'bind':
        held.append(bind(address))
        tell('tcp', 'bind', held[-1])
    elif kind in ('listen', 'listen-v6only'):
        held.append(listen(address, kind == 'listen-v6only'))
        tell('tcp', kind, held[-1])
    elif kind == 'connect':
        listener, client, accepted = connect(address)
        held.extend((listener, client, accepted))
        tell('tcp', 'listen', listener)
        tell('tcp', 'connect', client)
        tell('tcp', 'connect', accepted)
    elif kind == 'time-wait':
        listener, client, accepted = connect(address)
        tell('tcp', 'time-wait', accepted)
        listener.close()
        accepted.close()
        client.recv(1)
        client.close()


def hold_udp(kind, address):
    sock = open_socket(address, socket.SOCK_DGRAM)
    sock.bind((address, 0))
    if kind == 'udp-connect':
        sock.connect(('::1' if ':' in address else '127.0.0.1', 9))
    held.append(sock)
    tell('udp', kind, sock)


for kind, address in json.loads(sys.stdin.readline()):
    (hold_udp if kind.startswith('udp') else hold_tcp)(kind, address)
print(json.dumps(told), flush=True)
sys.stdin.read()
