"""The median of the nanoseconds that a pick takes in a plain loop: a random port, bound, then connected to."""

import random
import socket
import statistics
import sys
import time


def is_used(port):
    with socket.socket(socket.AF_INET6) as held:
        try:
            held.bind(("::", port))
        except OSError:
            return True
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as client:
                if client.connect_ex((host, port)) == 0:
                    return True
    return False


def pick(candidates):
    while True:
        port = random.choice(candidates)
        if not is_used(port):
            return port


candidates = list(range(20000, 30000))
taken = []
for _ in range(int(sys.argv[1])):
    start = time.perf_counter_ns()
    pick(candidates)
    taken.append(time.perf_counter_ns() - start)
print(statistics.median(taken))
