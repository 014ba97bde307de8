"""Listens on a host and a port without accepting, fills its own backlog, and says so; ends with its standard input."""

import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in host else socket.AF_INET
client = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)

server = socket.socket(family)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((host, port))
server.listen(0)

waiting = []
while True:
    connection = socket.socket(family)
    connection.settimeout(0.2)
    waiting.append(connection)
    try:
        connection.connect((client, port))
    except TimeoutError:
        break

print("full", flush=True)
sys.stdin.read()
