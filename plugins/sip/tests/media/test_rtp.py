"""RTP headers (RFC 3550 §5.1) and what a receiver counts (A.1, A.3, A.8)."""

from __future__ import annotations

import itertools
from contextlib import closing, suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media import rtp
from plugins.sip.media.reception import Reception
from plugins.sip.media.rtp_socket import RtpSocket

HEADER = bytes.fromhex("80 00 0001 000000a0 00000007")


@given(st.integers(0, 71), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary())
def test_what_is_built_is_read(kind: int, sequence: int, timestamp: int, source: int, payload: bytes) -> None:
    packet = rtp.parse(rtp.build(kind, sequence, timestamp, source, payload, marker=bool(kind % 2)))
    assert packet == (kind, bool(kind % 2), sequence, timestamp, source, payload)


def test_sources_extension_and_padding_are_passed_over() -> None:
    extended = b"\xb2" + HEADER[1:] + bytes(8) + bytes.fromhex("bede 0001 aabbccdd") + b"sound" + bytes([0, 0, 3])
    assert rtp.parse(extended).payload == b"sound"


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        HEADER[:11],
        b"\x40" + HEADER[1:],
        b"\x80\xc8" + HEADER[2:],  # a sender report on the same port
        b"\x8f" + HEADER[1:],
        b"\x90" + HEADER[1:] + b"\xbe\xde\x00\x09",
        b"\xa0" + HEADER[1:] + b"\x09",
        b"\xa0" + HEADER[1:] + b"\x00",
    ],
)
def test_what_is_no_rtp_is_refused(datagram: bytes) -> None:
    with pytest.raises(rtp.NotRtp):
        rtp.parse(datagram)


@given(st.binary(max_size=64))
def test_anything_is_read_or_refused(datagram: bytes) -> None:
    with suppress(rtp.NotRtp):
        assert len(rtp.parse(datagram).payload) <= len(datagram)


def test_audio_has_an_even_port_and_its_reports_the_next_and_ports_are_not_used_again_at_once() -> None:
    free = [RtpSocket("127.0.0.1", [0]) for _ in range(2)]
    for each in free:
        assert each.control is not None and not each.port % 2
        assert each.control.getsockname()[1] == each.port + 1
        each.close()
        each.control.close()
    one, other = (each.port for each in free)
    ports = itertools.cycle([one, other])
    for expected in (one, other, one):
        with closing(RtpSocket("127.0.0.1", itertools.islice(ports, 2))) as taken:
            assert taken.port == expected
            assert taken.control is not None
            taken.control.close()


def test_a_call_is_taken_without_reports_where_their_port_is_not_free() -> None:
    first = RtpSocket("127.0.0.1", [0])
    assert first.control is not None
    first.close()
    with closing(first.control), closing(RtpSocket("127.0.0.1", [first.port])) as second:
        assert (second.port, second.control) == (first.port, None)


def hear(reception: Reception, sequence: int, timestamp: int = 0, arrival: float = 0) -> None:
    reception.heard(np.array([1]), np.array([sequence]), np.array([timestamp]), np.array([float(arrival)]))


def test_lost_packets_are_counted_over_the_wrap_and_reordered_ones_are_not_lost() -> None:
    reception = Reception(2)
    for number in [65533, 65534, 0, 65535, 1, 4]:
        hear(reception, number)
    assert reception.received.tolist() == [0, 6]
    assert (reception.lost(0), reception.lost(1)) == (0, 2)


def test_a_jump_begins_anew_and_keeps_what_was_lost() -> None:
    reception = Reception(2)
    for number in [10, 12, 30000, 30001]:
        hear(reception, number)
    assert reception.lost(1) == 1


def test_jitter_is_nought_for_an_even_stream_and_nears_the_unevenness_of_another() -> None:
    even, uneven = Reception(2), Reception(2)
    for number in range(500):
        hear(even, number, number * 160, number * 160 + 77)
        hear(uneven, number, number * 160, number * 160 + 40 * (number % 2))
    assert even.jitter[1] == 0
    assert uneven.jitter[1] == pytest.approx(40, abs=1)
