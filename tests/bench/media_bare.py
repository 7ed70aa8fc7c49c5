"""The floor of media: one ticker, `add_reader`, connected sockets, and nothing else.

`python -m tests.bench.media_bare` reads the far side's ports, prints its own, and until its standard input ends sends a
packet on each socket every 20 ms and reads what comes, looking at none of it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from contextlib import suppress

HEADER = struct.Struct("!BBHII")
FRAME, TICK = 160, 0.02


async def main() -> None:
    """Tick."""
    loop = asyncio.get_running_loop()
    sockets = [_connected(port) for port in json.loads(await asyncio.to_thread(sys.stdin.readline))]
    for opened in sockets:
        loop.add_reader(opened, _read, opened)
    print(json.dumps([opened.getsockname()[1] for opened in sockets]), flush=True)
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    sound, number, started = bytes(FRAME), 0, loop.time()
    while not over.done():
        for source, opened in enumerate(sockets):
            with suppress(OSError):
                opened.send(HEADER.pack(0x80, 0, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, source) + sound)
        number += 1
        await asyncio.sleep(max(0, started + number * TICK - loop.time()))


def _connected(port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    opened.setblocking(False)
    opened.connect(("127.0.0.1", port))
    return opened


def _read(opened: socket.socket) -> None:
    with suppress(OSError):
        opened.recv(2048)


if __name__ == "__main__":
    asyncio.run(main())
