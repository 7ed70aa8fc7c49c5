"""What we and a far side tell each other of how we hear each other (RTCP), by every way there is."""

from __future__ import annotations

import asyncio
import time

import pytest

from plugins.sip.media import rtcp
from plugins.sip.media.engine import Codec, Crypto
from plugins.sip.media.rtcp import Block, Report
from plugins.sip.media.srtcp import Srtcp
from plugins.sip.media.srtp import Srtp
from plugins.sip.tests.media.calls import calls, sine, until
from plugins.sip.tests.media.far_side import FarSide

pytestmark = pytest.mark.slow  # sound takes its time


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("secret", [False, True])
async def test_both_sides_tell_each_other_what_they_lost_and_how_long_the_way_is(shared: bool, secret: bool) -> None:
    ours, theirs = bytes(range(30)), bytes(range(30, 60))
    crypto, srtcp = Crypto(ours, theirs), Srtcp(Crypto(theirs, ours))
    async with calls() as made:
        with FarSide(says=sine(440), loss=range(10, 15), srtp=Srtp(Crypto(theirs, ours)) if secret else None) as caller:
            caller.endpoint = await made.engine.open("caller")
            caller.start()
            port = caller.address[1] if shared else 0
            await made.engine.connect("caller", caller.address, Codec.PCMU, None, crypto if secret else None, rtcp=port)
            datagram = await asyncio.to_thread(report_to, caller, shared)
            told = rtcp.parse(srtcp.unprotect(datagram) if secret else datagram)[0]
            assert told.sender and told.blocks[0].lost == 5
            block = Block(told.source, 0, 3, 0, 80, rtcp.middle(told.sender.ntp), 0)
            answer = rtcp.build(Report(7, blocks=(block,)), "caller")
            reply(caller, srtcp.protect(answer) if secret else answer, shared)
            at = len(caller.heard)
            await until(lambda: len(caller.heard) > at + 10)
            found = await made.engine.statistics("caller")
            assert (found.lost, found.far_lost, found.far_jitter_ms) == (5, 3, 10.0)
            assert found.round_trip_ms is not None


def report_to(far: FarSide, shared: bool) -> bytes:
    """The first report that comes, within the first pause."""
    if not shared:
        far.control.settimeout(10)
        return far.control.recv(2048)
    while not far.reports:
        time.sleep(0.02)
    return far.reports[0]


def reply(far: FarSide, datagram: bytes, shared: bool) -> None:
    if shared:
        far.send(datagram)
    else:
        far.control.sendto(datagram, (far.endpoint.host, far.endpoint.port + 1))
