"""Runs a program behind a slow and lossy link: `slow-link.py DELAY_MS LOSS_PERCENT PROGRAM...`

The program runs at 10.77.0.2 in a network namespace of its own, this one reaches it from 10.77.0.1. Each packet takes
DELAY_MS in either direction, or is lost. The link is a pair of tun(4) devices with this process between them; the
program has its standard input and output, and the link ends with it.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000
LONGEST_PACKET = 65536


def make_device(name, address):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "address", "add", address, "dev", name], check=True)
    subprocess.run(["ip", "link", "set", name, "up"], check=True)
    return device


def start_far_side(program):
    """Starts the program in another namespace, and returns its process and the device that leads there."""
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            os._exit(1)
        device = make_device("far", "10.77.0.2/24")
        socket.send_fds(there, [b"device"], [device])
        os.close(device)
        os.execvp(program[0], program)
    there.close()
    _, devices, _, _ = socket.recv_fds(here, 16, 1)
    return child, devices[0]


def carry(near, far, delay, loss, is_over):
    """Carries packets between the devices until `is_over`."""
    under_way = []
    other_end = {near: far, far: near}
    while not is_over():
        pause = max(0, under_way[0][0] - time.monotonic()) if under_way else 0.1
        for device in select.select([near, far], [], [], min(pause, 0.1))[0]:
            packet = os.read(device, LONGEST_PACKET)
            if random.random() >= loss:
                heapq.heappush(under_way, (time.monotonic() + delay, len(under_way), other_end[device], packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, device, packet = heapq.heappop(under_way)
            os.write(device, packet)


def main():
    delay, loss, *program = sys.argv[1:]
    near = make_device("near", "10.77.0.1/24")
    child, far = start_far_side(program)
    # The program has it.
    os.close(0)
    carry(near, far, float(delay) / 1000, float(loss) / 100, lambda: os.waitpid(child, os.WNOHANG)[0] != 0)


main()
