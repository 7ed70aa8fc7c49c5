"""Tickets as people see them: lists, links, history with names, and the status a customer asks for by serial."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from hub.api import Address
from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.model.serial import format_serial
from hub.model.tickets import NewTicket
from hub.store import interactions, ticket_history, ticket_lists, tickets
from hub.store.customer_timeline import timeline
from hub.store.customers import change_customer
from hub.store.database import Store
from hub.store.rows import inserted
from hub.store.tables import departments, users
from hub.store.ticket_lists import PublicStatus, TicketFilter
from tests.customers import desk

EVERYTHING = frozenset(Permission)
ANYBODY = Actor(0, "Anybody", EVERYTHING, None)
SENDER = Address("mailto", "anna@x.cn", "Anna")


async def create(store: Store, subject: str, **more: Any) -> int:
    return await store.write(lambda tx: tickets.create_ticket(tx, None, NewTicket(subject, **more)))


async def change(store: Store, actor: Actor | None, ticket_id: int, **changes: object) -> None:
    await store.write(lambda tx: tickets.change_ticket(tx, actor, ticket_id, changes))


async def link(store: Store, actor: Actor | None, ticket_id: int, interaction_id: int) -> None:
    await store.write(lambda tx: tickets.link_interaction(tx, actor, ticket_id, interaction_id))


async def subjects(store: Store, actor: Actor = ANYBODY, **wanted: Any) -> list[str]:
    page = await store.read(lambda conn: ticket_lists.list_tickets(conn, actor, TicketFilter(**wanted)))
    return [each.subject for each in page.items]


async def department(store: Store, name: str) -> int:
    return await store.write(lambda tx: inserted(tx.conn, insert(departments).values(name=name)))


async def agent(store: Store, *of: int) -> Actor:
    new = insert(users)
    made = await store.write(lambda tx: inserted(tx.conn, new.values(login=f"lin{of}", name="Lin", created_at=tx.now)))
    return Actor(made, "Lin", EVERYTHING, frozenset(of))


async def shown(store: Store, ticket_id: int, actor: Actor = ANYBODY) -> ticket_lists.Ticket:
    return await store.read(lambda conn: ticket_lists.get_ticket(conn, actor, ticket_id))


async def ask(store: Store, serial: str, proof: str) -> PublicStatus:
    return await store.read(lambda conn: ticket_lists.public_status(conn, serial, proof))


async def test_a_ticket_is_shown_with_the_names_it_points_at(store: Store) -> None:
    sales, anna = await department(store, "Sales"), await desk.customer(store, "Anna")
    lin = await agent(store, sales)
    made = await create(store, "Brakes", department_id=sales, customer_id=anna, assignee_id=lin.user_id)
    found = await shown(store, made)
    named = [each.name if each else None for each in (found.department, found.customer, found.assignee, found.asset)]
    assert named == ["Sales", "Anna", "Lin", None]


async def test_lists_are_narrowed_and_show_the_last_changed_first(store: Store) -> None:
    first = await create(store, "First")
    await create(store, "Second", priority="URGENT")
    await create(store, "Third")
    await change(store, None, first, status="RESOLVED")
    assert await subjects(store) == ["First", "Third", "Second"]
    assert await subjects(store, status=("RESOLVED", "CLOSED")) == ["First"]
    assert await subjects(store, priority=("URGENT",)) == ["Second"]
    assert await subjects(store, q="third") == ["Third"]


async def test_each_sees_their_departments_tickets_and_their_own(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    lin = await agent(store, ours)
    await create(store, "Ours", department_id=ours)
    hidden = await create(store, "Theirs", department_id=theirs)
    await create(store, "Everybody's")
    await create(store, "Mine", department_id=theirs, assignee_id=lin.user_id)
    assert sorted(await subjects(store, lin)) == ["Everybody's", "Mine", "Ours"]
    with pytest.raises(NotFound):
        await shown(store, hidden, lin)


async def test_a_linked_interaction_brings_its_customer_and_leaves_its_old_ticket(store: Store) -> None:
    anna = await desk.customer(store, "Anna", (SENDER.scheme, SENDER.value))
    written = await desk.interaction(store, anna, SENDER)
    old, new = await create(store, "Old"), await create(store, "New")
    await link(store, None, old, written)
    await link(store, None, new, written)
    assert (await desk.interaction_row(store, written))["ticket_id"] == new
    assert [(await shown(store, each)).customer is not None for each in (old, new)] == [True, True]
    told = await store.read(lambda conn: ticket_history.history(conn, old))
    assert [(each.field, each.old, each.new) for each in told] == [
        ("interaction", written, None),
        ("customer", None, {"id": anna, "name": "Anna"}),
        ("interaction", None, written),
    ]


async def test_only_what_one_sees_can_be_linked(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    lin, anna = await agent(store, ours), await desk.customer(store, "Anna", (SENDER.scheme, SENDER.value))
    written, made = await desk.interaction(store, anna, SENDER), await create(store, "Ours", department_id=ours)

    def move(tx: Any) -> None:
        interactions.change(tx, interactions.locked(tx, written), department_id=theirs)

    await store.write(move)
    with pytest.raises(NotFound):
        await link(store, lin, made, written)


async def test_history_says_who_and_by_todays_names(store: Store) -> None:
    lin, anna = await agent(store), await desk.customer(store, "Anna")
    made = await create(store, "Brakes")
    await change(store, lin, made, customer_id=anna, assignee_id=lin.user_id)
    await store.write(lambda tx: change_customer(tx, None, anna, {"name": "Anna B."}))
    told = await store.read(lambda conn: ticket_history.history(conn, made))
    assert [(each.user.name if each.user else "", each.field, each.new) for each in told] == [
        ("Lin", "assignee", {"id": lin.user_id, "name": "Lin"}),
        ("Lin", "customer", {"id": anna, "name": "Anna B."}),
    ]


@pytest.mark.parametrize("proof", ["13800138000", "+86 138 0013 8000", "8000", "anna@x.cn", " Anna@X.cn "])
async def test_the_status_is_told_to_who_knows_serial_and_address(store: Store, proof: str) -> None:
    anna = await desk.customer(store, "Anna", ("tel", "13800138000"), ("mailto", "anna@x.cn"))
    made = await shown(store, await create(store, "Brakes", customer_id=anna))
    for serial in (made.serial, format_serial(made.serial), f" #{made.serial}"):
        assert await ask(store, serial, proof) == PublicStatus(made.serial, "NEW", "Brakes", made.updated_at)


@pytest.mark.parametrize("proof", ["", "0000", "13800138001", "bert@x.cn", "%", "000", "@"])
async def test_a_wrong_proof_learns_as_little_as_a_wrong_serial(store: Store, proof: str) -> None:
    anna = await desk.customer(store, "Anna", ("tel", "13800138000"))
    made = await shown(store, await create(store, "Brakes", customer_id=anna))
    with pytest.raises(NotFound) as wrong_proof:
        await ask(store, made.serial, proof)
    with pytest.raises(NotFound) as wrong_serial:
        await ask(store, "0000-0000-0", "8000")
    assert str(wrong_proof.value) == str(wrong_serial.value)


async def test_a_ticket_without_customer_is_told_to_nobody_but_who_wrote(store: Store) -> None:
    made = await shown(store, await create(store, "Brakes"))
    with pytest.raises(NotFound):
        await ask(store, made.serial, "8000")
    anna = await desk.customer(store, "Anna", (SENDER.scheme, SENDER.value))
    await link(store, None, made.id, await desk.interaction(store, anna, SENDER))
    assert (await ask(store, made.serial, SENDER.value)).status == "NEW"


async def test_a_customers_timeline_has_everything_newest_first_page_by_page(store: Store) -> None:
    anna = await desk.customer(store, "Anna", (SENDER.scheme, SENDER.value))
    for place in range(3):
        await create(store, f"Matter {place}", customer_id=anna)
        await desk.interaction(store, anna, SENDER)

    async def page(cursor: str) -> tuple[list[tuple[str, int]], str | None]:
        found = await store.read(lambda conn: timeline(conn, ANYBODY, anna, (), cursor, 2))
        return [(each.kind, each.id) for each in found.items], found.next

    shown, cursor = await page("")
    while cursor is not None:
        more, cursor = await page(cursor)
        shown += more
    assert len(shown) == len(set(shown)) == 6
    assert [kind for kind, _ in shown] == ["interaction", "ticket"] * 3
    assert [each for kind, each in shown if kind == "ticket"] == [3, 2, 1]


async def test_a_timeline_is_filtered_by_channel_and_by_what_one_may_see(store: Store) -> None:
    ours, theirs = await department(store, "Ours"), await department(store, "Theirs")
    lin, anna = await agent(store, ours), await desk.customer(store, "Anna", (SENDER.scheme, SENDER.value))
    await create(store, "Secret", customer_id=anna, department_id=theirs)
    await create(store, "Ours", customer_id=anna, department_id=ours, channel="toy")
    seen = await store.read(lambda conn: timeline(conn, lin, anna))
    assert [each.subject for each in seen.items] == ["Ours"]
    toys = await store.read(lambda conn: timeline(conn, ANYBODY, anna, ("toy",)))
    assert [each.subject for each in toys.items] == ["Ours"]
