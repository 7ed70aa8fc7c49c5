"""Legs that are lent: what comes is passed on bit for bit, and what the worker says goes out as it is."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psutil
import pytest

from plugins.sip.media import rtp
from plugins.sip.media.engine import Codec, Crypto, Gone, Statistics, Tone, ToneKind
from plugins.sip.media.rtcp import is_rtcp
from plugins.sip.media.srtp import Srtp
from plugins.sip.tests.media.calls import LOUD, Calls, calls, sine, until
from plugins.sip.tests.media.far_side import FarSide, level

pytestmark = pytest.mark.slow  # packets take their time
MANY = 24
HERE = "127.0.0.1"


class Socket:
    """One end on loopback: a worker's, or a far side's that says what a test wants."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.got: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def say(self, datagram: bytes, to: tuple[str, int]) -> None:
        self._socket.sendto(datagram, to)

    def hear(self) -> list[bytes]:
        """All there has been so far."""
        try:
            while True:
                self.got.append(self._socket.recv(4096))
        except BlockingIOError:
            return self.got

    def close(self) -> None:
        self._socket.close()


@contextmanager
def ends(count: int = 2) -> Iterator[list[Socket]]:
    made = [Socket() for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            each.close()


def packets(seed: int, source: int, first: int) -> list[bytes]:
    """Any octets, numbered across the end of the circle, two of them in the wrong order and one lost."""
    dice = random.Random(seed)
    made = [rtp.build(0, first + n, 160 * n, source, dice.randbytes(160)) for n in range(MANY)]
    made[7], made[8] = made[8], made[7]
    return [*made[:10], *made[11:]]


async def told_one_by_one(way: list[bytes], say: Socket, to: tuple[str, int], hear: Socket) -> None:
    """Each after the one before was heard: nothing may depend on how long a queue is."""
    before = len(hear.hear())
    for number, datagram in enumerate(way, before + 1):
        say.say(datagram, to)
        await until(partial(_has, hear, number))


def _has(hear: Socket, number: int) -> bool:
    return len(hear.hear()) >= number


async def borrowed(made: Calls, far: Socket, worker: Socket, crypto: Crypto | None = None) -> tuple[int, int]:
    """A leg with this far side, lent to this worker: the ports that each of them sends to."""
    endpoint = await made.engine.open("fax")
    await made.engine.connect("fax", far.address, Codec.PCMU, None, crypto)
    return endpoint.port, await made.engine.lend("fax", worker.address)


async def test_every_bit_goes_through_a_lent_leg_both_ways_and_is_counted() -> None:
    async with calls() as made:
        with ends() as (far, worker):
            ours, near = await borrowed(made, far, worker)
            inward, outward = packets(1, 7, 65_530), packets(2, 9, 65_530)
            await told_one_by_one(inward, far, (HERE, ours), worker)
            await told_one_by_one(outward, worker, (HERE, near), far)
            assert worker.hear() == inward
            assert [each for each in far.hear() if not is_rtcp(each)] == outward
            worker.say(b"no packet", (HERE, near))
            worker.say(outward[0], (HERE, near))
            await until(lambda: far.hear()[-1] == outward[0])
            statistics = await made.engine.close("fax")
            assert (statistics.sent, statistics.received, statistics.lost) == (len(outward) + 1, len(inward), 1)
            assert statistics.refused == 1


async def test_what_is_encrypted_is_lent_in_the_clear() -> None:
    key, other = bytes(range(30)), bytes(range(30, 60))
    theirs = Srtp(Crypto(other, key))
    async with calls() as made:
        with ends() as (far, worker):
            ours, near = await borrowed(made, far, worker, Crypto(key, other))
            inward, outward = packets(1, 7, 65_530), packets(2, 9, 65_530)
            await told_one_by_one([theirs.protect(each) for each in inward], far, (HERE, ours), worker)
            await told_one_by_one(outward, worker, (HERE, near), far)
            assert worker.hear() == inward
            assert [theirs.unprotect(each) for each in far.hear() if not is_rtcp(each)] == outward


async def test_a_machine_is_heard_while_it_is_lent_and_a_leg_that_is_ours_again_goes_on_where_the_other_was() -> None:
    async with calls() as made:
        with ends(1) as [worker], FarSide(says=sine(1100)) as far:
            await made.dial("fax", far)
            near = await made.engine.lend("fax", worker.address)
            await until(lambda: Tone("fax", ToneKind.CNG) in made.told(Tone))
            said = rtp.build(0, 5_000, 80_000, 99, bytes(160))
            worker.say(said, (HERE, near))
            await until(lambda: far.heard and far.heard[-1].packet.source == 99)
            await made.engine.lend("fax", None)
            await until(lambda: far.heard[-1].packet.sequence > 5_020)
            after = [each.packet for each in far.heard if each.packet.source == 99]
            assert [each.sequence - 5_000 for each in after] == list(range(len(after)))
            assert after[1].timestamp > after[0].timestamp
            await made.engine.play("fax", sine(440).tobytes())
            await until(lambda: level(far.audio(0.3), 440) > LOUD)


async def test_t38_is_lent_as_it_is_and_gone_with_its_process() -> None:
    async with calls() as made:
        with ends(3) as (far, worker, stranger):
            endpoint = await made.engine.open_image("image")
            near = await made.engine.lend_image("image", far.address, worker.address)
            dice = random.Random(3)
            ways = [[dice.randbytes(size) for size in (4, 40, 400, 1400)] for _ in range(2)]
            await told_one_by_one(ways[0], worker, (HERE, near), far)
            await told_one_by_one(ways[1], far, (HERE, endpoint.port), worker)
            stranger.say(b"nobody asked", (HERE, endpoint.port))
            stranger.say(b"nobody asked", (HERE, near))
            again = await made.engine.lend_image("image", far.address, worker.address)
            await told_one_by_one([b"once more"], worker, (HERE, again), far)
            assert (far.hear(), worker.hear()) == ([*ways[0], b"once more"], ways[1])
            made.engine.kill("image")
            await until(lambda: Gone("image") in made.told(Gone))
            assert await made.engine.close("image") == Statistics()


async def test_nothing_is_left_of_what_was_lent() -> None:
    async with calls() as made:
        with ends() as (far, worker):
            await borrowed(made, far, worker)
            await made.engine.open_image("image")
            await made.engine.lend_image("image", far.address, worker.address)
            [pid] = made.engine.pids
            assert len(_sockets(pid)) == 5  # audio, reports, T.38, and one to the worker for each
            await made.engine.close("fax")
            await made.engine.close("image")
            assert _sockets(pid) == []


def _sockets(pid: int) -> list[int]:
    """UDP ports a process holds."""
    return [each.laddr.port for each in psutil.Process(pid).net_connections("udp")]
