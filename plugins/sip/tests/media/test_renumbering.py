"""Streams that another's follow: numbers go up to it by steps that no receiver takes for the past."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.outgoing import Outgoing

SEQUENCE, TIMESTAMP = st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)


@given(SEQUENCE, TIMESTAMP)
def test_each_step_is_ahead_of_the_one_before_and_the_last_is_there(sequence: int, timestamp: int) -> None:
    outgoing = Outgoing(1)
    before = outgoing.so_far(0)
    steps = [(before.sequence, before.timestamp), *outgoing.renumber(0, sequence, timestamp)]
    for (one, early), (other, late) in itertools.pairwise(steps):
        assert 0 <= (other - one) & 0xFFFF < 2**15
        assert 0 <= (late - early) & 0xFFFFFFFF < 2**31
    assert (steps[-1][0] & 0xFFFF, steps[-1][1] & 0xFFFFFFFF) == (sequence, timestamp)
    after = outgoing.so_far(0)
    assert (after.sequence, after.timestamp, after.packets) == (sequence, timestamp, len(steps) - 1)
    assert after.source != before.source  # what its receiver has counted of the old one says nothing of it


def test_the_next_packet_follows() -> None:
    outgoing = Outgoing(1)
    outgoing.renumber(0, 65535, 2**32 - 160)
    quiet = np.full((1, 160), 0xFF, np.uint8)
    datagram = outgoing.packets(quiet, np.array([0]), np.array([0]), 1)
    assert (int.from_bytes(datagram[2:4]), int.from_bytes(datagram[4:8])) == (0, 0)
