"""What became of each short message of a delivery: written before it is handed over, so that a crash in between leaves
it in doubt and not sent twice. Functions for the plugin's store: synchronous, inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from hub.api import ReceiptState
from plugins.sms.provider import Outgoing, Report, Submitted
from plugins.sms.record.tables import parts

SUBMITTING: Final = "SUBMITTING"
_FINAL: Final = frozenset({ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED})


@dataclass(frozen=True, slots=True)
class Sending:
    """Whose short message it is."""

    outgoing: Outgoing
    message_id: int
    interaction_id: int
    connection_id: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report means for its delivery: `refers_to` is the delivery's id on the far side, `state` None while
    other parts of it are still to be heard of."""

    refers_to: str
    account: str
    state: ReceiptState | None


def begin(sql: Connection, sending: Sending, now: int) -> str | None:
    """Note that this short message is about to be handed over: None, or what is known of it already: "" when nobody
    knows whether it went, else the id it has."""
    outgoing = sending.outgoing
    known = sql.execute(select(parts.c.external_id, parts.c.state).where(_this(outgoing))).one_or_none()
    if known is not None:
        return "" if known.state == SUBMITTING else str(known.external_id)
    values = {
        "delivery_id": outgoing.delivery_id,
        "position": outgoing.segment.index,
        "total": outgoing.segment.total,
        "message_id": sending.message_id,
        "interaction_id": sending.interaction_id,
        "connection_id": sending.connection_id,
        "account": outgoing.account.address.value,
        "coding": outgoing.segment.coding.value,
        "state": SUBMITTING,
        "external_id": "",
        "counted": 1,
        "price": "",
        "code": "",
        "at": now,
    }
    sql.execute(insert(parts).values(values))
    return None


def done(sql: Connection, outgoing: Outgoing, submitted: Submitted) -> None:
    """The far side has taken it."""
    values = {"state": ReceiptState.SENT.value, "external_id": submitted.external_id[:200]}
    counted = {"counted": submitted.parts, "price": submitted.price[:40]}
    sql.execute(update(parts).where(_this(outgoing)).values(**values, **counted))


def undone(sql: Connection, outgoing: Outgoing) -> None:
    """It has surely not gone: it may be handed over again."""
    sql.execute(delete(parts).where(_this(outgoing), parts.c.state == SUBMITTING))


def report(sql: Connection, connection_id: int, told: Report) -> Verdict | None:
    """Note what became of one; None when it is none of ours. All parts of its delivery are locked, so that of two last
    reports at once one sees the other."""
    found = _named(sql, connection_id, told.refers_to)
    if found is None:
        return None
    same = parts.c.delivery_id == found.delivery_id
    rows = sql.execute(select(parts).where(same).order_by(parts.c.position).with_for_update()).all()
    states = {row.position: row.state for row in rows}
    if states[found.position] not in _FINAL:
        states[found.position] = told.state.value
    values = {"state": states[found.position], "code": told.code[:100]} | (
        {"price": told.price[:40]} if told.price else {}
    )
    sql.execute(update(parts).where(parts.c.id == found.id).values(**values))
    return Verdict(rows[0].external_id, found.account, _together(list(states.values()), rows[0].total))


def of_interaction(sql: Connection, interaction_id: int) -> dict[int, list[Any]]:
    """The parts of each message of an interaction."""
    mine = select(parts).where(parts.c.interaction_id == interaction_id)
    messages: dict[int, list[Any]] = {}
    for row in sql.execute(mine.order_by(parts.c.message_id, parts.c.position)):
        messages.setdefault(row.message_id, []).append(row)
    return messages


def _this(outgoing: Outgoing) -> Any:
    return (parts.c.delivery_id == outgoing.delivery_id) & (parts.c.position == outgoing.segment.index)


def _named(sql: Connection, connection_id: int, name: str) -> Any:
    for spelling in _spellings(name):
        same = (parts.c.connection_id == connection_id, parts.c.external_id == spelling)
        found = sql.execute(select(parts).where(*same).order_by(parts.c.id.desc()).limit(1)).one_or_none()
        if found is not None:
            return found
    return None


def _spellings(name: str) -> Iterator[str]:
    """Many SMSCs give an id in hexadecimal and report it in decimal, or the other way round."""
    yield name
    if name.isascii() and name.isdigit():
        yield f"{int(name):x}"
        yield f"{int(name):X}"
        yield f"{int(name):08X}"
    if name and all(char in "0123456789abcdefABCDEF" for char in name):
        yield str(int(name, 16))


def _together(states: Sequence[str], total: int) -> ReceiptState | None:
    """One that failed is the whole text's failure; it is delivered when all are."""
    if ReceiptState.FAILED in states:
        return ReceiptState.FAILED
    if len(states) == total and all(state in _FINAL for state in states):
        return ReceiptState.READ if set(states) == {ReceiptState.READ} else ReceiptState.DELIVERED
    return None
