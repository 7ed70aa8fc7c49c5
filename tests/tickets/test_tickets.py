"""A ticket has a serial number to quote, changes by rules, and remembers who changed what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import insert, select

from hub.api import Json
from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.serial import find_serials
from hub.model.states import TicketStatus
from hub.model.tickets import NewTicket
from hub.model.transitions import IllegalTransition
from hub.store import tickets
from hub.store.database import Store
from hub.store.tables import counters, departments, events, ticket_history
from hub.store.tables import tickets as rows


async def create(store: Store, actor: Actor | None = None, **values: object) -> int:
    new = NewTicket(**values)  # type: ignore[arg-type]  # the tests name the fields they mean
    return await store.write(lambda tx: tickets.create_ticket(tx, actor, new))


async def change(store: Store, ticket_id: int, version: int | None = None, **changes: object) -> int:
    return await store.write(lambda tx: tickets.change_ticket(tx, None, ticket_id, changes, version))


async def ticket(store: Store, ticket_id: int) -> Mapping[str, Json]:
    return await store.read(
        lambda conn: dict(conn.execute(select(rows).where(rows.c.id == ticket_id)).mappings().one())
    )


async def history(store: Store) -> list[tuple[str, Json, Json]]:
    c = ticket_history.c
    return await store.read(
        lambda conn: [tuple(row) for row in conn.execute(select(c.field, c.old, c.new).order_by(c.id))]
    )


async def department(store: Store, name: str) -> int:
    new = insert(departments).values(name=name).returning(departments.c.id)
    return await store.write(lambda tx: int(tx.conn.execute(new).scalar_one()))


async def test_every_ticket_gets_its_own_serial_number_also_when_many_open_at_once(store: Store) -> None:
    made = await asyncio.gather(*(create(store, subject=f"No. {n}") for n in range(50)))
    serials = [(await ticket(store, ticket_id))["serial"] for ticket_id in made]
    assert len(set(serials)) == 50
    assert all(find_serials(f"about {serial}") == [serial] for serial in serials)


async def test_a_new_ticket_is_new_and_of_normal_priority(store: Store) -> None:
    row = await ticket(store, await create(store, subject="  空调\n坏了 "))
    assert (row["status"], row["priority"], row["type"], row["subject"]) == ("NEW", "NORMAL", "QUESTION", "空调 坏了")


async def test_a_failed_creation_takes_no_serial_number(store: Store) -> None:
    with pytest.raises(Invalid):
        await create(store, Actor(1, "Anna", frozenset(), None), customer_id=4711)
    await create(store)
    taken = select(counters.c.value).where(counters.c.name == "tickets")
    assert await store.read(lambda conn: conn.execute(taken).scalar()) == 1


async def test_each_changed_field_is_one_line_of_history(store: Store) -> None:
    made = await create(store, subject="Old", fields={"plate": "A1", "color": "red"})
    await change(store, made, subject="New", priority="HIGH", type="QUESTION", fields={"plate": "B2", "year": 2020})
    assert await history(store) == [
        ("subject", "Old", "New"),
        ("priority", "NORMAL", "HIGH"),
        ("fields.color", "red", None),
        ("fields.plate", "A1", "B2"),
        ("fields.year", None, 2020),
    ]


async def test_status_follows_its_table(store: Store) -> None:
    made = await create(store)
    await change(store, made, status="CLOSED")
    assert (await ticket(store, made))["closed_at"] is not None
    with pytest.raises(IllegalTransition):
        await change(store, made, status="PENDING")
    await change(store, made, status="OPEN")
    assert (await ticket(store, made))["closed_at"] is None


async def test_who_changes_an_old_version_is_told_and_nothing_is_lost(store: Store) -> None:
    made = await create(store)
    assert await change(store, made, 0, subject="First") == 1
    with pytest.raises(Conflict):
        await change(store, made, 0, subject="Second")
    assert (await ticket(store, made))["subject"] == "First"


@pytest.mark.parametrize(
    "changes",
    [{"status": "GONE"}, {"priority": 3}, {"type": ""}, {"assignee_id": 9}, {"serial": "1"}, {"customer_id": "one"}],
)
async def test_a_wrong_value_names_its_field(store: Store, changes: dict[str, object]) -> None:
    made = await create(store)
    with pytest.raises(Invalid) as refused:
        await store.write(lambda tx: tickets.change_ticket(tx, None, made, changes))
    assert list(refused.value.fields) == [next(iter(changes)).removesuffix("_id")]


@pytest.mark.parametrize("solved", [TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED])
async def test_a_customers_answer_opens_what_waited_or_was_solved(store: Store, solved: TicketStatus) -> None:
    made = await create(store)
    await change(store, made, status=solved.value)
    await store.write(lambda tx: tickets.customer_wrote(tx, made))
    assert (await ticket(store, made))["status"] == "OPEN"


async def test_a_message_moves_the_ticket_up_but_keeps_open_forms_good(store: Store) -> None:
    made = await create(store)
    await store.write(lambda tx: tickets.customer_wrote(tx, made))
    assert await change(store, made, 0, subject="Still fine") == 1


async def test_the_first_answer_ends_new(store: Store) -> None:
    made = await create(store)
    await store.write(lambda tx: tickets.agent_replied(tx, None, made))
    assert (await ticket(store, made))["status"] == "OPEN"


async def test_another_departments_ticket_is_not_there(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    actor = Actor(1, "Anna", frozenset(), frozenset({ours}))
    made = await create(store, department_id=theirs)
    with pytest.raises(NotFound):
        await store.write(lambda tx: tickets.change_ticket(tx, actor, made, {"subject": "Mine"}))
    with pytest.raises(Invalid):
        await create(store, actor, department_id=theirs)


async def test_events_name_fields_and_never_what_they_hold(store: Store) -> None:
    made = await create(store, subject="Secret")
    await change(store, made, subject="Also secret", priority="LOW")
    found = await store.read(lambda conn: conn.execute(select(events.c.type, events.c.ticket_id, events.c.data)).all())
    assert [tuple(row) for row in found] == [
        ("ticket.created", made, {}),
        ("ticket.changed", made, {"fields": ["priority", "subject"]}),
    ]
