"""SRTP (RFC 3711): the vectors of its appendix B, and what must be refused."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media import rtp, tones
from plugins.sip.media.engine import Codec, Crypto
from plugins.sip.media.srtp import NotAuthentic, Srtp, derive
from plugins.sip.tests.media.calls import calls, until
from plugins.sip.tests.media.far_side import FarSide, level

MASTER = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6")
OTHER = bytes(range(30))


def pair() -> tuple[Srtp, Srtp]:
    return Srtp(Crypto(MASTER, OTHER)), Srtp(Crypto(OTHER, MASTER))


def packet(number: int, payload: bytes = b"sound" * 32) -> bytes:
    return rtp.build(0, number, number * 160, 7, payload)


def test_session_keys_are_those_of_appendix_b3() -> None:
    assert derive(MASTER, 0, 16).hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert derive(MASTER, 2, 14).hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"
    assert derive(MASTER, 1, 20).hex().upper() == "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=40, unique=True), st.binary(max_size=200))
def test_what_is_protected_is_read_in_any_order_over_the_wrap(order: list[int], payload: bytes) -> None:
    ours, theirs = pair()
    sent = {number: ours.protect(packet(65536 + number, payload)) for number in range(-31, 31)}
    theirs.unprotect(sent[-31])
    for number in order:
        assert theirs.unprotect(sent[number]) == packet(65536 + number, payload)
        assert payload == b"" or len(payload) < 8 or payload not in sent[number]


def test_a_packet_is_taken_once() -> None:
    ours, theirs = pair()
    sent = [ours.protect(packet(number)) for number in range(100)]
    for one in sent:
        theirs.unprotect(one)
    for one in (sent[99], sent[50], sent[0]):
        with pytest.raises(NotAuthentic, match="come before"):
            theirs.unprotect(one)


def test_a_new_key_one_way_leaves_the_other_way_counting() -> None:
    """A re-INVITE after more than 65,536 packets must not turn the far side's counter back."""
    ours, theirs = pair()
    for number in (65_000, 65_535, 65_536, 70_000):
        theirs.unprotect(ours.protect(packet(number)))
    back = theirs.protect(packet(1))
    new = bytes(range(30, 60))
    ours.rekey(Crypto(MASTER, new))
    theirs.rekey(Crypto(new, MASTER))
    assert theirs.unprotect(ours.protect(packet(70_001))) == packet(70_001)
    assert ours.unprotect(theirs.protect(packet(2))) == packet(2)
    with pytest.raises(NotAuthentic):
        ours.unprotect(back)


@given(st.integers(0, 180), st.integers(1, 255))
def test_a_changed_octet_is_refused(at: int, change: int) -> None:
    ours, theirs = pair()
    forged = bytearray(ours.protect(packet(5)))
    forged[at % len(forged)] ^= change
    with pytest.raises((NotAuthentic, rtp.NotRtp)):
        theirs.unprotect(bytes(forged))
    assert theirs.unprotect(ours.protect(packet(6))) == packet(6)


@given(st.binary(max_size=80))
def test_anything_is_refused_quietly(junk: bytes) -> None:
    with suppress(NotAuthentic, rtp.NotRtp):
        pytest.fail(f"taken: {pair()[0].unprotect(junk).hex()}")


@pytest.mark.slow
async def test_a_call_is_heard_both_ways_through_srtp_and_not_by_a_stranger() -> None:
    ours = Crypto(MASTER, OTHER)
    async with calls() as made:
        with (
            FarSide(says=tones.tone([440], 1), srtp=Srtp(Crypto(OTHER, MASTER))) as phone,
            FarSide(says=np.resize(tones.tone([1000], 1), 8000)) as line,
        ):
            phone.endpoint = await made.engine.open("phone")
            phone.start()
            await made.engine.connect("phone", phone.address, Codec.PCMU, crypto=ours)
            await made.dial("line", line, beside="phone")
            await made.engine.bridge("phone", "line")
            await until(lambda: level(phone.audio(0.3), 1000) > 3000 and level(line.audio(0.3), 440) > 3000)
            phone.srtp = None  # from now on it talks in the clear
            await until(lambda: level(line.audio(0.3), 440) < 100)
            assert (await made.engine.statistics("phone")).refused > 5
