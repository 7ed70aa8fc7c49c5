"""A modem on a serial line: a process of its own at the other end of a pseudo terminal, with a SIM and a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api import (
    AnyConnection,
    Malformed,
    Misconfigured,
    OutcomeUnknown,
    Overloaded,
    Raw,
    ReceiptState,
    Rejected,
    SendError,
    UnknownAccount,
    Unreachable,
)
from plugins.sms.modem import meaning
from plugins.sms.modem.provider import Modem
from plugins.sms.modem.results import error_of, state_of
from plugins.sms.provider import Report
from plugins.sms.tests.desk import Desk, connection, context, outgoing
from tests.farside.commanded import Commanded

OURS, HANDSET = "+8613900139000", "+8613800138000"
LONG = "hello " * 30


def plugged(tmp_path: Path, **more: object) -> AnyConnection:
    return connection("modem", {"device": str(tmp_path / "modem"), "number": OURS, "pin": "1234", **more})


def far_side(tmp_path: Path) -> Commanded:
    return Commanded("tests.farside.modem", tmp_path / "ledger", (str(tmp_path / "modem"), "--pin", "1234"))


async def send(provider: Modem, way: AnyConnection, to: str, text: str) -> list[str]:
    return [(await provider.submit(way, each)).external_id for each in outgoing(to, text, sender=OURS)]


@pytest.mark.slow
async def test_texts_by_a_modem(tmp_path: Path) -> None:
    """The PIN; what the SIM has had; what comes; what goes, in PDUs, with reports; refusals; the plug pulled."""
    async with far_side(tmp_path) as far:
        provider = Modem(context())
        desk, way = Desk(provider, OURS), plugged(tmp_path)
        far.do("text", **{"from": HANDSET}, text="while nobody listened 你好")
        with pytest.raises(Misconfigured):
            await provider.probe(plugged(tmp_path, pin=""))
        desk.refuse = Overloaded()
        async with desk.listening(way) as task:
            assert desk.ready == [f"{tmp_path / 'modem'}: Test Mobile, -71 dBm"]
            far.do("text", **{"from": HANDSET}, text="😀")
            await desk.until(lambda: desk.texts == ["while nobody listened 你好", "😀"])
            await far.event("freed", lambda event: event["place"] == 2)
            await goes(provider, way, desk, far)
            with pytest.raises(OutcomeUnknown):
                await send(provider, way, "+8613800130500", "unplugged")
            with pytest.raises(Unreachable):
                await task
        with pytest.raises(Unreachable):
            await send(provider, way, HANDSET, "not plugged in")
        far.do("plug in")
        await far.event("plugged in")
        await comes_back(desk, way, far)


async def goes(provider: Modem, way: AnyConnection, desk: Desk, far: Commanded) -> None:
    ids = await send(provider, way, HANDSET, LONG) + await send(provider, way, HANDSET, "好")
    assert [each.split("/")[0] for each in ids] == ["254", "255", "0"], "the modem counts to 255"
    await desk.until(lambda: len([news for news in desk.news if isinstance(news, Report)]) == 3)
    reports = [news for news in desk.news if isinstance(news, Report)]
    assert [(each.refers_to, each.state) for each in reports] == [(each, ReceiptState.DELIVERED) for each in ids]
    told = far.named("text")
    assert "".join(each["text"] for each in told[:2]) == LONG and told[2]["text"] == "好"
    assert [each["header"][:6] for each in told] == ["050003", "050003", ""]
    assert {(each["to"], each["report"]) for each in told} == {(HANDSET, True)}
    for number, error in (("+8613800130038", Unreachable), ("+8613800130021", Rejected), ("ACME", Rejected)):
        with pytest.raises(error):
            await send(provider, way, number, "x")
    await send(provider, way, "+8613800130404", "nobody")
    await desk.until(lambda: any(isinstance(news, Report) and news.code == "0x46" for news in desk.news))


async def comes_back(desk: Desk, way: AnyConnection, far: Commanded) -> None:
    """A modem that is plugged in again is another terminal by the same name."""
    far.do("text", **{"from": HANDSET}, text="and again")
    async with desk.listening(way):
        await desk.until(lambda: desk.texts[-1] == "and again")


@pytest.mark.slow
async def test_texts_by_a_modem_that_knows_no_pdus(tmp_path: Path) -> None:
    async with far_side(tmp_path) as far:
        provider = Modem(context())
        desk, way = Desk(provider, OURS), plugged(tmp_path, mode="text")
        async with desk.listening(way):
            far.do("text", **{"from": HANDSET}, text='你好, "you"', mode="text")
            await desk.until(lambda: desk.texts == ['你好, "you"'])
            (sent,) = await send(provider, way, HANDSET, "好")
            await desk.until(lambda: Report(sent, ReceiptState.DELIVERED, recipient=HANDSET) in desk.news)
            told = await far.event("text")
            assert (told["to"], told["text"]) == (HANDSET, "好")
            desk.refuse = UnknownAccount()
            far.do("text", **{"from": HANDSET}, text="not yet", mode="text")
            await desk.until(lambda: desk.refuse is None)
            far.do("text", **{"from": HANDSET}, text="for us", mode="text")
            await far.event("freed", lambda event: event["place"] == 3)
        assert desk.texts[1:] == ["not yet", "for us"], "what is not stored stays in the SIM"
        assert all(b"REC" not in raw.body for raw in desk.stored), "a second look finds the same text"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("+CMS ERROR: 38", Unreachable),
        ("+CMS ERROR: 500", OutcomeUnknown),
        ("+CME ERROR: 10", Misconfigured),
        ("ERROR", OutcomeUnknown),
        ("+CMS ERROR: xyz", OutcomeUnknown),
    ],
)
def test_an_error_of_a_modem_is_one_of_the_hub(line: str, error: type[SendError]) -> None:
    assert type(error_of(line)) is error


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0, "DELIVERED"),
        (0x1F, "DELIVERED"),
        (0x20, ""),
        (0x3F, ""),
        (0x40, "FAILED"),
        (0x46, "FAILED"),
        (0xFF, "FAILED"),
    ],
)
def test_a_status_is_a_state_once_nobody_tries_any_more(status: int, state: str) -> None:
    told = state_of(status)
    assert (told[0] if told else "") == state


@pytest.mark.parametrize("mode", ["pdu", "text"])
@pytest.mark.parametrize("body", [b"", b"zz", b'+CMGL: 1,"REC READ"', b"+CMGL:\nx", b"+CDS: 1,2\n", b"00", b"\xff\n\n"])
def test_what_no_modem_would_say_is_kept_for_a_person(mode: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        meaning.read(Raw(body, {"mode": mode, "to": OURS}))
