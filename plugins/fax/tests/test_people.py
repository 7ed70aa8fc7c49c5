"""A customer who is erased leaves no number behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import plugins.fax
from hub.api import Address, Contact, Event
from hub.testing import FakeContext
from plugins.fax import log_book
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.log_book import Call
from plugins.fax.outgoing import jobs
from plugins.fax.people import People
from plugins.fax.settings import FaxSettings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
ANN, BOB, CAI = "+8613800138001", "+8613800138002", "+8613800138003"
NOW = datetime.now(UTC)


def came_in(raw: int, customer: int) -> Event:
    data: Any = {"message": 1, "direction": "INBOUND", "kind": "FAX", "raw": raw}
    return Event(1, NOW, "interaction.message", 1, None, customer, None, None, None, data)


def write(conn: Connection) -> int:
    for delivery, number in enumerate((ANN, BOB, CAI), 1):
        log_book.note(conn, Call(4, "IN", number, NOW, 1.0, ok=True, code="OK", text="", station=number))
        job = {
            "delivery_id": delivery, "message_id": delivery, "interaction_id": 1, "account_id": 4, "number": number,
            "document": jobs.keep(conn, b"II", 1), "pages": 1, "on_call": False, "recipient_id": None, "due_at": NOW,
            "give_up_at": NOW + timedelta(hours=1),
        }  # fmt: skip
        jobs.put(conn, "me", NOW, job)
    return rows.create(conn, 4, "Prices", "Su", [], "Page", [Recipient(ANN, "Ann"), Recipient(BOB, "Bob")])


async def test_the_numbers_of_who_is_erased_go_and_those_of_others_stay() -> None:
    context = FakeContext("fax", FaxSettings(), migrations=MIGRATIONS)
    broadcast = await context.store.write(write)
    asked = [("fax", ANN, 6), ("mail", CAI, 6), ("fax", BOB, 6), ("fax", BOB, 7)]  # mail is not ours to know
    for channel, number, customer in asked:
        contact = Contact(4, channel, Address("tel", number), "reply", customer)
        assert await plugins.fax.hub_veto_contact(contact, context) is None
    await plugins.fax.hub_customer_merged(8, 6, context)
    for customer in (6, 8):
        await plugins.fax.hub_customer_erased(customer, [Address("mail", "a@b.example")], context)
    listed = await context.store.read(lambda conn: rows.recipients_of(conn, broadcast))
    assert [(each["number"], each["name"], each["state"]) for each in listed] == [
        ("", "", "CANCELLED"),
        (BOB, "Bob", "WAITING"),
    ]
    calls = await context.store.read(lambda conn: log_book.newest(conn, 4))
    assert [(call.number, call.station) for call in reversed(calls)] == [("", ""), (BOB, BOB), (CAI, CAI)]
    await plugins.fax.hub_customer_erased(9, [Address("tel", CAI)], context)
    calls = await context.store.read(lambda conn: log_book.newest(conn, 4))
    assert [call.number for call in reversed(calls)] == ["", BOB, ""], "as the hub knew them, before we did"
    fax = await context.store.read(lambda conn: jobs.find(conn, 1))
    assert fax is not None and fax.number == "" and fax.give_up_at <= datetime.now(UTC), "it is not sent any more"


async def test_whoever_is_told_of_first_a_fax_that_came_in_is_known_as_its_customers() -> None:
    context = FakeContext("fax", FaxSettings(), migrations=MIGRATIONS)
    people = People(context.store)
    await context.store.write(write)
    await people.came(1, ANN)
    await people.observe(came_in(1, 6))
    await people.observe(came_in(2, 6))
    await people.came(2, BOB)
    await people.came(3, "")
    await people.observe(came_in(3, 6))
    await people.erase(6)
    calls = await context.store.read(lambda conn: log_book.newest(conn, 4))
    assert [call.number for call in reversed(calls)] == ["", "", CAI]
