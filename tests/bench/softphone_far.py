"""Thin browsers: `python -m tests.bench.softphone_far COUNT SETTLE SECONDS` has COUNT ends of ICE, DTLS and SRTP.

It prints its offers, reads the answers as a line, prints `true` once all have agreed on keys, reads a line, and speaks
PCMU for SETTLE and SECONDS; then it prints what it had received in the latter, and what was missing of it.
"""

from __future__ import annotations

import asyncio
import json
import sys

from plugins.sip.tests.softphone.thin_browser import FRAME, Peer

TICK, SLICES = 0.02, 8


async def main() -> None:
    """Agree, talk and count."""
    count, settle, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    peers = [Peer() for _ in range(count)]
    _print([await peer.offer() for peer in peers])
    answers = json.loads(await asyncio.to_thread(sys.stdin.readline))
    await asyncio.gather(*(peer.agree(each) for peer, each in zip(peers, answers, strict=True)))
    _print(all(peer.state == "connected" for peer in peers))
    await asyncio.to_thread(sys.stdin.readline)
    await _talk(peers, settle, seconds)
    _print([sum(peer.received for peer in peers), sum(peer.missing for peer in peers)])


async def _talk(peers: list[Peer], settle: float, seconds: float) -> None:
    """Evenly through each 20 ms, not all at once."""
    loop, payload = asyncio.get_running_loop(), bytes(FRAME)
    started, counted = loop.time(), int(settle / TICK) * SLICES
    for number in range(int((settle + seconds) / TICK) * SLICES):
        if number == counted:
            for peer in peers:
                peer.received = peer.missing = 0
        tick, part = divmod(number, SLICES)
        for peer in peers[part::SLICES]:
            peer.say(tick, payload)
        await asyncio.sleep(max(0, started + (number + 1) * TICK / SLICES - loop.time()))


def _print(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
