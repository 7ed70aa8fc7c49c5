"""Which conversation an input belongs to: the keys it carries, the serial it quotes, else a new one."""

from dataclasses import dataclass

from sqlalchemy import Connection

from hub.api import Inbound, MessageKind
from hub.model.states import FINAL
from hub.store import interactions, tickets
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Place:
    """Where an input goes: into `interaction`, or into a new one on `ticket_id` (or on none)."""

    interaction: Row | None = None
    ticket_id: int | None = None


def scope_of(account: Row, dedup_scope: str) -> str:
    """Thread keys and external ids are told apart per account, or per channel where one thing may come in twice."""
    return account["channel"] if dedup_scope == "channel" else f"account:{account['id']}"


def find(tx: Tx, inbound: Inbound, account: Row, scope: str) -> Place:
    """The place of an input.

    A conversation of another department is never joined (mailboxes must not contaminate each other), and one that
    has ended never opens again: what comes later goes to a new interaction on the same ticket.
    """
    named = interactions.joined_by(tx, scope, inbound.thread)
    if named is not None and named["department_id"] == account["department_id"]:
        if _speaks_of_what_is_over(inbound.kind, named):
            return Place(named, named["ticket_id"])
        return _reachable(tx.conn, named, account)
    ticket_id = _quoted_ticket(tx.conn, inbound, account) if inbound.serials else None
    if ticket_id is None:
        return Place()
    return Place(interactions.open_on_ticket(tx.conn, ticket_id, account["id"]), ticket_id)


def _speaks_of_what_is_over(kind: str, named: Row) -> bool:
    """What a crash left of a message to be recorded is found after its call has ended."""
    return kind in {MessageKind.RATING, MessageKind.RECORDING} or (kind == MessageKind.VOICEMAIL and named["call"])


def _reachable(conn: Connection, named: Row, account: Row) -> Place:
    if named["state"] not in FINAL:
        return Place(named, named["ticket_id"])
    if named["ticket_id"] is None:
        return Place()
    return Place(interactions.open_on_ticket(conn, named["ticket_id"], account["id"]), named["ticket_id"])


def _quoted_ticket(conn: Connection, inbound: Inbound, account: Row) -> int | None:
    for serial in inbound.serials:
        ticket = tickets.by_serial(conn, serial)
        if ticket is not None and ticket["department_id"] in (None, account["department_id"]):
            ticket_id: int = ticket["id"]
            return ticket_id
    return None
