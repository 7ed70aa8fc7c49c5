"""Keeps the search index in step, inside the transaction that changes the thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, insert, or_, select
from sqlalchemy.dialects.postgresql import TSVECTOR

from hub.model.pinyin import pinyin_keys
from hub.model.searching import fts5_document, tsvector
from hub.store.search_schema import INDEXES
from hub.store.tables import assets, customers, identities, identity_candidates, tickets
from hub.store.unit import Tx

_AS_TSVECTOR = cast(bindparam("tokens", type_=Text), TSVECTOR)
_INSERT = {kind: insert(index) for kind, index in INDEXES.items()}
_INSERT_TSVECTOR = {
    kind: insert(index).values(rowid=bindparam("thing"), tokens=_AS_TSVECTOR) for kind, index in INDEXES.items()
}


def index_message(tx: Tx, message_id: int, texts: tuple[str, ...]) -> None:
    """Make a new message findable by its text, its subject and the names of its files."""
    _insert(tx, "message", message_id, texts)


def index_message_again(tx: Tx, message_id: int, texts: tuple[str, ...]) -> None:
    """As `index_message`, for one whose words have come later."""
    remove(tx, "message", message_id)
    _insert(tx, "message", message_id, texts)


def index_customer(tx: Tx, customer_id: int) -> None:
    """Make a customer findable by name, its pinyin, addresses, attributes and assets, as they stand now."""
    remove(tx, "customer", customer_id)
    _insert(tx, "customer", customer_id, _customer_texts(tx.conn, customer_id))


def index_new_customer(tx: Tx, customer_id: int, columns: Mapping[str, Any], addresses: Iterable[str]) -> None:
    """As `index_customer`, for one just made of these columns and addresses: nothing has to be read."""
    _insert(tx, "customer", customer_id, (*_said(columns), *addresses))


def index_new_ticket(tx: Tx, ticket_id: int, columns: Mapping[str, Any]) -> None:
    """As `index_ticket`, for one just made of these columns."""
    _insert(tx, "ticket", ticket_id, (columns["serial"], columns["subject"], *_values(columns["fields"])))


def index_ticket(tx: Tx, ticket_id: int) -> None:
    """Make a ticket findable by serial, subject and its own fields, as they stand now."""
    remove(tx, "ticket", ticket_id)
    _insert(tx, "ticket", ticket_id, _ticket_texts(tx.conn, ticket_id))


def remove(tx: Tx, kind: str, thing_id: int) -> None:
    """Take a customer, ticket or message out of the index; one that is not in it is fine."""
    tx.flush()
    index = INDEXES[kind]
    tx.conn.execute(delete(index).where(index.c.rowid == thing_id))


def _insert(tx: Tx, kind: str, thing_id: int, texts: tuple[str, ...]) -> None:
    if tx.postgres:
        tx.later(_INSERT_TSVECTOR[kind], {"thing": thing_id, "tokens": tsvector(*texts)})
    else:
        tx.later(_INSERT[kind], {"rowid": thing_id, "tokens": fts5_document(*texts)})


def _customer_texts(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """A customer is found by the names of those merged into them and by the addresses they share, too."""
    c, shares = customers.c, identity_candidates.c
    own = select(c.name, c.short_code, c.attributes).where(or_(c.id == customer_id, c.merged_into == customer_id))
    texts = [text for one in conn.execute(own).mappings() for text in _said(dict(one))]
    shared = select(shares.identity_id).where(shares.customer_id == customer_id)
    mine = or_(identities.c.customer_id == customer_id, identities.c.id.in_(shared))
    return (*texts, *conn.execute(select(identities.c.value).where(mine)).scalars(), *_asset_texts(conn, customer_id))


def _said(columns: Mapping[str, Any]) -> tuple[str, ...]:
    name, code = columns["name"], columns["short_code"]
    return (name, code, *pinyin_keys(name), *_values(columns["attributes"]))


def _asset_texts(conn: Connection, customer_id: int) -> list[str]:
    owned = conn.execute(select(assets.c.label, assets.c.fields).where(assets.c.customer_id == customer_id))
    return [each for asset in owned for each in (asset.label, *_values(asset.fields))]


def _ticket_texts(conn: Connection, ticket_id: int) -> tuple[str, ...]:
    columns = select(tickets.c.serial, tickets.c.subject, tickets.c.fields)
    ticket = conn.execute(columns.where(tickets.c.id == ticket_id)).one()
    return (ticket.serial, ticket.subject, *_values(ticket.fields))


def _values(document: Mapping[str, Any]) -> list[str]:
    """What a person could look for: texts and numbers, not truth values."""
    return [
        str(value)
        for value in document.values()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
