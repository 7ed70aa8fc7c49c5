"""Packets go on in another session: numbered as one stream, with their gaps, and reports find their way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media import rtcp, rtp
from plugins.sip.softphone.translating import FRAME, Onward, reports


def packet(sequence: int, source: int = 7, kind: int = 0) -> bytes:
    return rtp.build(kind, sequence, sequence * FRAME, source, b"x" * FRAME)


def carried(onward: Onward, datagram: bytes) -> rtp.Packet:
    gone = onward.carry(datagram)
    assert gone is not None
    return rtp.parse(gone)


def test_a_gap_stays_a_gap_and_another_source_follows_the_last() -> None:
    onward = Onward({0: 0})
    first, third = carried(onward, packet(65_535)), carried(onward, packet(1))
    other = carried(onward, packet(40_000, source=8))
    assert (third.sequence - first.sequence) & 0xFFFF == 2
    assert (other.sequence - third.sequence) & 0xFFFF == 1
    assert (other.timestamp - third.timestamp) & 0xFFFF_FFFF == FRAME
    assert first.source == third.source == other.source and (first.marker, third.marker, other.marker) == (1, 0, 1)


def test_what_was_not_to_be_carried_on_is_no_loss() -> None:
    onward = Onward({0: 0})
    before = carried(onward, packet(10))
    onward.restart()
    assert (carried(onward, packet(510)).sequence - before.sequence) & 0xFFFF == 1


def test_only_what_is_named_goes_on_as_the_other_side_calls_it() -> None:
    onward = Onward({0: 0, 126: 101})
    assert onward.carry(packet(1, kind=13)) is None
    assert carried(onward, packet(1, kind=126)).kind == 101


def test_a_report_speaks_of_the_stream_as_its_sender_knows_it() -> None:
    to_browser, to_hub = Onward({0: 0}), Onward({0: 0})
    sent = carried(to_browser, packet(100, source=5))
    carried(to_hub, packet(900, source=6))
    block = rtcp.Block(to_browser.source, 25, 3, sent.sequence, 8, 1234, 56)
    told = rtcp.build(rtcp.Report(6, rtcp.Sender(9, 900 * FRAME, 1, FRAME), (block,)), "browser")
    passed = reports(told, to_hub, to_browser, "hub")
    assert passed is not None
    [report] = rtcp.parse(passed)
    assert report.source == to_hub.source and report.sender is not None
    [found] = report.blocks
    assert (found.source, found.highest & 0xFFFF, found.fraction, found.lost) == (5, 100, 25, 3)
    assert (found.last_report, found.delay) == (1234, 56)


def test_a_report_of_nobody_is_told_to_nobody() -> None:
    told = rtcp.build(rtcp.Report(6), "browser")
    assert reports(told, Onward({0: 0}), Onward({0: 0}), "hub") is None


@given(st.binary(max_size=60))
def test_whatever_comes_is_carried_or_not(datagram: bytes) -> None:
    gone = Onward(dict.fromkeys(range(128), 0)).carry(datagram)
    assert gone is None or rtp.parse(gone).kind == 0
