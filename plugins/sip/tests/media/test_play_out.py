"""The play-out buffer: whatever the order and moment, what comes out is what was said, once."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.g711 import FRAME
from plugins.sip.media.play_out import SHORTEST, PlayOut

pytestmark = pytest.mark.slow


class Stream:
    """The last of three rows; with `together`, its frames are put as those of all legs are."""

    def __init__(self, *, together: bool = False) -> None:
        self.play_out, self._together = PlayOut(3), together

    @property
    def late(self) -> int:
        return int(self.play_out.late[2])

    def put(self, timestamp: int, payload: bytes) -> None:
        if self._together and len(payload) == FRAME:
            octets = np.frombuffer(payload, np.uint8)[np.newaxis]
            self.play_out.put_frames(np.array([2]), np.array([timestamp]), octets)
        else:
            self.play_out.put(2, timestamp, payload)

    def take(self) -> bytes | None:
        octets, filled = self.play_out.take()
        assert not filled[:2].any()
        return octets[2].tobytes() if filled[2] else None


def frame(number: int) -> bytes:
    return bytes([number % 250]) * FRAME


def played(buffer: Stream, arrivals: dict[int, list[int]], ticks: int) -> list[int | None]:
    """Numbers of the frames that came out; `arrivals` gives those that come before each tick."""
    out: list[int | None] = []
    for tick in range(ticks):
        for number in arrivals.get(tick, []):
            buffer.put((number * FRAME - 1000) & 0xFFFFFFFF, frame(number))
        taken = buffer.take()
        out.append(taken[0] if taken else None)
    return out


def test_an_even_stream_comes_out_two_frames_later() -> None:
    out = played(Stream(), {tick: [tick] for tick in range(50)}, 50)
    assert out == [None, None, *range(48)]


def test_a_reordered_packet_is_played_in_its_place() -> None:
    arrivals = {0: [0], 1: [2], 2: [1], 3: [3], 4: [4]}
    assert played(Stream(), arrivals, 7) == [None, None, 0, 1, 2, 3, 4]


def test_a_lost_packet_is_a_gap_and_nothing_shifts() -> None:
    arrivals = {tick: [tick] for tick in range(20) if tick != 5}
    assert played(Stream(), arrivals, 20)[6:10] == [4, None, 6, 7]


def test_late_packets_make_it_wait_longer_and_are_heard() -> None:
    arrivals = {tick: [tick] for tick in range(10)} | {14: [10, 11, 12, 13, 14]}
    arrivals |= {tick: [tick] for tick in range(15, 40)}
    buffer = Stream()
    out = [number for number in played(buffer, arrivals, 45) if number is not None]
    assert out == list(range(40))
    assert buffer.late > 0


def test_the_delay_shrinks_again_when_the_line_is_calm() -> None:
    arrivals = {tick: [tick] for tick in range(10)} | {15: list(range(10, 16))}
    arrivals |= {tick: [tick] for tick in range(16, 3000)}
    out = played(Stream(), arrivals, 3000)
    late, calm = 100 - (out[100] or 0), (2999 - (out[2999] or 0)) % 250
    assert late > 4
    assert calm * FRAME <= SHORTEST + FRAME


@pytest.mark.parametrize("pieces", [80, 240, 480])
def test_packets_of_any_length_are_cut_into_frames(pieces: int) -> None:
    said = bytes(random.Random(3).randrange(250) for _ in range(480 * 10))
    buffer, heard, at = Stream(), b"", 0
    for tick in range(40):
        while at < len(said) and at <= tick * FRAME:
            buffer.put(at, said[at : at + pieces])
            at += pieces
        heard += buffer.take() or b""
    assert heard == said


@pytest.mark.parametrize("jump", [90000, -90000])
def test_a_sender_who_starts_anew_is_followed(jump: int) -> None:
    buffer = Stream()
    played(buffer, {tick: [tick] for tick in range(20)}, 20)
    out = played(buffer, {tick: [tick + jump] for tick in range(30)}, 30)
    assert out[-10:] == [(jump + tick) % 250 for tick in range(30 - 12, 30 - 2)]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 700), st.booleans()), max_size=60))
def test_nothing_a_peer_sends_breaks_it(packets: list[tuple[int, int, bool]]) -> None:
    buffer = Stream()
    for timestamp, size, take in packets:
        buffer.put(timestamp, bytes(size))
        if take:
            taken = buffer.take()
            assert taken is None or len(taken) == FRAME


@pytest.mark.parametrize("unevenness", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("seed", range(12))
def test_no_frame_is_heard_twice_or_out_of_order_alone_or_together(seed: int, unevenness: float) -> None:
    dice, arrivals = random.Random(seed), dict[int, list[int]]()
    for number in range(120):
        if dice.random() > 0.05:
            arrivals.setdefault(number + int(dice.expovariate(1 / unevenness)), []).append(number)
    alone = played(Stream(), arrivals, 150)
    assert alone == played(Stream(together=True), arrivals, 150)
    out = [number for number in alone if number is not None]
    assert out == sorted(set(out))
    assert len(out) > 60
