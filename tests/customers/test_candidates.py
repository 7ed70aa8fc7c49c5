"""A contact from a shared address is nobody's until an agent says whose it is; what follows from that is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from hub.api import Address, Json
from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.model.tickets import NewTicket
from hub.pipeline import recognise
from hub.store import interactions, ticket_history, tickets
from hub.store.audit import entries
from hub.store.candidates import Candidate, CandidateReason, candidates
from hub.store.customer_timeline import TimelineEntry, timeline
from hub.store.customers import current_id
from hub.store.database import Store
from hub.store.merges import merge_customers
from hub.store.rows import inserted
from hub.store.tables import departments, events
from hub.store.tables import interactions as table
from tests.customers.desk import customer, interaction, interaction_row, organisation, supervisor

SWITCHBOARD = Address("tel", "010-88888888")
SHARED = ("tel", "010-88888888")


async def asked(store: Store, actor: Actor, interaction_id: int) -> list[Candidate]:
    return await store.read(lambda conn: candidates(conn, actor, interaction_id))


async def names(store: Store, actor: Actor, interaction_id: int) -> list[str]:
    return [one.name for one in await asked(store, actor, interaction_id)]


async def say(store: Store, actor: Actor, interaction_id: int, customer_id: int | None) -> None:
    await store.write(lambda tx: recognise.customer(tx, actor, interaction_id, customer_id, "10.0.0.7"))


async def sharers(store: Store, *people: str) -> list[int]:
    return [await customer(store, name, SHARED, shared=True) for name in people]


async def test_those_who_share_the_address_are_candidates_the_latest_contact_first(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await sharers(store, "Anna", "Bert")
    await customer(store, "Carl", ("tel", "13800138000"))
    earlier = await interaction(store, bert, SWITCHBOARD)
    now = await interaction(store, None, SWITCHBOARD)
    first, second = await asked(store, actor, now)
    assert (first.id, first.name, first.address) == (bert, "Bert", "+861088888888")
    began = (await interaction_row(store, earlier))["created_at"]
    assert (first.last_contact_at, first.reason) == (began, CandidateReason.ADDRESS)
    assert (second.id, second.last_contact_at) == (anna, None)


async def test_a_candidate_stands_with_its_organisation_and_a_merged_one_not_at_all(store: Store) -> None:
    actor, dealer = await supervisor(store), await organisation(store, "Dealer")
    kept = await customer(store, "Anna", SHARED, shared=True, organisation_id=dealer)
    gone = await customer(store, "Anna again", SHARED, shared=True)
    now = await interaction(store, None, SWITCHBOARD)
    await store.write(lambda tx: merge_customers(tx, actor, kept, gone))
    assert await store.read(lambda conn: current_id(conn, gone)) == kept
    (only,) = await asked(store, actor, now)
    assert (only.id, only.organisation and only.organisation.name) == (kept, "Dealer")


async def test_an_address_of_one_customer_alone_needs_no_candidates(store: Store) -> None:
    actor = await supervisor(store)
    anna = await customer(store, "Anna", ("tel", "13800138000"))
    now = await interaction(store, anna, Address("tel", "13800138000"))
    assert await names(store, actor, now) == []
    await say(store, actor, now, None)
    assert await names(store, actor, now) == ["Anna"]


async def test_whoever_has_an_address_that_was_only_claimed_is_a_candidate(store: Store) -> None:
    actor = await supervisor(store)
    await customer(store, "Anna", ("mailto", "anna@x.cn"))
    visitor = await customer(store, "Visitor", ("visitor", "v1"))
    now = await interaction(store, visitor, Address("visitor", "v1"))
    await claim(store, now, {"mailto": "Anna@X.cn", "tel": "13900000000"})
    (only,) = await asked(store, actor, now)
    assert (only.name, only.reason, only.address) == ("Anna", CandidateReason.NAMED, "anna@x.cn")


async def test_who_may_not_read_customers_sees_none_and_learns_no_name(store: Store) -> None:
    actor = await supervisor(store)
    (anna,) = await sharers(store, "Anna")
    now = await interaction(store, None, SWITCHBOARD)
    blind = replace(actor, permissions=frozenset(Permission) - {Permission.CUSTOMERS_READ})
    assert await names(store, blind, now) == []
    with pytest.raises(NotFound):
        await say(store, blind, now, anna)
    assert (await interaction_row(store, now))["customer_id"] is None


async def test_contacts_out_of_sight_do_not_tell_when_they_were(store: Store) -> None:
    actor = await supervisor(store)
    (anna,) = await sharers(store, "Anna")
    other = await interaction(store, anna, SWITCHBOARD)
    now = await interaction(store, None, SWITCHBOARD)
    assert (await asked(store, actor, now))[0].last_contact_at is not None
    department = await in_a_department(store, other)
    assert (await asked(store, replace(actor, departments=frozenset()), now))[0].last_contact_at is None
    assert (await asked(store, replace(actor, departments=frozenset({department})), now))[0].last_contact_at


async def test_the_one_an_agent_names_has_the_contact_in_their_history(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await sharers(store, "Anna", "Bert")
    now = await interaction(store, None, SWITCHBOARD)
    await say(store, actor, now, anna)
    assert (await interaction_row(store, now))["customer_id"] == anna
    assert [entry.id for entry in await history_of(store, actor, anna)] == [now]
    assert await names(store, actor, now) == ["Bert"]
    await say(store, actor, now, bert)
    assert await history_of(store, actor, anna) == []


async def test_naming_is_an_event_and_a_line_in_the_audit_log_and_the_same_again_is_neither(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await sharers(store, "Anna", "Bert")
    now = await interaction(store, None, SWITCHBOARD)
    for customer_id in (anna, anna, bert):
        await say(store, actor, now, customer_id)
    page = await store.read(lambda conn: entries(conn, "", 10, action="interaction.customer"))
    assert [(one.target_id, one.user_id, one.client) for one in page.items] == [(now, actor.user_id, "10.0.0.7")] * 2
    latest, first = (one.details for one in page.items)
    assert (first, latest) == ({"customer": anna, "previous": None}, {"customer": bert, "previous": anna})
    assert await changes(store, now) == [(anna, ["customer_id"]), (bert, ["customer_id"])]


async def test_a_ticket_of_nobody_follows_and_its_history_says_who_did_it(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await sharers(store, "Anna", "Bert")
    now = await interaction(store, None, SWITCHBOARD)
    ticket = await store.write(lambda tx: tickets.create_ticket(tx, None, NewTicket(subject="Fax")))
    await store.write(lambda tx: tickets.link_interaction(tx, actor, ticket, now))
    await say(store, actor, now, anna)
    await say(store, actor, now, bert)
    assert (await store.write(lambda tx: tickets.locked(tx, ticket)))["customer_id"] == anna
    told = await store.read(lambda conn: ticket_history.history(conn, ticket))
    (entry,) = (one for one in told if one.field == "customer")
    assert (entry.user and entry.user.name, entry.old, entry.new) == ("Sun", None, {"id": anna, "name": "Anna"})


async def claim(store: Store, interaction_id: int, attributes: dict[str, Json]) -> None:
    await store.write(
        lambda tx: interactions.change(tx, interactions.locked(tx, interaction_id), attributes=attributes)
    )


async def in_a_department(store: Store, interaction_id: int) -> int:
    """Move the interaction into a department of its own."""
    made = await store.write(lambda tx: inserted(tx.conn, insert(departments).values(name="Elsewhere")))
    mine = update(table).where(table.c.id == interaction_id).values(department_id=made)
    await store.write(lambda tx: tx.conn.execute(mine))
    return made


async def history_of(store: Store, actor: Actor, customer_id: int) -> Sequence[TimelineEntry]:
    return (await store.read(lambda conn: timeline(conn, actor, customer_id))).items


async def changes(store: Store, interaction_id: int) -> list[tuple[int, list[str]]]:
    c = events.c
    wanted = select(c.customer_id, c.data).where(c.interaction_id == interaction_id, c.type == "interaction.changed")
    rows = await store.read(lambda conn: conn.execute(wanted.order_by(c.seq)).all())
    return [(row.customer_id, row.data["fields"]) for row in rows]
