"""Keys as events (RFC 4733)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.telephone_event import KEYS, EventPacket, Listener, Presser


def test_a_press_lasts_100_ms_and_its_end_is_sent_three_times() -> None:
    presser = Presser()
    presser.press("5")
    packets = [packet for _ in range(20) if (packet := presser.next())]
    assert [packet.marker for packet in packets] == [True] + [False] * 7
    assert [packet.payload[0] for packet in packets] == [5] * 8
    assert [packet.payload[1] >> 7 for packet in packets] == [0] * 5 + [1] * 3
    assert [int.from_bytes(packet.payload[2:]) for packet in packets] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert not presser.waiting


@given(st.text(KEYS, max_size=12), st.sets(st.integers(0, 200), max_size=60))
def test_what_is_pressed_is_heard_once_each_though_packets_are_lost(pressed: str, lost: set[int]) -> None:
    presser, listener, heard, packets = Presser(), Listener(), "", 0
    presser.press(pressed)
    pause = 0
    for frame in range(200):
        packet = presser.next()
        packets += packet is not None
        pause = 0 if packet else pause + 1
        if packet and not (frame in lost and packet.back % 320):
            heard += listener.heard((frame * 160 - packet.back) & 0xFFFFFFFF, packet.payload) or ""
    assert heard == pressed
    assert packets == 8 * len(pressed)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=8)), max_size=20))
def test_anything_is_a_key_once_or_nothing(packets: list[tuple[int, bytes]]) -> None:
    listener = Listener()
    heard = [key for timestamp, payload in packets if (key := listener.heard(timestamp, payload))]
    assert set("".join(heard)) <= set(KEYS)
    assert len(heard) <= len(packets)


def test_packets_of_one_press_are_one_key_and_stragglers_none() -> None:
    listener = Listener()
    assert listener.heard(1000, bytes([1, 10, 0, 160])) == "1"
    assert listener.heard(1000, bytes([1, 0x8A, 3, 32])) is None
    assert listener.heard(2000, bytes([1, 10, 0, 160])) == "1"
    assert listener.heard(1000, bytes([1, 0x8A, 3, 32])) is None


def test_what_is_no_key_is_passed_over() -> None:
    assert Listener().heard(0, bytes([16, 10, 0, 160])) is None  # a hook flash
    assert Listener().heard(0, b"\x01\x0a") is None
    with pytest.raises(ValueError, match="'x' is no key"):
        Presser().press("1x")
    assert isinstance(EventPacket(b"", marker=True, back=0), EventPacket)
