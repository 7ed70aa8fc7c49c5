"""CMPP against a gateway that is a process of its own and counts its octets itself, in both versions."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.api import (
    AnyConnection,
    Misconfigured,
    OutcomeUnknown,
    Overloaded,
    Rejected,
    SendError,
    Throttled,
    Unreachable,
)
from plugins.sms.cmpp.provider import Cmpp
from plugins.sms.provider import Report
from plugins.sms.tests import certificate
from plugins.sms.tests.desk import Desk, connection, context, outgoing
from tests.farside.commanded import Commanded

ISMG = "tests.farside.cmpp_ismg"
HANDSET = "+8613800138000"
LONG = "您好，" * 30
"""Ninety characters of Chinese: two short messages."""


def gateway(port: int, version: str = "2.0", **more: object) -> AnyConnection:
    settings = {"host": "127.0.0.1", "port": port, "version": version, "sp_id": "901234", "password": "a secret"}
    return connection("cmpp", {**settings, "service_id": "HUB", "number": "10690001", **more})


async def send(provider: Cmpp, way: AnyConnection, to: str, text: str) -> list[str]:
    return [(await provider.submit(way, each)).external_id for each in outgoing(to, text)]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.0", "3.0"])
async def test_texts_go_and_come(version: str, tmp_path: Path) -> None:
    """Out in ASCII and in Unicode, long and short, with their reports; in from a handset in each coding; too fast,
    refused, undelivered; and what was not answered comes again when the line was cut."""
    async with Commanded(ISMG, tmp_path / "ledger", ("--version", version[0])) as far:
        provider = Cmpp(context())
        desk, way = Desk(provider, "10690001"), gateway(far.port, version)
        async with desk.listening(way):
            assert "logged in" in await provider.probe(way) and len(far.named("login")) == 1, "on the line that stands"
            await goes(provider, way, desk, far)
            await is_refused(provider, way, desk)
            await comes(desk, far)
            await comes_again(desk, far)


async def goes(provider: Cmpp, way: AnyConnection, desk: Desk, far: Commanded) -> None:
    ids = await send(provider, way, HANDSET, LONG) + await send(provider, way, HANDSET, "plain")
    await far.event("submit", lambda event: event["text"] == "plain")
    told = far.named("submit")
    assert "".join(each["text"] for each in told[:2]) == LONG and told[2]["text"] == "plain"
    assert [each["format"] for each in told] == [8, 8, 0]
    assert [(each["total"], each["number"]) for each in told] == [(2, 1), (2, 2), (1, 1)]
    assert [each["header"][:6] for each in told] == ["050003", "050003", ""]
    assert {(each["to"], each["source"], each["service"], each["sp"]) for each in told} == {
        ("13800138000", "10690001", "HUB", "901234")
    }
    assert ids == [each["id"] for each in told]
    await desk.until(lambda: len(desk.news) == 3)
    reports = [news for news in desk.news if isinstance(news, Report)]
    assert [(report.refers_to, report.state) for report in reports] == [(each, "DELIVERED") for each in ids]


async def is_refused(provider: Cmpp, way: AnyConnection, desk: Desk) -> None:
    async def error_of(to: str, text: str = "x") -> type[SendError]:
        with pytest.raises(SendError) as raised:
            await send(provider, way, to, text)
        return type(raised.value)

    assert await error_of("+8613800130008") is Throttled
    await send(provider, way, "+8613800130008", "and then it is taken")
    assert await error_of("+8613800130013") is Rejected
    (lost,) = await send(provider, way, "+8613800130404", "nobody there")

    def told() -> list[Report]:
        return [news for news in desk.news if isinstance(news, Report) and news.refers_to == lost]

    await desk.until(told)
    assert [(report.state, report.code) for report in told()] == [("FAILED", "UNDELIV")]


async def comes(desk: Desk, far: Commanded) -> None:
    for form, text in ((0, "hello"), (8, "你好😀"), (15, "镕基")):
        far.do("text", **{"from": "13800138000", "to": "10690001"}, text=text, format=form)
    far.do("text", **{"from": "13800138000", "to": "1069000199"}, text="to an extension", format=0)
    far.do("text", **{"from": "13800138000", "to": "10699999"}, text="to nobody", format=0)
    await far.event("deliver_resp", lambda event: event["result"] == 9)
    await desk.until(lambda: len(desk.texts) == 4)
    assert desk.texts == ["hello", "你好😀", "镕基", "to an extension"]


async def comes_again(desk: Desk, far: Commanded) -> None:
    """Busy is told as busy; and it is answered when it is stored, not before: see the crash tests for that."""
    desk.refuse = Overloaded()
    far.do("text", **{"from": "13800138000", "to": "10690001"}, text="come again", format=0, id="0102030405060708")
    refused = await far.event("deliver_resp", lambda event: event["id"] == "0102030405060708")
    assert refused["result"] == 8 and "come again" not in desk.texts


@pytest.mark.slow
async def test_a_line_that_is_cut_leaves_nothing_untold(tmp_path: Path) -> None:
    async with Commanded(ISMG, tmp_path / "ledger") as far:
        provider = Cmpp(context())
        desk, way = Desk(provider, "10690001"), gateway(far.port)
        desk.refuse = Overloaded()
        async with desk.listening(way) as task:
            far.do("text", **{"from": "13800138000", "to": "10690001"}, text="refused once", format=0)
            await far.event("deliver_resp")
            with pytest.raises(OutcomeUnknown):  # it is there, and its answer never came
                await send(provider, way, "+8613800130500", "cut")
            with pytest.raises(Unreachable):
                await asyncio.wait_for(task, 30)
            with pytest.raises(Unreachable):  # this one surely is not
                await send(provider, way, HANDSET, "no line")
        async with desk.listening(way):
            await desk.until(lambda: "refused once" in desk.texts)
        assert [each["text"] for each in far.named("submit")] == ["cut"]


@pytest.mark.slow
async def test_a_connection_can_be_tried(tmp_path: Path) -> None:
    async with Commanded(ISMG, tmp_path / "ledger") as far:
        provider = Cmpp(context())
        assert "logged in as 901234" in await provider.probe(gateway(far.port))
        for wrong in ({"password": "another"}, {"sp_id": "1"}, {"version": "3.0"}):
            with pytest.raises(Misconfigured):
                await provider.probe(gateway(far.port, **wrong))
    with pytest.raises(Unreachable):
        await provider.probe(gateway(far.port))


@pytest.mark.slow
async def test_tls_is_spoken_with_whom_it_is_told_to_trust_and_with_nobody_else(tmp_path: Path) -> None:
    pem = str(certificate.write(tmp_path))
    async with Commanded(ISMG, tmp_path / "ledger", ("--certificate", pem)) as far:
        provider = Cmpp(context())
        assert "logged in" in await provider.probe(gateway(far.port, tls=True, tls_ca=pem))
        for settings in ({"tls": True}, {"tls": True, "tls_ca": "/nowhere"}):
            with pytest.raises(Misconfigured):
                await provider.probe(gateway(far.port, **settings))
        with pytest.raises(Unreachable):
            await provider.probe(gateway(far.port, answer_seconds=1))
