"""A customer is erased for good, and every plugin is promised to hear of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, delete, func, insert, select

from hub.api import Address
from hub.model.actor import Actor
from hub.model.errors import Conflict
from hub.model.states import DeliveryState
from hub.store import audit, customers, erased_rows
from hub.store.rows import Row, many
from hub.store.tables import callbacks, deliveries, erasures, identities, interactions, voicemails, work
from hub.store.tables import customers as rows
from hub.store.unit import Tx

_ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.LEASED)
_COUNTED = ("interaction", "callback", "voicemail")  # the work of these is counted as what it is for


@dataclass(frozen=True, slots=True)
class Promise:
    """This plugin is to hear that this customer was erased, who had these addresses."""

    plugin: str
    customer_id: int
    addresses: tuple[Address, ...]


def erase_customer(tx: Tx, actor: Actor, customer_id: int, plugins: Collection[str], client: str = "") -> None:
    """Empty whatever the core knows of a customer and of those merged into them; these plugins are to hear of it. One
    commit. Raises NotFound; Conflict while anything of theirs is open (`data` counts what)."""
    customers.locked(tx, customer_id)
    everyone = _with_merged(tx.conn, customer_id)
    addresses = _addresses(tx, everyone)
    _require_nothing_open(tx.conn, everyone)
    erased_rows.empty(tx, everyone)
    for each in everyone:
        _promise(tx, each, addresses, plugins)
        tx.event("customer.erased", customer=each, user=actor.user_id)
    audit.record(tx, actor.user_id, "customer.erased", "customer", customer_id, client=client)


def promised(conn: Connection) -> list[Promise]:
    """What plugins have not heard of yet, the oldest first."""
    oldest = select(erasures).order_by(erasures.c.at, erasures.c.customer_id, erasures.c.plugin)
    return [_shape(row) for row in many(conn, oldest)]


def kept(tx: Tx, promise: Promise) -> None:
    """The plugin has heard: nothing is left of the addresses."""
    this = (erasures.c.customer_id == promise.customer_id, erasures.c.plugin == promise.plugin)
    tx.conn.execute(delete(erasures).where(*this))


def _shape(row: Row) -> Promise:
    return Promise(row["plugin"], row["customer_id"], tuple(Address(*one) for one in row["addresses"]))


def _promise(tx: Tx, customer_id: int, addresses: Sequence[Address], plugins: Collection[str]) -> None:
    told = [[one.scheme, one.value] for one in addresses]
    new = {"customer_id": customer_id, "addresses": told, "at": tx.now}
    if plugins:
        tx.conn.execute(insert(erasures), [{**new, "plugin": plugin} for plugin in sorted(plugins)])


def _with_merged(conn: Connection, customer_id: int) -> list[int]:
    """The customer and all who were merged into them, at whatever remove."""
    everyone, newest = [customer_id], [customer_id]
    while newest:
        newest = list(conn.execute(select(rows.c.id).where(rows.c.merged_into.in_(newest))).scalars())
        everyone += newest
    return everyone


def _addresses(tx: Tx, everyone: Sequence[int]) -> list[Address]:
    """Theirs alone. They are locked: what comes in from one meanwhile waits, and is a stranger's then."""
    own = select(identities.c.scheme, identities.c.value).where(identities.c.customer_id.in_(everyone))
    return [Address(*one) for one in tx.conn.execute(own.order_by(identities.c.id).with_for_update())]


def _require_nothing_open(conn: Connection, everyone: Sequence[int]) -> None:
    theirs = select(interactions.c.id).where(interactions.c.customer_id.in_(everyone))
    open_ones: dict[str, Select[tuple[int]]] = {
        "interactions": _count().where(interactions.c.customer_id.in_(everyone), interactions.c.closed_at.is_(None)),
        "messages": _count().where(deliveries.c.interaction_id.in_(theirs), deliveries.c.state.in_(_ON_ITS_WAY)),
        "callbacks": _count().where(callbacks.c.interaction_id.in_(theirs), callbacks.c.ended_at.is_(None)),
        "voicemails": _count().where(voicemails.c.interaction_id.in_(theirs), voicemails.c.closed_at.is_(None)),
        "tasks": _count().where(
            work.c.interaction_id.in_(theirs), work.c.ended_at.is_(None), work.c.kind.not_in(_COUNTED)
        ),
    }
    found = {what: conn.execute(counted).scalar_one() for what, counted in open_ones.items()}
    if any(found.values()):
        raise Conflict("Something of this customer's is still open; close it first.", found)


def _count() -> Select[tuple[int]]:
    return select(func.count())
