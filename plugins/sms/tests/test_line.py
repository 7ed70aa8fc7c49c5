"""Sessions with an SMSC of another make: kept bound, patient, and answered only when something is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection as SqlConnection

import plugins.sms
from hub.api import (
    Accepted,
    AnyConnection,
    Connection,
    Json,
    Misconfigured,
    OutcomeUnknown,
    Overloaded,
    Raw,
    Rejected,
    Unreachable,
)
from hub.testing import FakeContext
from plugins.sms.provider import Cursor, Heard, Outgoing
from plugins.sms.record import settled
from plugins.sms.settings import SmsConnection
from plugins.sms.smpp import carrier
from plugins.sms.smpp.again import InDoubt
from plugins.sms.smpp.carrier import Smpp
from plugins.sms.smpp.settings import SmppSettings
from plugins.sms.tests import certificate
from plugins.sms.tests.test_contract import ACCOUNT
from plugins.sms.text.segments import segments
from tests.farside.smsc import PASSWORD
from tests.farside.text_center import TextCenter

WITHIN = 30.0
CODE = "10690001"
MIGRATIONS = Path(plugins.sms.__file__).parent / "migrations"


@pytest.fixture
def center(tmp_path: Path) -> Iterator[TextCenter]:
    with TextCenter(tmp_path / "smsc.jsonl", ("--receipts", "tlv")) as running:
        yield running


def _settled_at(sql: SqlConnection) -> int:
    return settled.read(sql, 7)


class Desk:
    """What a hub would do with what is heard: it refuses what `refusing` says, once each."""

    def __init__(self, port: int, **settings: Any) -> None:
        given = {"host": "127.0.0.1", "port": port, "system_id": "x", "password": SecretStr(PASSWORD), **settings}
        self.settings = SmppSettings.model_validate(given)
        self.connection: AnyConnection = Connection(7, "carrier", SmsConnection(kind="smpp", smpp=self.settings))
        self.context = FakeContext("sms", migrations=MIGRATIONS)
        self.smpp = Smpp(self.context)
        self.refusing: list[Exception] = []
        self.names: list[Json] = []
        self.cursor = ""
        self.details: list[str] = []
        self.heard: asyncio.Queue[Raw] = asyncio.Queue()
        self._told = asyncio.Event()

    async def take(self, raw: Raw, cursor: Cursor | None = None) -> Accepted:
        self.names.append(raw.meta["id"])
        if self.refusing:
            raise self.refusing.pop()
        assert cursor is not None
        self.cursor = cursor()
        self.heard.put_nowait(raw)
        return Accepted(1)

    def ready(self, detail: str = "") -> None:
        self.details.append(detail)
        self._told.set()

    @asynccontextmanager
    async def listening(self, *said: str) -> AsyncIterator[None]:
        """Until all of this was said of the connection, the listener runs."""
        task = asyncio.create_task(self.smpp.listen(self.connection, self.take, self.ready))
        try:
            for wanted in said or ("1 of 1 bound",):
                await self.told(wanted, task)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def told(self, wanted: str, task: asyncio.Task[None] | None = None) -> None:
        async with asyncio.timeout(WITHIN):
            while not any(wanted in detail for detail in self.details):
                self._told.clear()
                await asyncio.wait([asyncio.ensure_future(self._told.wait()), *([task] if task else [])],
                                   return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
                if task and task.done():
                    task.result()

    async def next(self) -> Raw:
        async with asyncio.timeout(WITHIN):
            return await self.heard.get()

    async def settled(self) -> int:
        """When all our answers were known to be read."""
        async with asyncio.timeout(WITHIN):
            while not (at := await self.context.store.read(_settled_at)):  # noqa: ASYNC110 - a table tells no news
                await asyncio.sleep(0.05)
        return at

    async def send(self, to: str, text: str = "Hello") -> str:
        (segment,) = segments(text, 1)
        return (await self.smpp.submit(self.connection, Outgoing(1, ACCOUNT, CODE, to, segment))).external_id


@pytest.mark.slow
async def test_a_text_is_answered_when_it_is_stored_and_comes_again_while_it_is_not(center: TextCenter) -> None:
    desk = Desk(center.port)
    desk.refusing = [Overloaded()]
    async with desk.listening():
        center.say("a", "8613800138000", CODE, b"Hello")
        raw = await desk.next()
        (heard,) = desk.smpp.read(raw)
        assert isinstance(heard, Heard)
        assert (heard.sender, heard.recipient, heard.octets) == ("+8613800138000", CODE, b"Hello")
        assert heard.id in desk.cursor
        assert desk.names == [heard.id] * 2, "it may have been stored the first time"
        answers = await answered(center, 2)
        await desk.settled()
    assert [line["status"] for line in answers] == [0x58, 0]
    assert not InDoubt(desk.cursor, 0.0, await desk.settled()).names, "the hub's next life takes the same words anew"


async def test_many_go_out_at_once_and_their_receipts_come_back(center: TextCenter) -> None:
    desk = Desk(center.port, sessions=2, window=3)
    async with desk.listening("2 of 2 bound"):
        ids = await asyncio.gather(*(desk.send(f"+86138000{number:05}") for number in range(40)))
        reports = [desk.smpp.read(await desk.next())[0] for _ in ids]
        with pytest.raises(Rejected):
            await desk.send("+8613800000111")
    assert len(set(ids)) == 40
    assert {getattr(report, "refers_to", "") for report in reports} == set(ids)


async def test_a_session_is_bound_again_when_the_smsc_is_back(center: TextCenter) -> None:
    desk = Desk(center.port, bind="transmitter+receiver")
    async with desk.listening("2 of 2 bound"):
        assert {line["bind"] for line in center.noted("bound")} == {"bind_transmitter", "bind_receiver"}
        assert await desk.send("+8613800138000")
    with pytest.raises(Unreachable):
        await desk.send("+8613800138000")
    center.stop()
    with pytest.raises(Unreachable):
        await desk.smpp.listen(desk.connection, desk.take, desk.ready)
    center.start()
    desk.details.clear()
    async with desk.listening("2 of 2 bound"):
        assert await desk.send("+8613800138000")


async def test_an_smsc_that_starts_beside_the_hub_is_waited_for_and_is_no_failure(
    center: TextCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    center.stop()
    monkeypatch.setattr(carrier, "PATIENCE", WITHIN)
    desk = Desk(center.port)
    hearing = asyncio.create_task(desk.smpp.listen(desk.connection, desk.take, desk.ready))
    await asyncio.sleep(0)
    center.start()
    await desk.told("1 of 1 bound", hearing)
    center.stop()
    await asyncio.wait([hearing], timeout=WITHIN)
    assert isinstance(hearing.exception(), Unreachable), "that it was there and has gone is one"
    monkeypatch.setattr(carrier, "PATIENCE", 0.01)
    stranger = Desk(center.port)
    with pytest.raises(Unreachable):
        await stranger.smpp.listen(stranger.connection, stranger.take, stranger.ready)


@pytest.mark.slow
async def test_a_session_that_is_cut_is_bound_again_and_leaves_the_others_alone(center: TextCenter) -> None:
    desk = Desk(center.port, sessions=3)
    async with desk.listening("3 of 3 bound"):
        desk.details.clear()
        with pytest.raises(OutcomeUnknown):
            await desk.send("+8613800000777")  # that line is cut before the answer
        sent = await asyncio.gather(*(desk.send(f"+86138000{number:05}") for number in range(12)))
        assert len(set(sent)) == 12, "the others go on as if nothing had been"
        await desk.told("2 of 3 bound")
        await desk.told("3 of 3 bound")
        assert len(center.noted("bound")) == 4, "one was bound again, and no other"


async def test_a_connection_that_ends_leaves_another_alone(center: TextCenter, tmp_path: Path) -> None:
    with TextCenter(tmp_path / "other.jsonl") as other_center:
        desk, other = Desk(center.port), Desk(other_center.port)
        other.smpp, other.connection = desk.smpp, replace(other.connection, id=8)
        async with other.listening():
            hearing = asyncio.create_task(desk.smpp.listen(desk.connection, desk.take, desk.ready))
            await desk.told("1 of 1 bound", hearing)
            center.stop()
            await asyncio.wait([hearing], timeout=WITHIN)
            assert isinstance(hearing.exception(), Unreachable)
            with pytest.raises(Unreachable):
                await desk.send("+8613800138000")
            assert await other.send("+8613800138000")
            center.start()
            desk.details.clear()
            async with desk.listening():
                assert await desk.send("+8613800138000")
            assert await other.send("+8613800138000")
        assert len(other_center.noted("bound")) == 1


async def test_who_is_not_let_in_is_told_so(center: TextCenter) -> None:
    assert "bound as x" in await Desk(center.port).smpp.probe(Desk(center.port).connection)
    stranger = Desk(center.port, password="wrong")
    with pytest.raises(Misconfigured):
        await stranger.smpp.probe(stranger.connection)
    with pytest.raises(Misconfigured):
        await stranger.smpp.listen(stranger.connection, stranger.take, stranger.ready)


async def test_tls_is_spoken_with_whom_it_is_told_to_trust_and_with_nobody_else(tmp_path: Path) -> None:
    pem = str(certificate.write(tmp_path))
    with TextCenter(tmp_path / "smsc.jsonl", ("--certificate", pem)) as center:
        trusting = Desk(center.port, tls=True, tls_ca=pem)
        async with trusting.listening():
            assert await trusting.send("+8613800138000")
        for settings, error in (({"tls": True}, Misconfigured), ({"tls": True, "tls_ca": "/nowhere"}, Misconfigured)):
            with pytest.raises(error):
                await trusting.smpp.probe(Desk(center.port, **settings).connection)


async def answered(center: TextCenter, count: int) -> list[dict[str, Any]]:
    """The ledger's answers, once they are so many; what another process writes can only be looked for."""
    async with asyncio.timeout(WITHIN):
        while len(found := center.noted("answered")) < count:  # noqa: ASYNC110 - no event of ours is set over there
            await asyncio.sleep(0.02)
    return found
