"""A message on its way out: cut up, at its pace, each part at most once; and what reports make of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import plugins.sms
from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    AnyConnection,
    Attachment,
    Outbound,
    OutcomeUnknown,
    Raw,
    ReceiptState,
    Rejected,
    SendError,
    Signal,
    Throttled,
    TooLarge,
    Unreachable,
    Unsupported,
)
from hub.testing import FakeContext
from plugins.sms.pace import Pace
from plugins.sms.provider import News, OptedOut, Outgoing, Report, Submitted
from plugins.sms.record import sent_parts
from plugins.sms.sending import Sender
from plugins.sms.settings import SmsAccount, SmsSettings
from plugins.sms.tests.test_consent import around_now
from plugins.sms.tests.test_contract import ACCOUNT, WAY

BOB = "+8613800138000"
MIGRATIONS = Path(plugins.sms.__file__).parent / "migrations"
LONG = "您好" * 50  # two parts


class Carrier:
    """Takes what it is given, unless `trouble` says otherwise for its n-th submission."""

    kind, segments = "test", True

    def __init__(self, **trouble: SendError) -> None:
        self.taken: list[Outgoing] = []
        self.asked = 0
        self.trouble = trouble
        self.news: Sequence[News] = ()

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        self.asked += 1
        if error := self.trouble.get(f"at{self.asked}"):
            raise error
        self.taken.append(outgoing)
        return Submitted(f"{len(self.taken):X}", price="0.05 CNY")

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        return self.news

    async def probe(self, connection: AnyConnection) -> str:
        return ""


class Office:
    """A sender with its tables."""

    def __init__(self, carrier: Carrier, **settings: Any) -> None:
        self.account = replace(ACCOUNT, settings=SmsAccount.model_validate(settings))
        self.context = FakeContext("sms", SmsSettings(), accounts=[self.account], migrations=MIGRATIONS)
        self.channel = plugins.sms._channel(self.context)
        self.sender = Sender(self.context, self.channel.ledger, self.channel.gate)
        self.carrier = carrier

    async def send(self, text: str = "Hello", delivery: int = 5, **fields: Any) -> str:
        message = Outbound(delivery, 2, 3, Address("tel", BOB), text, **fields)
        return (await self.sender.send(self.carrier, WAY, self.account, message)).external_id

    async def report(self, name: str, state: ReceiptState) -> tuple[str, ReceiptState | None] | None:
        store = self.context.store
        found = await store.write(lambda sql: sent_parts.report(sql, WAY.id, Report(name, state)))
        return (found.refers_to, found.state) if found else None


async def test_a_later_part_that_has_to_wait_does_not_send_the_earlier_again() -> None:
    office = Office(Carrier(at2=Throttled("slow")))
    with pytest.raises(Throttled):
        await office.send(LONG)
    assert await office.send(LONG) == "7:1"
    assert [each.segment.index for each in office.carrier.taken] == [0, 1]
    assert await office.send(LONG) == "7:1", "and once more is nothing at all"
    assert len(office.carrier.taken) == 2


async def test_what_may_have_gone_is_never_sent_again() -> None:
    office = Office(Carrier(at1=OutcomeUnknown("the line ended")))
    for attempt in (1, 2):
        with pytest.raises(OutcomeUnknown):
            await office.send(attempt=attempt)
    assert office.carrier.asked == 1
    assert await office.send() == "7:1", "unless a person wants it to"


async def test_what_failed_is_sent_anew_and_what_arrived_is_not() -> None:
    office = Office(Carrier())
    await office.send(LONG)
    await office.report("1", ReceiptState.DELIVERED)
    assert await office.report("2", ReceiptState.FAILED) == ("7:1", ReceiptState.FAILED)
    assert await office.send(LONG) == "7:1"
    assert [each.segment.index for each in office.carrier.taken] == [0, 1, 1]
    assert await office.report("2", ReceiptState.DELIVERED) is None, "that one is past"
    assert await office.report("3", ReceiptState.DELIVERED) == ("7:1", ReceiptState.DELIVERED)


@pytest.mark.parametrize("name", ["9" * 5000, "F" * 5000, "\0", "1\0"])
async def test_an_id_is_anything(name: str) -> None:
    assert await Office(Carrier()).report(name, ReceiptState.DELIVERED) is None


async def test_what_surely_has_not_gone_may_come_again() -> None:
    office = Office(Carrier(at1=Unreachable("no line")))
    with pytest.raises(Unreachable):
        await office.send()
    assert await office.send() == "7:1"


async def test_a_text_is_delivered_when_all_its_parts_are() -> None:
    office = Office(Carrier())
    await office.send(LONG)
    assert await office.report("2", ReceiptState.SENT) == ("7:1", None)
    assert await office.report("2", ReceiptState.DELIVERED) == ("7:1", None)
    assert await office.report("1", ReceiptState.DELIVERED) == ("7:1", ReceiptState.DELIVERED)
    assert await office.report("1", ReceiptState.FAILED) == ("7:1", ReceiptState.DELIVERED), "the last word was said"
    assert await office.report("9", ReceiptState.DELIVERED) is None
    await office.send(LONG, 6)
    assert await office.report("4", ReceiptState.FAILED) == ("7:3", ReceiptState.FAILED)


async def test_a_part_that_has_arrived_is_shown_while_others_have_not() -> None:
    office, stored = Office(Carrier()), []
    await office.send(LONG)

    async def emit(raw: Raw, cursor: str | None = None) -> Accepted:
        stored.append(raw)
        return Accepted(1)

    async def told(name: str) -> None:
        office.carrier.news = [Report(name, ReceiptState.DELIVERED, recipient="13800138000")]
        await office.channel.intake.take(office.carrier, WAY, emit, Raw(b"a receipt"))

    await told("1")
    assert office.context.signals == [(office.account, Signal(f"tel:{BOB}", "parts", {"message": 2}))]
    assert not stored, "there is nothing to keep: the message is not delivered yet"
    await told("2")
    assert len(office.context.signals) == len(stored) == 1, "now the hub tells everybody by itself"


async def test_an_id_told_in_hexadecimal_is_known_in_decimal() -> None:
    office = Office(Carrier())
    for delivery in range(1, 28):
        await office.send(delivery=delivery)
    assert await office.report("27", ReceiptState.DELIVERED) == ("7:1B", ReceiptState.DELIVERED)


async def test_a_carriers_own_stop_list_is_believed() -> None:
    office = Office(Carrier(at1=OptedOut("21610")))
    with pytest.raises(Rejected):
        await office.send()
    assert await office.channel.ledger.stopped(BOB)


async def test_what_a_text_cannot_be_is_refused_before_anything_goes() -> None:
    office = Office(Carrier(), max_parts=2)
    with pytest.raises(TooLarge):
        await office.send("好" * 135)
    with pytest.raises(Unsupported):
        await office.send("", attachments=(Attachment("a.png", "image/png", b"a"),))
    with pytest.raises(Unsupported):
        await office.send("")
    message = Outbound(1, 2, 3, Address("tel", "GARAGE"), "Hello")
    with pytest.raises(Rejected):
        await office.sender.send(office.carrier, WAY, office.account, message)
    assert not office.carrier.asked


async def test_an_automatic_text_waits_for_the_morning() -> None:
    office = Office(Carrier(), at_night="delay", **around_now())
    with pytest.raises(Throttled) as waiting:
        await office.send(automatic=True)
    assert waiting.value.retry_after
    assert await office.send("By hand", 6) == "7:1"


def test_each_delivery_waits_for_its_turn_once() -> None:
    pace = Pace(2.0)
    assert pace.wait(1, 1, 100.0) == 0
    assert pace.wait(2, 4, 100.0) == pytest.approx(0.5)
    assert pace.wait(3, 1, 100.0) == pytest.approx(2.5), "behind the four parts of the one before"
    assert pace.wait(2, 4, 100.6) == 0
    assert pace.wait(3, 1, 102.0) == pytest.approx(0.5)
    assert Pace(0).wait(1, 1000, 0.0) == 0
