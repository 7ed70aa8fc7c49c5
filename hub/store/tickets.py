"""Tickets: the matter behind interactions. Made with a serial number, changed with history, guarded by a version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from hub.api import Json
from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.serial import serial
from hub.model.states import TicketStatus
from hub.model.tickets import NewTicket, check_changes, check_transition, is_solved
from hub.store import interactions, search, ticket_history
from hub.store.rows import Row, inserted, one
from hub.store.tables import assets, counters, customers, departments, site, tickets, users
from hub.store.unit import Tx
from hub.store.upsert import insert_into

COUNTER = "tickets"
SERIAL_KEY = "serial_key"
TARGETS: Mapping[str, Table] = {
    "department_id": departments,
    "assignee_id": users,
    "customer_id": customers,
    "asset_id": assets,
}


_INSERT = insert(tickets)
_LOCKED = select(tickets).where(tickets.c.id == bindparam("id")).with_for_update()
_SERIAL_KEY = select(site.c.value).where(site.c.key == SERIAL_KEY)
_ADVANCE = (
    update(counters)
    .where(counters.c.name == COUNTER)
    .values(value=counters.c.value + 1)
    .returning(counters.c.value, _SERIAL_KEY.scalar_subquery())
)


def create_ticket(tx: Tx, actor: Actor | None, new: NewTicket) -> int:
    """Open a ticket with the next serial number; `actor` is None when the hub itself does. Returns its id.

    Raises Invalid for a value no ticket can have, NotFound for a reference that is not there or not theirs to see.
    """
    values = _columns(new)
    if actor is not None:
        _check_references(tx.conn, actor, values)
    row = {**values, "serial": next_serial(tx), "created_at": tx.now, "updated_at": tx.now}
    ticket_id = inserted(tx.conn, _INSERT, row)
    search.index_new_ticket(tx, ticket_id, row)
    tx.event("ticket.created", **_ids(ticket_id, values))
    return ticket_id


def change_ticket(
    tx: Tx, actor: Actor | None, ticket_id: int, changes: Mapping[str, object], version: int | None = None
) -> int:
    """Set columns (`subject`, `status`, `assignee_id`, … `fields` whole) and note each in the history; the new version.

    Raises Conflict when it is no longer at `version`, IllegalTransition for a status that cannot follow.
    """
    row = locked_for(tx, actor, ticket_id)
    if version is not None and version != row["version"]:
        raise Conflict("ticket version", {"version": row["version"]})
    checked = check_changes(changes)
    changed = {name: value for name, value in checked.items() if value != row[name]}
    if not changed:
        return int(row["version"])
    _check_references(tx.conn, actor, changed)
    if "status" in changed:
        check_transition(row["status"], str(changed["status"]))
    return _store(tx, actor, row, changed)


def customer_wrote(tx: Tx, ticket_id: int) -> None:
    """A message came in on it: what waited for the customer, or was solved, is open again."""
    row = locked(tx, ticket_id)
    waiting = {TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED}
    _store(tx, None, row, {"status": TicketStatus.OPEN.value} if row["status"] in waiting else {})


def agent_replied(tx: Tx, actor: Actor | None, ticket_id: int) -> None:
    """Somebody answered: a new ticket is no longer new."""
    row = locked(tx, ticket_id)
    _store(tx, actor, row, {"status": TicketStatus.OPEN.value} if row["status"] == TicketStatus.NEW else {})


def link_interaction(tx: Tx, actor: Actor | None, ticket_id: int, interaction_id: int) -> None:
    """Put an interaction under this ticket, out of the one it was under; a ticket without customer takes its.

    Raises NotFound when either is not theirs to see.
    """
    row = locked_for(tx, actor, ticket_id)
    found = interactions.locked_for(tx, actor, interaction_id) if actor else interactions.locked(tx, interaction_id)
    if found["ticket_id"] == ticket_id:
        return
    interactions.change(tx, found, ticket_id=ticket_id)
    if found["ticket_id"] is not None:
        ticket_history.note(tx, actor, found["ticket_id"], "interaction", interaction_id, None)
    ticket_history.note(tx, actor, ticket_id, "interaction", None, interaction_id)
    _store(
        tx,
        actor,
        row,
        {"customer_id": found["customer_id"]} if found["customer_id"] and row["customer_id"] is None else {},
    )


def next_serial(tx: Tx) -> str:
    """Take the next serial number; the counter's row lock keeps two tickets from having one."""
    number, key = tx.conn.execute(_ADVANCE).one()
    return serial(number, bytes.fromhex(key) if key else _serial_key(tx.conn))


def by_serial(conn: Connection, serial_number: str) -> Row | None:
    """The ticket a customer quotes, as `find_serials` found it."""
    return one(conn, select(tickets).where(tickets.c.serial == serial_number))


def locked(tx: Tx, ticket_id: int) -> Row:
    """One ticket, locked for this transaction. Raises NotFound."""
    row = one(tx.conn, _LOCKED, id=ticket_id)
    if row is None:
        raise NotFound(f"ticket {ticket_id}")
    return row


def locked_for(tx: Tx, actor: Actor | None, ticket_id: int) -> Row:
    """As `locked`, for a user: NotFound as well when it is not theirs to see."""
    row = locked(tx, ticket_id)
    if not may_see(actor, row):
        raise NotFound(f"ticket {ticket_id}")
    return row


def may_see(actor: Actor | None, row: Row) -> bool:
    """As `access.visible_tickets`: of no department or the actor's, or assigned to them."""
    if actor is None or actor.departments is None or row["department_id"] is None:
        return True
    return row["department_id"] in actor.departments or row["assignee_id"] == actor.user_id


def _serial_key(conn: Connection) -> bytes:
    """Lives in the database, so that a copy of the site elsewhere goes on with numbers nobody has yet."""
    found = one(conn, _SERIAL_KEY)
    if found is not None:
        return bytes.fromhex(found["value"])
    fresh = insert_into(conn, site).values(key=SERIAL_KEY, value=secrets.token_hex(16))
    conn.execute(fresh.on_conflict_do_nothing())
    return _serial_key(conn)


def _columns(new: NewTicket) -> dict[str, Any]:
    changes = {"subject": new.subject, "type": new.type, "priority": new.priority, "fields": new.fields}
    references = {name: getattr(new, name) for name in TARGETS}
    return {**check_changes({**changes, **references}), "channel": new.channel}


def _check_references(conn: Connection, actor: Actor | None, values: Mapping[str, Json]) -> None:
    for name, table in TARGETS.items():
        reference = values.get(name)
        if reference is None:
            continue
        if one(conn, select(table.c.id).where(table.c.id == reference)) is None:
            raise Invalid(name, {name.removesuffix("_id"): "does not exist"})
    department = values.get("department_id")
    if actor and actor.departments is not None and department is not None and department not in actor.departments:
        raise Invalid("department", {"department": "does not exist"})


def _store(tx: Tx, actor: Actor | None, row: Row, changed: Mapping[str, Json]) -> int:
    """Without changes the ticket only moves up in the lists: a form open on it stays good."""
    after = {**row, **changed, "version": row["version"] + bool(changed)}
    closed_at = (row["closed_at"] or tx.now) if is_solved(after["status"]) else None
    mine = update(tickets).where(tickets.c.id == row["id"])
    tx.conn.execute(mine.values(**changed, closed_at=closed_at, updated_at=tx.now, version=after["version"]))
    for name, value in changed.items():
        ticket_history.note_change(tx, actor, row, name, value)
    if {"subject", "fields"} & changed.keys():
        search.index_ticket(tx, row["id"])
    tx.event("ticket.changed", **_ids(row["id"], after), fields=[*sorted(changed)])
    return int(after["version"])


def _ids(ticket_id: int, values: Mapping[str, Any]) -> dict[str, int | None]:
    return {
        "ticket": ticket_id,
        "customer": values["customer_id"],
        "user": values["assignee_id"],
        "department": values["department_id"],
    }
