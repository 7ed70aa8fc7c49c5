"""RFC 3264 and RFC 8866: what is offered, what is agreed, and what cannot be followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.calls import offer_answer
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.wire import sdp
from plugins.sip.wire.sdp import BadSdp

OFFER = """v=0
o=- 1 1 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=video 5000 RTP/AVP 31
m=audio 4000 RTP/AVP 18 0 8 96
a=rtpmap:96 telephone-event/8000
a=sendrecv
"""


def test_the_answer_keeps_every_line_and_takes_the_first_common_codec() -> None:
    session, agreed = offer_answer.answer(sdp.parse(OFFER.encode()), 7000)
    assert [(media.kind, media.port) for media in session.media] == [("video", 0), ("audio", 7000)]
    assert (agreed.remote, agreed.codec, agreed.events) == (("192.0.2.1", 4000), "PCMU", 96)
    assert session.media[1].formats == ("0", "96")


def test_our_offer_and_its_answer_agree_on_both_sides() -> None:
    mine = sdp.parse(sdp.write(offer_answer.offer(7000), "192.0.2.9", 1, 1))
    theirs, seen_there = offer_answer.answer(mine, 4000)
    agreed = offer_answer.settle(sdp.parse(sdp.write(theirs, "192.0.2.1", 1, 1)))
    assert (agreed.codec, agreed.events) == (seen_there.codec, seen_there.events) == ("PCMA", 101)
    assert agreed.remote == ("192.0.2.1", 4000) and seen_there.remote == ("192.0.2.9", 7000)


@pytest.mark.parametrize(
    ("line", "direction"),
    [
        ("a=sendonly", "recvonly"),
        ("a=inactive", "inactive"),
        ("a=recvonly", "sendonly"),
        ("c=IN IP4 0.0.0.0", "inactive"),
    ],
)
def test_hold_is_seen_in_both_its_spellings(line: str, direction: str) -> None:
    _, agreed = offer_answer.answer(sdp.parse(OFFER.replace("a=sendrecv", line).encode()), 7000)
    assert agreed.direction == direction and agreed.held


def test_without_a_common_codec_there_is_no_call() -> None:
    with pytest.raises(NotAcceptable):
        offer_answer.answer(sdp.parse(OFFER.replace("18 0 8 96", "18").encode()), 7000)


def test_a_refused_stream_is_no_agreement() -> None:
    with pytest.raises(NotAcceptable):
        offer_answer.settle(sdp.parse(OFFER.replace("audio 4000", "audio 0").encode()))


@given(st.binary(max_size=300) | st.text(alphabet="vosctma=: 019/IP4AVRTaudio.\n", max_size=200).map(str.encode))
def test_arbitrary_descriptions_are_read_or_refused(body: bytes) -> None:
    try:
        offer_answer.answer(sdp.parse(b"v=0\n" + body), 7000)
    except (BadSdp, NotAcceptable):
        return


@given(st.integers(0, len(OFFER) - 1), st.binary(max_size=3))
def test_a_damaged_description_is_read_or_refused(at: int, put: bytes) -> None:
    damaged = OFFER.encode()[:at] + put + OFFER.encode()[at + 1 :]
    try:
        session, _ = offer_answer.answer(sdp.parse(damaged), 7000)
    except (BadSdp, NotAcceptable):
        return
    assert sdp.parse(sdp.write(session, "192.0.2.9", 1, 1)).media
