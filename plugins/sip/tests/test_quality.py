"""What is counted of a leg's audio, and where its reports go."""

from __future__ import annotations

import asyncio
import json

import pytest
from prometheus_client import REGISTRY

from hub.api import LegFact, LegState, Quality
from plugins.sip.calls import offer_answer, quality
from plugins.sip.lines import reports
from plugins.sip.meaning import meaning
from plugins.sip.media.engine import Statistics
from plugins.sip.tests.party import Party, described, site
from plugins.sip.wire import sdp, sound


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def never(_: str) -> Statistics:
    await asyncio.Event().wait()
    raise AssertionError


def test_both_directions_are_counted_once_a_leg_is_over() -> None:
    lost, trips = value("sip_audio_lost_ratio_sum", direction="out"), value("sip_audio_round_trip_seconds_count")
    quality.count(Statistics(sent=100, received=90, lost=10, far_lost=5, far_jitter_ms=4, round_trip_ms=30))
    assert value("sip_audio_lost_ratio_sum", direction="out") - lost == pytest.approx(0.05)
    assert value("sip_audio_round_trip_seconds_count") - trips == 1


def test_the_record_has_the_worse_of_both_directions() -> None:
    heard = quality.of(
        Statistics(received=99, lost=1, jitter_ms=2, sent=100, far_lost=5, far_jitter_ms=4, round_trip_ms=30)
    )
    assert heard and (heard.loss, heard.jitter, heard.round_trip) == (0.05, 4, 30)
    assert heard.mos == pytest.approx(3.83, abs=0.01)  # 1 % heard as gaps is worse than 5 % that a phone conceals


def test_without_reports_the_record_has_what_came_and_of_silence_nothing() -> None:
    heard = quality.of(Statistics(sent=1000, received=1000, jitter_ms=1))
    assert heard and (heard.loss, heard.round_trip) == (0, None) and heard.mos == pytest.approx(4.41, abs=0.01)
    assert quality.of(Statistics(sent=1000, received=3)) is None


async def test_the_end_of_a_leg_tells_how_well_it_was_heard() -> None:
    async with site() as found:
        found.engine.heard = Statistics(sent=100, received=98, lost=2, jitter_ms=3.25)
        with Party() as caller:
            await caller.call(found.port)
            await caller.ask("BYE")
            await found.until(lambda: len(found.told("leg")) == 2)
        raw = found.context.emitted[-1][1]
    [fact] = meaning(raw)
    assert isinstance(fact, LegFact) and fact.quality and fact.quality.mos
    assert (fact.state, fact.quality.loss, fact.quality.jitter) == (LegState.ENDED, 0.02, 3.2)


async def test_a_media_engine_that_says_nothing_holds_up_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MEASURED", 0.05)
    async with site() as found:
        monkeypatch.setattr(found.engine, "close", never)
        with Party() as caller:
            await caller.call(found.port)
            await caller.ask("BYE")
            await found.until(lambda: len(found.told("leg")) == 2)
        fact = found.told("leg")[-1]
    assert fact["state"] == "ENDED" and "quality" not in fact


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


def test_what_a_softphone_says_inside_a_call_is_read_and_nothing_else() -> None:
    heard = Quality(loss=0.25, jitter=3, round_trip=None, mos=3.5)
    assert sound.in_info(f"{sound.KIND}; charset=utf-8", json.dumps(sound.as_json(heard)).encode()) == heard
    assert sound.in_info(sound.KIND, b'{"loss": -1, "mos": "good", "jitter": 1e9}') == Quality()
    for kind, body in (("application/dtmf", b"5"), (sound.KIND, b"5"), (sound.KIND, b"{"), (sound.KIND, b"[" * 9999)):
        assert sound.in_info(kind, body) is None


def test_two_stretches_of_one_way_are_as_good_as_the_worse_and_one_in_time_as_its_mean() -> None:
    one, other = Quality(loss=0.1, jitter=2, mos=4), Quality(loss=0, jitter=9, round_trip=40, mos=3)
    assert sound.worse(one, other) == Quality(0.1, 9, 40, 3)
    assert sound.worse(one, None) == sound.worse(None, one) == one and sound.worse(None, None) is None
    assert sound.mean([one, other]) == Quality(0.05, 5.5, 40, 3.5)
