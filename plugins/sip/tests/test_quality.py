"""What is counted of a leg's audio, and where its reports go."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from plugins.sip.calls import offer_answer, quality
from plugins.sip.media.engine import Statistics
from plugins.sip.tests.party import described
from plugins.sip.wire import sdp


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_both_directions_are_counted_once_a_leg_is_over() -> None:
    lost, trips = value("sip_audio_lost_ratio_sum", direction="out"), value("sip_audio_round_trip_seconds_count")
    quality.count(Statistics(sent=100, received=90, lost=10, far_lost=5, far_jitter_ms=4, round_trip_ms=30))
    assert value("sip_audio_lost_ratio_sum", direction="out") - lost == pytest.approx(0.05)
    assert value("sip_audio_round_trip_seconds_count") - trips == 1


def test_of_a_leg_that_said_nothing_and_a_far_side_that_reports_nothing_nothing_is_counted() -> None:
    before = {each: value("sip_audio_lost_ratio_count", direction=each) for each in ("in", "out")}
    quality.count(Statistics(sent=1000, received=3))
    assert {each: value("sip_audio_lost_ratio_count", direction=each) for each in ("in", "out")} == before


def test_who_is_called_for_somebody_is_offered_the_same_codec_first() -> None:
    assert offer_answer.preferring(None) == offer_answer.OURS
    for codec, other in (("PCMU", "PCMA"), ("PCMA", "PCMU")):
        agreed = offer_answer.Agreed(("192.0.2.1", 4000), codec, 101, "sendrecv")
        assert offer_answer.preferring(agreed) == (f"{codec}/8000", f"{other}/8000")


@pytest.mark.parametrize(
    ("line", "port", "shared"),
    [
        ("", 0, False),
        ("a=rtcp-mux", 4000, True),
        ("a=rtcp:5001 IN IP4 192.0.2.1", 5001, False),
        ("a=rtcp:99999", 0, False),
    ],
)
def test_reports_share_the_audio_s_port_where_that_is_offered(line: str, port: int, shared: bool) -> None:
    session, agreed = offer_answer.answer(sdp.parse(described(4000, "sendrecv", "RTP/AVP", line)), 7000)
    assert agreed.rtcp == port
    assert (session.media[0].attribute("rtcp-mux") is not None) is shared
