"""Ports for programs that cannot be asked which one the system gave them."""

from __future__ import annotations

import errno
import random
import socket
from pathlib import Path

LOWEST = 12_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """One that nobody has now, neither for TCP nor for UDP, and that the system gives to nobody before it is taken: it
    is below those that sockets get which ask for any."""
    for port in random.SystemRandom().sample(range(LOWEST, _lowest_of_the_systems()), 1000):
        if all(_free(port, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            return port
    raise OSError(errno.EADDRINUSE, "a thousand ports are taken")


def _lowest_of_the_systems() -> int:
    lowest = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else 32_768
    return max(lowest, 2 * LOWEST)


def _free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
