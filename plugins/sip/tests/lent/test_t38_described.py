"""T.38 in session descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api import T38Parameters
from plugins.sip.tests.lent.machine import described, fax
from plugins.sip.wire import sdp, t38
from plugins.sip.wire.sdp import Media, Session

WRITTEN = (
    "m=image 6800 udptl t38", "a=T38FaxVersion:2", "a=T38MaxBitRate:14400", "a=T38FaxFillBitRemoval:0",
    "a=T38FaxTranscodingMMR", "a=T38FaxTranscodingJBIG:1", "a=T38FaxRateManagement:localTCF",
    "a=T38FaxMaxBuffer:262", "a=T38FaxMaxDatagram:400", "a=T38FaxUdpEC:t38UDPFEC",
)  # fmt: skip


def only(body: bytes) -> Media:
    session = sdp.parse(body)
    at = t38.image_of(session)
    assert at is not None
    return session.media[at]


def test_what_a_gateway_says_of_itself_is_read() -> None:
    assert t38.read(only(described(*WRITTEN))) == T38Parameters(
        version=2, max_bit_rate=14400, rate_management="localTCF", max_buffer=262, max_datagram=400,
        error_correction="t38UDPFEC", transcoding_mmr=True, transcoding_jbig=True,
    )  # fmt: skip


def test_names_are_read_as_carelessly_as_they_are_written() -> None:
    lines = ("m=image 6800 UDPTL T38", "a=t38faxmaxdatagram:72", "a=T38FaxUdpEC:t38udpredundancy", "a=T38FaxVersion:x")
    assert t38.read(only(described(*lines))) == T38Parameters(max_datagram=72)


@pytest.mark.parametrize(
    "lines",
    [
        ("m=image 0 udptl t38",),
        ("m=image 6800 TCP t38",),
        ("m=image 6800 udptl jpeg",),
        ("m=audio 6800 udptl t38",),
        (),
    ],
)
def test_what_is_no_t38_is_none(lines: tuple[str, ...]) -> None:
    assert t38.image_of(sdp.parse(described(*lines))) is None


def test_our_answer_takes_the_stream_in_its_place_and_refuses_the_others() -> None:
    offered = sdp.parse(described("m=audio 0 RTP/AVP 8 0", *WRITTEN, "m=video 4100 RTP/AVP 99"))
    at = t38.image_of(offered)
    assert at == 1
    answer = t38.answer(offered, at, 5000)
    assert [(each.kind, each.port, each.formats) for each in answer.media] == [
        ("audio", 0, ("8",)), ("image", 5000, ("t38",)), ("video", 0, ("99",)),
    ]  # fmt: skip
    ours = t38.read(only(sdp.write(answer, "127.0.0.1", 1, 1)))
    assert (ours.version, ours.rate_management, ours.error_correction) == (0, "localTCF", "t38UDPRedundancy")


def test_our_answer_is_no_faster_than_they_are() -> None:
    slow = sdp.parse(fax())
    assert t38.read(only(sdp.write(t38.answer(slow, 0, 5000), "127.0.0.1", 1, 1))).max_bit_rate == 9600


_WORDS = st.sampled_from(("T38FaxVersion", "T38MaxBitRate", "T38FaxUdpEC", "T38FaxFillBitRemoval", "T38FaxMaxBuffer"))


@settings(deadline=None)
@given(st.lists(st.tuples(_WORDS, st.text(max_size=20)), max_size=8))
def test_anything_may_be_said_of_it(attributes: list[tuple[str, str]]) -> None:
    media = Media("image", 6800, "udptl", ("t38",), "192.0.2.1", tuple(attributes))
    read = t38.read(media)
    assert 0 <= read.version <= 3 and read.max_bit_rate > 0 and read.error_correction in {
        "", "t38UDPRedundancy", "t38UDPFEC",
    }  # fmt: skip
    assert t38.read(only(sdp.write(t38.answer(Session((media,)), 0, 5000), "192.0.2.2", 1, 1))).version == 0


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_description_with_or_without_it_or_none_at_all(body: bytes) -> None:
    for text in (body, described("m=image 6800 udptl t38") + body):
        try:
            session = sdp.parse(text)
        except sdp.BadSdp:
            continue
        at = t38.image_of(session)
        assert at is None or t38.read(session.media[at]).max_bit_rate > 0
