"""An agent says whose contact this is: one of the candidates behind a shared address, anybody else, or nobody."""

from __future__ import annotations

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.store import access, audit, interactions, tickets
from hub.store.rows import Row
from hub.store.unit import Tx


def customer(tx: Tx, actor: Actor, interaction_id: int, customer_id: int | None, client: str = "") -> None:
    """The interaction is this customer's from now on, as is its ticket if that was nobody's. Says so in the audit log.

    Raises NotFound for an interaction or a customer that is not theirs to see.
    """
    row = interactions.locked_for(tx, actor, interaction_id)
    if customer_id is not None:
        _require_customer(tx, actor, customer_id)
    if row["customer_id"] == customer_id:
        return
    interactions.change(tx, row, customer_id=customer_id)
    change = {"customer": customer_id, "previous": row["customer_id"]}
    audit.record(tx, actor.user_id, "interaction.customer", "interaction", interaction_id, client=client, **change)
    if customer_id is not None and row["ticket_id"] is not None:
        _ticket_too(tx, actor, row, customer_id)


def _require_customer(tx: Tx, actor: Actor, customer_id: int) -> None:
    """Whoever may not read customers must not learn a name by trying numbers."""
    if not actor.may(Permission.CUSTOMERS_READ):
        raise NotFound("There is no such customer.")
    access.require_customer(tx.conn, customer_id)


def _ticket_too(tx: Tx, actor: Actor, interaction: Row, customer_id: int) -> None:
    """A ticket of nobody follows, and its history says so; one that is somebody's stays theirs."""
    ticket = tickets.locked(tx, interaction["ticket_id"])
    if ticket["customer_id"] is None and tickets.may_see(actor, ticket):
        tickets.change_ticket(tx, actor, ticket["id"], {"customer_id": customer_id})
