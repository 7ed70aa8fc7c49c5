"""Packets on their way from one session into the other (RFC 3550), and what the hub says of its audio (RFC 8866)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plugins.demo.phone import sdp
from plugins.demo.phone.rtp import FRAME, Onward, Packet, parse

WORD = st.integers(0, 2**32 - 1)
PACKETS = st.builds(Packet, st.integers(0, 127), st.booleans(), st.integers(0, 2**16 - 1), WORD, WORD, st.binary())
VOICE = Packet(0, False, 65_535, 2**32 - FRAME, 1, b"\xff" * FRAME)


@given(PACKETS)
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    assert parse(bytes(packet)) == packet


@given(st.binary(max_size=60))
def test_noise_is_refused_and_nothing_else(data: bytes) -> None:
    with suppress(ValueError):
        parse(b"\xb7" + data)
    with suppress(sdp.BadSdp):
        sdp.read(b"v=0\r\nm=audio " + data)


def test_extensions_sources_and_padding_are_left_out() -> None:
    head = bytes(replace(VOICE, payload=b""))
    data = b"\xb1" + head[1:] + b"srce" + b"\xbe\xde\x00\x01" + b"\x10\xff\x00\x00" + b"voice" + b"\x00\x00\x03"
    assert parse(data).payload == b"voice"


def test_numbers_go_on_when_the_other_side_begins_anew() -> None:
    """A bridge behind the hub may change its source; the browser must not notice (RFC 3550 §8)."""
    onward = Onward({0: 0})
    first, second = onward.carry(VOICE), onward.carry(replace(VOICE, sequence=0, timestamp=0))
    third = onward.carry(replace(VOICE, source=2, sequence=700, timestamp=9))
    assert first and second and third
    assert (first.marker, second.marker, third.marker) == (True, False, True)
    for before, after in ((first, second), (second, third)):
        assert after.source == before.source
        assert (after.sequence - before.sequence) % 2**16 == 1
        assert (after.timestamp - before.timestamp) % 2**32 == FRAME


def test_kinds_are_the_other_sides_and_unknown_ones_stay_here() -> None:
    onward = Onward({0: 0, 126: 101})
    key = onward.carry(replace(VOICE, kind=126))
    assert key and key.kind == 101
    assert onward.carry(replace(VOICE, kind=13)) is None
