"""What is emptied when a customer is erased: rows stay where counts and histories need them, words and addresses go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, cast, delete, or_, select, update

from hub.model.states import RawState
from hub.store import blobs, messages, search
from hub.store.search_schema import INDEXES
from hub.store.tables import (
    assets,
    attachments,
    callbacks,
    customers,
    deliveries,
    drafts,
    identities,
    identity_candidates,
    interactions,
    merges,
    offers,
    parties,
    raws,
    threads,
    ticket_history,
    tickets,
    voicemails,
    work,
)
from hub.store.tables import messages as said
from hub.store.unit import Tx

BATCH = 500
DEEP = 4  # a message's input, of which a repetition came in parts, of which one came twice
FACTS = ("status", "priority", "type", "department", "assignee")  # of a ticket's history: what says nothing of anybody
GONE = "erased"  # the scheme of an address that nobody writes from


def empty(tx: Tx, everyone: Sequence[int]) -> None:
    """Whatever the core knows of these customers, who are one."""
    for theirs in _batches(tx, select(interactions.c.id).where(interactions.c.customer_id.in_(everyone))):
        _conversations(tx, theirs)
    for theirs in _batches(tx, select(tickets.c.id).where(tickets.c.customer_id.in_(everyone))):
        _tickets(tx, theirs)
    _assets(tx, everyone)
    _addresses(tx, everyone)
    _themselves(tx, everyone)


def _conversations(tx: Tx, ids: Sequence[int]) -> None:
    """What was said, in which words, from where and to where; the times and the agents stay."""
    _files(tx, ids)
    _words(tx, ids)
    _set(tx, deliveries, deliveries.c.interaction_id.in_(ids), recipient={}, error="")
    _set(tx, parties, parties.c.interaction_id.in_(ids), address={})
    _set(tx, voicemails, voicemails.c.interaction_id.in_(ids), transcript="")
    _set(tx, offers, offers.c.interaction_id.in_(ids), explanation={})
    _set(tx, work, work.c.interaction_id.in_(ids), payload={}, requirement={})
    promised = or_(callbacks.c.interaction_id.in_(ids), callbacks.c.call_id.in_(ids))
    _set(tx, callbacks, promised, to={}, tries=[], requirement={}, identity_id=None)
    for table in (threads, drafts):
        tx.conn.execute(delete(table).where(table.c.interaction_id.in_(ids)))
    words: dict[str, Any] = {"subject": "", "thread": "", "reply_to": {}, "attributes": {}, "flow_state": None}
    _set(tx, interactions, interactions.c.id.in_(ids), **words, customer_id=None, identity_id=None)


def _words(tx: Tx, ids: Sequence[int]) -> None:
    """Also the bytes they came in as. An id of the far side stays: without it what comes twice would come back."""
    theirs = said.c.interaction_id.in_(ids)
    for came_as in _inputs(theirs):
        done = raws.c.id.in_(came_as) & (raws.c.state == RawState.DONE)
        _set(tx, raws, done, body=b"", sealed=False, meta={}, error="")
    tx.flush()
    index = INDEXES["message"]
    tx.conn.execute(delete(index).where(index.c.rowid.in_(select(said.c.id).where(theirs))))
    _set(tx, said, theirs, text="", html="", quoted="", fields={}, identity_id=None)
    _set(tx, said, theirs & (said.c.direction == messages.INBOUND), author="")


def _inputs(theirs: ColumnElement[bool]) -> Iterator[Select[Any]]:
    """What the messages came as; its other parts, and what said the same once more; and so on, of these."""
    came_as: Select[Any] = select(said.c.raw_id).where(theirs, said.c.raw_id.is_not(None))
    for _ in range(DEEP):
        yield came_as
        came_as = select(raws.c.id).where(raws.c.of_id.in_(came_as))


def _files(tx: Tx, ids: Sequence[int]) -> None:
    on_theirs = attachments.c.message_id.in_(select(said.c.id).where(said.c.interaction_id.in_(ids)))
    for digest in tx.conn.execute(delete(attachments).where(on_theirs).returning(attachments.c.digest)).scalars().all():
        blobs.release(tx, digest)


def _tickets(tx: Tx, ids: Sequence[int]) -> None:
    """That there was one, its serial and its states stay."""
    told = (ticket_history.c.ticket_id.in_(ids), ticket_history.c.field.not_in(FACTS))
    tx.conn.execute(delete(ticket_history).where(*told))
    _set(tx, tickets, tickets.c.id.in_(ids), subject="", fields={}, asset_id=None, customer_id=None)
    for ticket in ids:
        search.index_ticket(tx, ticket)


def _assets(tx: Tx, everyone: Sequence[int]) -> None:
    owned = assets.c.customer_id.in_(everyone)
    _set(tx, tickets, tickets.c.asset_id.in_(select(assets.c.id).where(owned)), asset_id=None)
    tx.conn.execute(delete(assets).where(owned))


def _addresses(tx: Tx, everyone: Sequence[int]) -> None:
    """An address of theirs becomes one nobody has; one they shared stays the others'. Who writes from it is new."""
    shared = identity_candidates.c.customer_id.in_(everyone)
    tx.conn.execute(delete(identity_candidates).where(shared))
    nobody = {"scheme": GONE, "value": cast(identities.c.id, String), "label": "", "customer_id": None}
    _set(tx, identities, identities.c.customer_id.in_(everyone), **nobody)


def _themselves(tx: Tx, everyone: Sequence[int]) -> None:
    one_of = or_(merges.c.kept_id.in_(everyone), merges.c.gone_id.in_(everyone))
    tx.conn.execute(delete(merges).where(one_of))
    _set(tx, customers, customers.c.organisation_id.in_(everyone), organisation_id=None)
    nobody: dict[str, Any] = {"name": "", "short_code": "", "language": "", "notes": "", "attributes": {}}
    nobody |= {"organisation_id": None, "merged_into": None, "erased_at": tx.now, "version": customers.c.version + 1}
    _set(tx, customers, customers.c.id.in_(everyone), **nobody)
    for customer in everyone:
        search.remove(tx, "customer", customer)


def _set(tx: Tx, table: Table, where: ColumnElement[bool], **values: Any) -> None:
    tx.conn.execute(update(table).where(where).values(**values))


def _batches(tx: Tx, ids: Select[Any]) -> Iterator[list[int]]:
    found = list(tx.conn.execute(ids).scalars())
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]
