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
LONGEST_ID: Final = 200
_FINAL: Final = frozenset({ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED})


@dataclass(frozen=True, slots=True)
class Sending:
    """Whose short message it is."""

    outgoing: Outgoing
    message_id: int
    interaction_id: int
    connection_id: int
    by_person: bool = False
    """The first attempt since a person wanted it sent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report means for its delivery: `refers_to` is what the hub knows it by, `state` None while
    other parts of it are still to be heard of."""

    refers_to: str
    account: str
    state: ReceiptState | None
    message_id: int = 0


def begin(sql: Connection, sending: Sending, now: int) -> str | None:
    """Note that this short message is about to be handed over: None, or what is known of it already: "" when nobody
    knows whether it went, else the id it has. What failed goes anew, and what is in doubt when a person wants it to."""
    outgoing = sending.outgoing
    known = sql.execute(select(parts.c.external_id, parts.c.state).where(_this(outgoing))).one_or_none()
    if known is None:
        sql.execute(insert(parts).values(_begun(sending, now)))
    elif known.state == ReceiptState.FAILED or (known.state == SUBMITTING and sending.by_person):
        sql.execute(update(parts).where(_this(outgoing)).values(_begun(sending, now)))
    else:
        return "" if known.state == SUBMITTING else str(known.external_id)
    return None


def name(connection_id: int, external_id: str) -> str:
    """What the hub knows a delivery by: carriers number from small numbers, each for itself."""
    return f"{connection_id}:{external_id}".replace("\0", "")


def _begun(sending: Sending, now: int) -> dict[str, Any]:
    outgoing = sending.outgoing
    return {
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


def done(sql: Connection, outgoing: Outgoing, submitted: Submitted) -> None:
    """The far side has taken it."""
    values = {"state": ReceiptState.SENT.value, "external_id": submitted.external_id}
    counted = {"counted": submitted.parts, "price": kept(submitted.price, 40)}
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
    values = {"state": states[found.position], "code": kept(told.code, 100)}
    if told.price:
        values["price"] = kept(told.price, 40)
    sql.execute(update(parts).where(parts.c.id == found.id).values(**values))
    known_as = name(rows[0].connection_id, rows[0].external_id)
    return Verdict(known_as, found.account, _together(list(states.values()), rows[0].total), found.message_id)


def of_interaction(sql: Connection, interaction_id: int) -> dict[int, list[Any]]:
    """The parts of each message of an interaction."""
    mine = select(parts).where(parts.c.interaction_id == interaction_id)
    messages: dict[int, list[Any]] = {}
    for row in sql.execute(mine.order_by(parts.c.message_id, parts.c.position)):
        messages.setdefault(row.message_id, []).append(row)
    return messages


def _this(outgoing: Outgoing) -> Any:
    return (parts.c.delivery_id == outgoing.delivery_id) & (parts.c.position == outgoing.segment.index)


def kept(text: str, most: int) -> str:
    """As much as the table holds of what a far side says; no database keeps NUL."""
    return text.replace("\0", "")[:most]


def _named(sql: Connection, connection_id: int, told: str) -> Any:
    for spelling in _spellings(kept(told, LONGEST_ID)):
        same = (parts.c.connection_id == connection_id, parts.c.external_id == spelling)
        found = sql.execute(select(parts).where(*same).order_by(parts.c.id.desc()).limit(1)).one_or_none()
        if found is not None:
            return found
    return None


def _spellings(told: str) -> Iterator[str]:
    """Many SMSCs give an id in hexadecimal and report it in decimal, or the other way round."""
    yield told
    if told.isascii() and told.isdigit():
        yield f"{int(told):x}"
        yield f"{int(told):X}"
        yield f"{int(told):08X}"
    if told and all(char in "0123456789abcdefABCDEF" for char in told):
        yield str(int(told, 16))


def _together(states: Sequence[str], total: int) -> ReceiptState | None:
    """One that failed is the whole text's failure; it is delivered when all are."""
    if ReceiptState.FAILED in states:
        return ReceiptState.FAILED
    if len(states) == total and all(state in _FINAL for state in states):
        return ReceiptState.READ if set(states) == {ReceiptState.READ} else ReceiptState.DELIVERED
    return None
