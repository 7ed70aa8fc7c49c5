"""RFC 3262: provisional answers that must not get lost."""

from __future__ import annotations

import pytest
from sipmessage import Request, Response

from plugins.sip.calls.provisional import Provisionals
from plugins.sip.tests.party import Party, Site, described, site
from plugins.sip.tests.test_transactions import request
from plugins.sip.wire.message import response

OURS = "<sip:hub@192.0.2.9>"


def ringing(number: str, by: str = "a", require: str = "100rel", code: int = 183) -> Response:
    made = response(request(), code, "Progress", tag=by)
    made.headers.add("RSeq", number)
    made.headers.add("Require", require)
    return made


def rack(prack: Request | None) -> str | None:
    return None if prack is None else f"{prack.headers['RAck']} / {prack.headers['CSeq']}"


def test_each_is_acknowledged_once_and_in_order_in_each_branch() -> None:
    heard, invite = Provisionals(OURS), request()
    told = [("7", "a"), ("7", "a"), ("9", "a"), ("8", "a"), ("100", "b"), ("9", "a")]
    assert [rack(heard.acknowledgement(invite, ringing(number, by))) for number, by in told] == [
        "7 1 INVITE / 2 PRACK", None, None, "8 1 INVITE / 3 PRACK", "100 1 INVITE / 2 PRACK", "9 1 INVITE / 4 PRACK",
    ]  # fmt: skip
    assert heard.confirmed(invite, response(invite, 200, "OK", tag="a")).request("BYE").cseq.sequence == 5
    assert heard.confirmed(invite, response(invite, 200, "OK", tag="c")).request("BYE").cseq.sequence == 2


@pytest.mark.parametrize(
    ("number", "require", "code"), [("", "100rel", 180), ("x", "100rel", 180), ("1", "", 180), ("1", "100rel", 100)]
)
def test_nothing_else_is_acknowledged(number: str, require: str, code: int) -> None:
    assert Provisionals(OURS).acknowledgement(request(), ringing(number, "a", require, code)) is None


async def dialled(found: Site, phone: Party) -> Request:
    await found.rings_outside()
    invite = await phone.asked("INVITE")
    assert "100rel" in invite.headers["Supported"]
    return invite


async def test_an_answer_in_a_reliable_progress_is_the_answer() -> None:
    """The 200 brings none; the call stands, and requests after it are not taken for old ones."""
    with Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            invite = await dialled(found, phone)
            phone.reply(invite, 183, "Require: 100rel", "RSeq: 1", body=described(4444))
            prack = await phone.asked("PRACK")
            assert prack.headers["RAck"] == f"1 {invite.cseq.sequence} INVITE"
            phone.reply(prack, 200)
            await found.until(lambda: found.engine.crypto)
            phone.reply(invite, 200)
            await phone.asked("ACK")
            await phone.asked("INVITE")  # the agent is there: now the customer is called
            found.exchange.trunks[7].outbound[0].hang_up()
            bye = await phone.asked("BYE")
            assert bye.cseq.sequence > prack.cseq.sequence
