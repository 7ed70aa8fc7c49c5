"""Broadcasts and their recipients, in the plugin's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from hub.api import Attachment
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.envelope import packed, unpacked
from plugins.fax.states import BroadcastState, RecipientState
from plugins.fax.tables import broadcasts, recipients

_R = RecipientState
LOST_AFTER: Final = timedelta(seconds=60)
"""One that was being handed to the hub for so long: its process has died midway, and nobody knows."""
OPEN: Final = (_R.STARTING.value, _R.GIVEN.value)
AGAIN: Final = (_R.FAILED.value, _R.UNKNOWN.value, _R.BLOCKED.value)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One of them; `counts` by the states of its recipients."""

    id: int
    account_id: int
    title: str
    state: BroadcastState
    made_by: str
    made_at: datetime
    counts: Mapping[str, int]


def create(
    conn: Connection,
    account_id: int,
    title: str,
    by: str,
    files: Sequence[Attachment],
    text: str,
    to: Sequence[Recipient],
) -> int:
    """With all its recipients; it runs from now on."""
    values = {
        "account_id": account_id, "title": title, "files": [file.name for file in files], "content": packed(files),
        "text": text, "fields": {}, "state": BroadcastState.RUNNING, "made_by": by, "made_at": datetime.now(UTC),
    }  # fmt: skip
    made = int(conn.execute(insert(broadcasts).values(values).returning(broadcasts.c.id)).scalar_one())
    blank = {"broadcast_id": made, "state": _R.WAITING, "code": "", "text": ""}
    conn.execute(insert(recipients), [{**blank, "number": each.number, "name": each.name} for each in to])
    return made


def all_of(conn: Connection, accounts: Collection[int], most: int = 50) -> list[Broadcast]:
    """Those that go out from these, the newest first."""
    wanted = select(broadcasts).where(broadcasts.c.account_id.in_(accounts))
    rows = conn.execute(wanted.order_by(broadcasts.c.id.desc()).limit(most)).mappings().all()
    return [_broadcast(conn, row) for row in rows]


def accounts_used(conn: Connection) -> list[int]:
    """From which any goes out."""
    return list(conn.execute(select(broadcasts.c.account_id).distinct()).scalars())


def account_of(conn: Connection, broadcast: int) -> int | None:
    """From which it goes out; None when there is no such broadcast."""
    return conn.execute(select(broadcasts.c.account_id).where(broadcasts.c.id == broadcast)).scalar()


def running(conn: Connection) -> list[Broadcast]:
    """Those with something to do: also cancelled ones, while some of their faxes are under way."""
    under_way = select(recipients.c.broadcast_id).where(recipients.c.state.in_(OPEN))
    alive = broadcasts.c.state.in_([BroadcastState.RUNNING, BroadcastState.PAUSED])
    wanted = select(broadcasts).where(or_(alive, broadcasts.c.id.in_(under_way)))
    return [_broadcast(conn, row) for row in conn.execute(wanted).mappings().all()]


def document(conn: Connection, broadcast: int) -> tuple[str, tuple[Attachment, ...]]:
    """Its text and files."""
    row = conn.execute(select(broadcasts.c.text, broadcasts.c.content).where(broadcasts.c.id == broadcast)).one()
    return row.text, unpacked(bytes(row.content))


def recipients_of(conn: Connection, broadcast: int) -> list[dict[str, Any]]:
    """{"id", "number", "name", "state", "message_id", "code", "text"}, in order."""
    shown = [recipients.c[name] for name in ("id", "number", "name", "state", "message_id", "code", "text")]
    mine = select(*shown).where(recipients.c.broadcast_id == broadcast).order_by(recipients.c.id)
    return [dict(row) for row in conn.execute(mine).mappings()]


def begin_next(conn: Connection, broadcast: int) -> RowMapping | None:
    """The next number, STARTING from now on; None when none waits, or another process was first."""
    waiting = (recipients.c.broadcast_id == broadcast, recipients.c.state == _R.WAITING)
    row = conn.execute(select(recipients).where(*waiting).order_by(recipients.c.id).limit(1)).mappings().first()
    if row is None:
        return None
    mine = update(recipients).where(recipients.c.id == row["id"], recipients.c.state == _R.WAITING)
    taken = conn.execute(mine.values(state=_R.STARTING, since=datetime.now(UTC))).rowcount == 1
    return row if taken else None


def given(conn: Connection, recipient: int, message: int) -> None:
    """The hub has it."""
    mine = update(recipients).where(recipients.c.id == recipient, recipients.c.state == _R.STARTING)
    conn.execute(mine.values(state=_R.GIVEN, message_id=message))


def settle(conn: Connection, message: int, state: RecipientState, code: str, text: str) -> None:
    """What became of the fax of one."""
    mine = update(recipients).where(recipients.c.message_id == message, recipients.c.state == _R.GIVEN)
    conn.execute(mine.values(state=state, code=code[:40], text=text[:400]))


def lost(conn: Connection, now: datetime) -> None:
    """Those whose process died as it handed them over: a person decides."""
    old = (recipients.c.state == _R.STARTING, recipients.c.since < now - LOST_AFTER)
    conn.execute(update(recipients).where(*old).values(state=_R.UNKNOWN, code="OUTCOME_UNKNOWN"))


def given_messages(conn: Connection, before: datetime | None = None) -> list[int]:
    """Messages whose fax has no result yet; `before`: of those that were handed over before then."""
    open_ones = select(recipients.c.message_id).where(recipients.c.state == _R.GIVEN)
    if before is not None:
        open_ones = open_ones.where(recipients.c.since < before)
    return [each for each in conn.execute(open_ones).scalars() if each is not None]


def turn(conn: Connection, broadcast: int, state: BroadcastState) -> bool:
    """Go on, pause, or cancel: what waits is not sent then. False for one that is over."""
    alive = broadcasts.c.state.in_([BroadcastState.RUNNING, BroadcastState.PAUSED])
    changed = conn.execute(update(broadcasts).where(broadcasts.c.id == broadcast, alive).values(state=state)).rowcount
    if changed and state is BroadcastState.CANCELLED:
        waiting = (recipients.c.broadcast_id == broadcast, recipients.c.state == _R.WAITING)
        conn.execute(update(recipients).where(*waiting).values(state=_R.CANCELLED))
    return bool(changed)


def again(conn: Connection, broadcast: int) -> int:
    """Those that did not get it are sent it once more; how many. What was cancelled stays so."""
    lives = select(broadcasts.c.id).where(broadcasts.c.state != BroadcastState.CANCELLED)
    bad = (recipients.c.broadcast_id.in_(lives), recipients.c.broadcast_id == broadcast, recipients.c.state.in_(AGAIN))
    fresh = {"state": _R.WAITING, "code": "", "text": "", "message_id": None}
    count = int(conn.execute(update(recipients).where(*bad).values(**fresh)).rowcount)
    if count:
        conn.execute(update(broadcasts).where(broadcasts.c.id == broadcast).values(state=BroadcastState.RUNNING))
    return count


def finish(conn: Connection, broadcast: int) -> None:
    """Each number has its result."""
    mine = update(broadcasts).where(broadcasts.c.id == broadcast, broadcasts.c.state == BroadcastState.RUNNING)
    conn.execute(mine.values(state=BroadcastState.DONE))


def _broadcast(conn: Connection, row: RowMapping) -> Broadcast:
    mine = select(recipients.c.state, func.count()).where(recipients.c.broadcast_id == row["id"])
    counts = {str(each[0]): int(each[1]) for each in conn.execute(mine.group_by(recipients.c.state))}
    at = row["made_at"] if row["made_at"].tzinfo else row["made_at"].replace(tzinfo=UTC)
    return Broadcast(
        row["id"], row["account_id"], row["title"], BroadcastState(row["state"]), row["made_by"], at, counts
    )
