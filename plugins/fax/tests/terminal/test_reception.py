"""A modem's audio by sequence number: late is not lost, lost is made up for, and nothing else is heard."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from plugins.fax.terminal.reception import Quiet, Reception, build

PCMU, KEYS, OURS, ANOTHERS = 0, 101, 7, 8


def packet(sequence: int, *, source: int = OURS, kind: int = PCMU) -> bytes:
    """One of a stream; its audio is its number."""
    return build(kind, sequence, 160 * sequence, source, frame(sequence))


def frame(sequence: int) -> bytes:
    """What it says."""
    return bytes([sequence % 256]) * 160


def heard(*packets: bytes, ticks: int = 10) -> list[bytes]:
    """What comes out, when one comes a tick."""
    reception, frames = Reception(PCMU), []
    for each in packets:
        reception.put(each)
        frames += reception.take()
    for _ in range(ticks):
        frames += reception.take()
    return frames


def test_frames_come_in_the_order_they_were_said() -> None:
    order = list(range(100))
    for start in range(1, 97, 4):  # each four in another order, but the first
        part = order[start : start + 4]
        random.Random(start).shuffle(part)
        order[start : start + 4] = part
    assert heard(*map(packet, order)) == list(map(frame, range(100)))


def test_a_burst_that_is_late_is_heard_whole() -> None:
    reception = Reception(PCMU)
    reception.put(packet(1))
    assert reception.take() == [frame(1)]
    assert [reception.take() for _ in range(40)] == [[]] * 40
    for sequence in range(2, 40):
        reception.put(packet(sequence))
    assert reception.take() == list(map(frame, range(2, 40)))


def test_a_lost_frame_is_the_one_before_it_again() -> None:
    assert heard(packet(1), packet(2), packet(5), packet(6)) == [*map(frame, (1, 2, 2, 2, 5, 6))]


def test_what_is_doubled_or_too_late_is_heard_once() -> None:
    late = [packet(1), packet(3), *map(packet, range(4, 12)), packet(2), packet(11), packet(12)]
    assert heard(*late) == [frame(1), frame(1), *map(frame, range(3, 13))]


def test_numbers_begin_again_after_the_last() -> None:
    sequences = [65534, 65535, 65536, 65537]
    assert heard(*map(packet, sequences)) == list(map(frame, sequences))


def test_another_stream_is_followed() -> None:
    assert heard(packet(10), packet(5000, source=ANOTHERS), packet(5001, source=ANOTHERS)) == [
        frame(10),
        frame(5000),
        frame(5001),
    ]


def test_keys_and_reports_are_not_heard() -> None:
    assert heard(packet(1), packet(2, kind=KEYS), bytes.fromhex("80c8000600000000"), b"", packet(1)[:12]) == [frame(1)]


@given(st.lists(st.binary(max_size=60).map(lambda octets: b"\x80\0" + octets) | st.binary(max_size=40), max_size=60))
def test_anything_may_come(datagrams: list[bytes]) -> None:
    assert sum(map(len, heard(*datagrams))) <= 51 * 60 * len(datagrams)


def filled(*came: float) -> int:
    """How many of these ticks are made up for."""
    quiet = Quiet()
    return sum(quiet.fills(frames) for frames in came)


def test_ticks_that_catch_up_are_no_quiet() -> None:
    assert filled(*[1] * 100, 80, *[0] * 79, *[1] * 100) == 0


def test_a_far_side_that_says_nothing_is_quiet_after_a_second_and_until_it_speaks() -> None:
    assert filled(*[0] * 150) == filled(*[1] * 10, *[0] * 150, *[1] * 10, 0, 0, 2, 1) == 100


def test_frames_of_any_length_count_for_their_time() -> None:
    assert filled(*[1.5, 0, 1.5] * 100) == 0
