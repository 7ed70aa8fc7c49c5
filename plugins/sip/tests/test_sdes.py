"""RFC 4568: which keys are taken, what is agreed, and that the audio gets them."""

from __future__ import annotations

import base64

import pytest

from plugins.sip.calls import offer_answer
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.media.engine import Crypto
from plugins.sip.tests.party import Party, described, site
from plugins.sip.wire import sdp
from plugins.sip.wire.sdes import Encryption, Keying, theirs

OFF, OPTIONAL, REQUIRED = Encryption
OURS, THEIRS = bytes(range(30)), bytes(range(100, 130))
SUITE = "AES_CM_128_HMAC_SHA1_80"
INLINE = f"inline:{base64.b64encode(THEIRS).decode()}"
LINE = f"a=crypto:3 {SUITE} {INLINE}"
CLEAR, SECRET = described(), described(4000, "sendrecv", "RTP/SAVP", LINE)
BOTH = described(4000, "sendrecv", "RTP/AVP", LINE)


@pytest.mark.parametrize(
    ("wanted", "offered", "secret"),
    [
        (OFF, CLEAR, False), (OFF, SECRET, None), (OFF, BOTH, False),
        (OPTIONAL, CLEAR, False), (OPTIONAL, SECRET, True), (OPTIONAL, BOTH, True),
        (REQUIRED, CLEAR, None), (REQUIRED, SECRET, True), (REQUIRED, BOTH, True),
    ],
)  # fmt: skip
def test_an_offer_is_taken_as_the_connection_wants_it(wanted: Encryption, offered: bytes, secret: bool | None) -> None:
    keying = Keying(wanted, b"" if wanted is OFF else OURS)
    if secret is None:
        with pytest.raises(NotAcceptable):
            offer_answer.answer(sdp.parse(offered), 7000, keying)
        return
    session, agreed = offer_answer.answer(sdp.parse(offered), 7000, keying)
    assert agreed.crypto == (Crypto(OURS, THEIRS) if secret else None)
    assert session.media[0].protocol == sdp.parse(offered).media[0].protocol
    line = session.media[0].attribute("crypto")
    assert line == (f"3 {SUITE} inline:{base64.b64encode(OURS).decode()}" if secret else None)


@pytest.mark.parametrize("ours", [OPTIONAL, REQUIRED])
@pytest.mark.parametrize("other", [OPTIONAL, REQUIRED])
def test_two_that_can_agree_on_each_other_s_keys(ours: Encryption, other: Encryption) -> None:
    mine, yours = Keying(ours, OURS), Keying(other, THEIRS)
    offered = sdp.parse(sdp.write(offer_answer.offer(7000, mine), "192.0.2.9", 1, 1))
    answered, there = offer_answer.answer(offered, 4000, yours)
    here = offer_answer.settle(sdp.parse(sdp.write(answered, "192.0.2.1", 1, 1)), mine)
    assert (here.crypto, there.crypto) == (Crypto(OURS, THEIRS), Crypto(THEIRS, OURS))


def test_who_cannot_leaves_an_optional_offer_in_the_clear_and_refuses_a_required_one() -> None:
    offered = sdp.parse(sdp.write(offer_answer.offer(7000, Keying(OPTIONAL, OURS)), "192.0.2.9", 1, 1))
    answered, _ = offer_answer.answer(offered, 4000)
    clear = sdp.parse(sdp.write(answered, "192.0.2.1", 1, 1))
    assert offer_answer.settle(clear, Keying(OPTIONAL, OURS)).crypto is None
    with pytest.raises(NotAcceptable):
        offer_answer.settle(clear, Keying(REQUIRED, OURS))


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (f"1 {SUITE} {INLINE}", True),
        (f"1 {SUITE} {INLINE}|2^20", True),
        (f"1 {SUITE} {INLINE} WSH=64 -EXTRA", True),
        (f"1 {SUITE} {INLINE}|2^20|1:4", False),
        (f"1 {SUITE} {INLINE} UNENCRYPTED_SRTP", False),
        (f"1 {SUITE} {INLINE};{INLINE}", False),
        (f"1 AES_CM_128_HMAC_SHA1_32 {INLINE}", False),
        (f"1 {SUITE} inline:AAAA", False),
        (f"1 {SUITE} inline:%%%", False),
        (f"1 {SUITE}", False),
        ("", False),
    ],
)
def test_only_lines_we_can_hold_to_are_followed(value: str, taken: bool) -> None:
    media = sdp.parse(described(4000, "sendrecv", "RTP/SAVP", f"a=crypto:{value}")).media[0]
    assert theirs(media) == (("1", THEIRS) if taken else None)


async def test_a_secret_call_is_secret_from_end_to_end_of_ours() -> None:
    """Keys reach the audio; offered again it is not in the clear; the record has the call without its keys."""
    async with site(srtp="required") as found:
        with Party() as caller:
            answer = await caller.call(found.port, body=SECRET)
            [crypto] = found.engine.crypto.values()
            assert crypto is not None and crypto.receiving == THEIRS
            assert base64.b64encode(crypto.sending) in answer.body and b"RTP/SAVP" in answer.body
            again = await caller.ask("INVITE")
            assert b"RTP/SAVP" in again.body and base64.b64encode(crypto.sending) in again.body
            [raw] = [raw for _, raw in found.context.emitted if raw.meta["what"] == "call"]
            assert base64.b64encode(THEIRS) not in raw.body and b"inline:xxx" in raw.body


async def test_where_secrecy_is_required_nobody_talks_in_the_clear() -> None:
    async with site(srtp="required") as found:
        with Party() as caller:
            assert (await caller.call(found.port)).code == 488
            await found.until(lambda: not found.exchange.lines and not found.engine.open_legs)


@pytest.mark.parametrize(("wanted", "profile", "keys"), [("off", 0, 0), ("optional", 0, 1), ("required", 1, 1)])
async def test_calls_out_offer_what_the_connection_wants(wanted: str, profile: int, keys: int) -> None:
    with Party() as phone:
        async with site(srtp=wanted, proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await found.rings_outside()
            offered = sdp.parse((await phone.asked("INVITE")).body).media[0]
            assert offered.protocol == ("RTP/AVP", "RTP/SAVP")[profile]
            assert (theirs(offered) is not None) is bool(keys)
