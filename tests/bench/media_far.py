"""The far side of many calls: `python -m tests.bench.media_far COUNT SETTLE SECONDS` sends G.711 on COUNT sockets.

It prints its ports, reads the ports to send to as a line, then prints what it had received once SETTLE seconds were
over and how many sequence numbers were missing, both as lines of JSON. Packets are sent evenly through each 20 ms, not
all at once.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from contextlib import suppress

import numpy as np

HEADER = struct.Struct("!BBHII")
FRAME, TICK, SLICES = 160, 0.02, 8
BEGINS_ANEW = 500  # a larger gap is a stream that was numbered onward, not a loss of ten seconds


class Line:
    """One call's socket."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.received = self.missing = 0
        self._last, self._source = 0, b""

    def forget(self) -> None:
        """What came before it began to listen: the buffer may have been full."""
        with suppress(BlockingIOError):
            while self.socket.recv(2048):
                pass

    def receive(self) -> None:
        """Count one packet."""
        datagram = self.socket.recv(2048)
        sequence, source = int.from_bytes(datagram[2:4]), datagram[8:12]
        gap = (sequence - self._last - 1) & 0xFFFF
        if source == self._source and gap < BEGINS_ANEW:
            self.missing += gap
        self._last, self._source = sequence, source
        self.received += 1


def main() -> None:
    """Talk and count."""
    count, settle, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    lines = [Line() for _ in range(count)]
    print(json.dumps([line.socket.getsockname()[1] for line in lines]), flush=True)
    selector = selectors.DefaultSelector()
    for line, port in zip(lines, json.loads(sys.stdin.readline()), strict=True):
        line.socket.connect(("127.0.0.1", port))
        selector.register(line.socket, selectors.EVENT_READ, line)
    _talk(lines, selector, settle, seconds)
    print(json.dumps([sum(line.received for line in lines), sum(line.missing for line in lines)]), flush=True)


def _talk(lines: list[Line], selector: selectors.BaseSelector, settle: float, seconds: float) -> None:
    for line in lines:
        line.forget()
    started, slices, counted = time.monotonic(), int((settle + seconds) / TICK) * SLICES, int(settle / TICK) * SLICES
    speech = np.random.default_rng(1).integers(0, 256, FRAME * 8, np.uint8).tobytes()
    for number in range(slices):
        if number == counted:
            for line in lines:
                line.received = line.missing = 0
        tick, part = divmod(number, SLICES)
        header = HEADER.pack(0x80, 0, tick & 0xFFFF, tick * FRAME, 7)
        datagram = header + speech[tick % 8 * FRAME : (tick % 8 + 1) * FRAME]
        for line in lines[part::SLICES]:
            with suppress(OSError):  # the other end is not there yet, or no more
                line.socket.send(datagram)
        for key, _ in selector.select(0):
            with suppress(OSError):  # likewise
                key.data.receive()
        time.sleep(max(0, started + (number + 1) * TICK / SLICES - time.monotonic()))


if __name__ == "__main__":
    main()
