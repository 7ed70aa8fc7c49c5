"""UDPTL (T.38 §9.1): octets as the standard lays them out, losses mended, and anything may come."""

from __future__ import annotations

import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.fax.terminal.arrivals import Arrivals
from plugins.fax.terminal.udptl import WRAP, Datagram, NotUdptl, Sender, build, parse

PACKETS = [bytes([number]) * (1 + number % 7) for number in range(40)]


def datagrams(redundancy: int = 0, largest: int = 400) -> list[bytes]:
    """Of PACKETS, as we send them."""
    sender = Sender(redundancy, largest)
    return [sender.dress(packet) for packet in PACKETS]


def arrived(*datagrams: bytes, ticks: int = 10) -> list[tuple[int, bytes]]:
    """What comes out, when one comes a tick."""
    arrivals, came = Arrivals(), []
    for datagram in datagrams:
        arrivals.put(parse(datagram))
        came += arrivals.take()
    for _ in range(ticks):
        came += arrivals.take()
    return came


def test_the_octets_are_those_of_the_standard() -> None:
    assert build(Datagram(1, b"\x06")) == bytes.fromhex("0001 01 06 00 00")
    assert build(Datagram(2, b"\x08", (b"\x06",))) == bytes.fromhex("0002 01 08 00 01 01 06")
    assert build(Datagram(3, b"\x02", parities=(b"\x0e",), span=2)) == bytes.fromhex("0003 01 02 80 01 02 01 01 0e")
    long = build(Datagram(4, bytes(300)))
    assert long[2:4] == bytes.fromhex("812c") and parse(long).primary == bytes(300)


@given(
    st.integers(0, WRAP - 1),
    st.binary(max_size=300),
    st.lists(st.binary(max_size=200), max_size=16),
    st.integers(0, 16),
)
def test_what_is_written_is_read(sequence: int, primary: bytes, others: list[bytes], span: int) -> None:
    datagram = (
        Datagram(sequence, primary, parities=tuple(others), span=span)
        if span
        else Datagram(sequence, primary, tuple(others))
    )
    assert parse(build(datagram)) == datagram


@given(st.binary(max_size=400))
def test_anything_is_read_or_refused(octets: bytes) -> None:
    arrivals = Arrivals()
    try:
        arrivals.put(parse(octets))
    except NotUdptl:
        return
    arrivals.take()


@pytest.mark.parametrize(
    "octets",
    ["", "0001", "0001 02 06", "0001 01 06 00 01", "0001 01 06 00 00 ff", "0001 c1 06 00 00", "0001 01 06 00 7f"],
)
def test_what_is_cut_off_or_too_long_is_refused(octets: str) -> None:
    with pytest.raises(NotUdptl):
        parse(bytes.fromhex(octets))


def test_audio_is_none() -> None:
    with pytest.raises(NotUdptl):
        parse(bytes.fromhex("8000 1234 00000000 00000000") + b"\xff" * 160)


def test_each_carries_those_before_it_as_far_as_they_fit() -> None:
    assert parse(datagrams(3)[20]).secondaries == tuple(reversed(PACKETS[17:20]))
    assert all(len(datagram) <= 16 for datagram in datagrams(3, largest=16))
    assert len(parse(datagrams(3, largest=16)[20]).secondaries) < 3


def test_in_order_and_once() -> None:
    sent = datagrams(3)
    twice = [datagram for datagram in sent for _ in range(2)]
    assert arrived(*twice) == list(enumerate(PACKETS))


def test_three_in_a_row_may_be_lost_with_three_repeated() -> None:
    sent = datagrams(3)
    assert arrived(*sent[:10], *sent[13:]) == list(enumerate(PACKETS))


def test_who_repeats_nothing_is_waited_for_and_then_given_up() -> None:
    sent = datagrams()
    assert arrived(*sent[:10], sent[11], sent[10], *sent[12:]) == list(enumerate(PACKETS))
    lost = arrived(*sent[:10], *sent[11:])
    assert lost == [each for each in enumerate(PACKETS) if each[0] != 10]


def test_numbers_begin_again_after_the_last() -> None:
    first = WRAP - 20
    sent = [build(Datagram((first + age) % WRAP, packet)) for age, packet in enumerate(PACKETS)]
    assert [packet for _, packet in arrived(*sent)] == PACKETS


def test_another_stream_is_followed() -> None:
    sent = datagrams()
    assert arrived(*sent, build(Datagram(30000, b"new")), build(Datagram(30001, b"er")))[-2:] == [
        (30000, b"new"),
        (30001, b"er"),
    ]


@pytest.mark.parametrize(("span", "parities"), [(3, 1), (3, 3), (2, 2)])
def test_parities_mend_a_loss(span: int, parities: int) -> None:
    same_size = [bytes([number, 255 - number]) for number in range(40)]
    sent = [with_parities(same_size, sequence, span, parities) for sequence in range(40)]
    assert arrived(*sent[:20], *sent[21:]) == list(enumerate(same_size))


def with_parities(packets: list[bytes], sequence: int, span: int, parities: int) -> bytes:
    """As a far side with FEC sends it; at first it has nothing to cover."""
    if sequence < span * parities:
        return build(Datagram(sequence, packets[sequence]))
    first = sequence - span * parities
    covered = [[packets[first + number + step * parities] for step in range(span)] for number in range(parities)]
    mends = tuple(
        bytes(functools.reduce(operator.xor, octets) for octets in zip(*each, strict=True)) for each in covered
    )
    return build(Datagram(sequence, packets[sequence], parities=mends, span=span))
