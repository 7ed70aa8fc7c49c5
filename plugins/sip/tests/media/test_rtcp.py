"""Reports of senders and receivers (RFC 3550 §6): read, written, and what follows from them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media import rtcp
from plugins.sip.media.engine import Crypto
from plugins.sip.media.reporter import INTERVAL, FarSide, Receiving, Reporter, Sending
from plugins.sip.media.rtcp import Block, NotRtcp, Report, Sender
from plugins.sip.media.srtcp import Srtcp
from plugins.sip.media.srtp import NotAuthentic

WORD = st.integers(0, 2**32 - 1)
SENDERS = st.builds(Sender, st.integers(0, 2**64 - 1), WORD, WORD, WORD)
BLOCKS = st.builds(Block, WORD, st.integers(0, 255), st.integers(-(2**23), 2**23 - 1), WORD, WORD, WORD, WORD)
REPORTS = st.builds(Report, WORD, st.none() | SENDERS, st.lists(BLOCKS, max_size=3).map(tuple))
OURS = Sending(source=11, timestamp=1600, packets=10, octets=1600)
THEIRS = Receiving(source=22, highest=109, expected=10, received=8, jitter=40)


@given(REPORTS, st.text("abc-_0", min_size=1, max_size=30), st.booleans())
def test_what_is_written_is_read(report: Report, name: str, bye: bool) -> None:
    datagram = rtcp.build(report, name, bye=bye)
    assert rtcp.is_rtcp(datagram) and len(datagram) % 4 == 0
    assert rtcp.parse(datagram) == [report]
    assert name.encode() in datagram


@given(st.binary(max_size=120) | st.tuples(REPORTS, st.integers(0, 80), st.binary(max_size=8)).map(
    lambda parts: rtcp.build(parts[0], "name")[: parts[1]] + parts[2]
))  # fmt: skip
def test_anything_is_read_or_refused(datagram: bytes) -> None:
    with suppress(NotRtcp):
        rtcp.parse(datagram)


@given(st.binary(max_size=80))
def test_anything_is_refused_quietly_where_reports_are_secret(junk: bytes) -> None:
    with suppress(NotAuthentic):
        pytest.fail(f"taken: {Srtcp(Crypto(bytes(30), bytes(30))).unprotect(junk).hex()}")


@pytest.mark.parametrize(
    "datagram", ["80c9", "40c9000100000007", "80c9000200000007", "81c9000100000007", "80000001000000a000000007"]
)
def test_what_is_cut_off_or_audio_is_refused(datagram: str) -> None:
    with pytest.raises(NotRtcp):
        rtcp.parse(bytes.fromhex(datagram))


def test_a_receiver_says_what_it_lost_lately_and_in_all() -> None:
    reporter = Reporter()
    first, second = (
        rtcp.parse(reporter.report(at, OURS, receiving))[0].blocks[0]
        for at, receiving in [(5.0, THEIRS), (10.0, replace(THEIRS, highest=209, expected=110, received=83))]
    )
    assert (first.fraction, first.lost, first.highest, first.jitter) == (2 * 256 // 10, 2, 109, 40)
    assert (second.fraction, second.lost) == (25 * 256 // 100, 27)


def test_who_sent_nothing_lately_reports_as_a_receiver_alone() -> None:
    reporter = Reporter()
    reports = [rtcp.parse(reporter.report(at, OURS, None))[0] for at in (5.0, 10.0)]
    assert reports[0].sender and (reports[0].sender.packets, reports[0].sender.timestamp) == (10, 1600)
    assert reports[1] == Report(11)


def test_the_way_there_and_back_is_the_time_between_less_what_the_far_side_kept() -> None:
    ours, theirs = Reporter(), Reporter()
    theirs.heard(ours.report(100.0, OURS, None), 100.05)
    answer = theirs.report(103.0, Sending(22, 0, 1, 160), Receiving(11, 10, 10, 9, 16))
    ours.heard(answer, 103.07)
    assert (ours.far.lost, ours.far.jitter_ms) == (1, 2.0)
    assert ours.far.round_trip_ms == pytest.approx(120, abs=0.2)


def test_reports_about_somebody_else_and_of_a_clock_that_is_off_tell_nothing() -> None:
    ours = Reporter()
    ours.report(1.0, OURS, None)
    ours.heard(rtcp.build(Report(22, blocks=(Block(99, 0, 7, 0, 8, 0, 0),)), "name"), 2.0)
    assert ours.far == FarSide()
    ours.heard(rtcp.build(Report(22, blocks=(Block(11, 0, 7, 0, 8, 1, 0),)), "name"), 2.0)
    assert ours.far == FarSide(lost=7, jitter_ms=1.0)


def test_pauses_differ_and_are_five_seconds_on_average() -> None:
    pauses = [Reporter.pause() for _ in range(2000)]
    assert min(pauses) >= INTERVAL / 2 and max(pauses) <= 1.5 * INTERVAL
    assert sum(pauses) / 2000 == pytest.approx(INTERVAL, rel=0.05)


def test_secret_reports_are_read_once_and_by_their_key_alone() -> None:
    ours, theirs = bytes(range(30)), bytes(range(30, 60))
    here, there = Srtcp(Crypto(ours, theirs)), Srtcp(Crypto(theirs, ours))
    plain = [rtcp.build(Report(7, blocks=(Block(9, 0, 1, 2, 3, 4, 5),)), f"name{number}") for number in range(3)]
    secret = [here.protect(datagram) for datagram in plain]
    assert b"name0" not in secret[0] and rtcp.is_rtcp(secret[0])
    assert [there.unprotect(datagram) for datagram in secret] == plain
    for forged in (secret[2], secret[1], secret[0][:-1] + b"x", b"\x80\xc9"):
        with pytest.raises(NotAuthentic):
            there.unprotect(forged)
