"""What browsers offer is read with care, and answered so that they understand it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.sip.softphone.offer import BadOffer, Candidate, Ways, answer, read
from plugins.sip.tests.softphone.pages import OFFER

OURS = Ways("ours", "x" * 22, (("sha-256", ":".join(["CD"] * 32)),), (Candidate("f", 7, "192.0.2.1", 40_000, "host"),))


def test_a_browser_says_how_it_is_reached_and_known() -> None:
    offer = read(OFFER)
    assert (offer.mid, offer.keys, offer.ways.ufrag) == ("0", 126, "wWWW")
    assert offer.ways.fingerprints == (("sha-256", ":".join(["AB"] * 32)),)
    assert offer.ways.candidates == (), "nobody has us knock at addresses of their choice"


def test_what_stands_above_its_stream_holds_for_it() -> None:
    prints = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
    moved = OFFER.replace(prints + "\r\n", "").replace("t=0 0", f"t=0 0\r\n{prints}")
    assert read(moved).ways == read(OFFER).ways


def test_the_answer_is_one_stream_of_pcmu_with_our_ways() -> None:
    lines = answer(read(OFFER), OURS).split("\r\n")
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 0 126" in lines and "a=setup:active" in lines
    assert "a=candidate:f 1 udp 7 192.0.2.1 40000 typ host" in lines
    assert {"a=mid:0", "a=rtcp-mux", "a=ice-ufrag:ours"} <= set(lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" 0 8 126", " 8 126"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        ("a=setup:actpass", "a=setup:active"),
        ("a=ice-ufrag:wWWW", "a=ice-ufrag:w"),
        ("a=ice-pwd:", "a=ice-pwd:short\r\na=was:"),
        ("a=fingerprint:sha-256", "a=fingerprint:md5"),
        ("a=mid:0", "a=mid:0 0"),
        ("a=mid:0", "a=mid:0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96"),
        ("s=-", "s=" + "-" * 20_000),
    ],
)
def test_what_we_could_not_carry_is_refused(before: str, after: str) -> None:
    assert before in OFFER
    with pytest.raises(BadOffer):
        read(OFFER.replace(before, after))


@pytest.mark.slow
@given(st.text(max_size=300), st.integers(0, len(OFFER)), st.integers(0, 80))
@settings(max_examples=200)
def test_whatever_comes_is_read_or_refused(noise: str, at: int, cut: int) -> None:
    for text in (noise, OFFER[:at] + noise + OFFER[at + cut :]):
        with contextlib.suppress(BadOffer):
            assert answer(read(text), OURS).isprintable() is False
