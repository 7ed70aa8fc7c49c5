"""Faxes to be sent, in the plugin's tables. Whoever works at one has a lease on it, and renews that while it lives."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from plugins.fax.states import ENDS, NEXT, UNDER_WAY, JobState
from plugins.fax.tables import documents, jobs

LEASE: Final = timedelta(seconds=12)
AGAIN: Final = ENDS - {JobState.DELIVERED}
"""Ends after which a person may have it sent once more."""
LET_GO: Final[Mapping[str, Any]] = {"leased_by": "", "leased_until": None}
"""What `move` is given so that any process may have it next."""


@dataclass(frozen=True, slots=True)
class Job:
    """One fax to one number. `page` is the last that was confirmed in the attempt under way; `on_call`: it waits for a
    call that is there already before its number is dialled; `automatic`: a notice, no person's answer;
    `sub_address`: who is meant behind the number (T.30's SUB)."""

    delivery_id: int
    message_id: int
    interaction_id: int
    account_id: int
    number: str
    document: str
    pages: int
    on_call: bool
    recipient_id: int | None
    automatic: bool
    sub_address: str
    state: JobState
    attempts: int
    page: int
    code: str
    text: str
    due_at: datetime
    give_up_at: datetime

    @property
    def external_id(self) -> str:
        """What receipts call it."""
        return f"fax-{self.delivery_id}"

    @property
    def thread(self) -> str:
        """What signals of its progress call its conversation."""
        return f"fax/sent/{self.delivery_id}"


def keep(conn: Connection, tiff: bytes, pages: int) -> str:
    """A document, kept once however many it goes to; its digest."""
    digest = hashlib.sha256(tiff).hexdigest()
    insert_into = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    row = insert_into(documents).values(digest=digest, tiff=tiff, pages=pages)
    # the update changes nothing but keeps it from whoever would forget it, until the new fax is there to be seen
    conn.execute(row.on_conflict_do_update(index_elements=["digest"], set_={"pages": pages}))
    return digest


def document(conn: Connection, digest: str) -> bytes:
    """Its pages, a TIFF."""
    return bytes(conn.execute(select(documents.c.tiff).where(documents.c.digest == digest)).scalar_one())


def find(conn: Connection, delivery_id: int) -> Job | None:
    """One of them."""
    row = conn.execute(select(jobs).where(jobs.c.delivery_id == delivery_id)).mappings().first()
    return _job(row) if row else None


def of_message(conn: Connection, message_id: int) -> Job | None:
    """The newest that this message became."""
    newest = select(jobs).where(jobs.c.message_id == message_id).order_by(jobs.c.delivery_id.desc()).limit(1)
    row = conn.execute(newest).mappings().first()
    return _job(row) if row else None


def put(conn: Connection, me: str, now: datetime, values: Mapping[str, Any]) -> None:
    """A new one, ours to begin with; one that has ended begins anew, for a person wants that."""
    fresh = {"state": JobState.QUEUED, "attempts": 0, "page": 0, "code": "", "text": ""}
    mine = {**values, **fresh, "leased_by": me, "leased_until": now + LEASE}
    known = conn.execute(select(jobs.c.state).where(jobs.c.delivery_id == values["delivery_id"])).scalar_one_or_none()
    if known is None:
        conn.execute(insert(jobs).values(mine))
    elif known in ENDS:
        conn.execute(update(jobs).where(jobs.c.delivery_id == values["delivery_id"]).values(mine))


def due(conn: Connection, me: str, now: datetime, free: Mapping[int, int]) -> list[Job]:
    """What this process may begin now, of these accounts: as many of each as it has lines free."""
    ready = (jobs.c.state == JobState.QUEUED, jobs.c.due_at <= now, jobs.c.give_up_at > now, _takeable(me, now))
    found: list[Job] = []
    for account_id, most in free.items():
        mine = select(jobs).where(jobs.c.account_id == account_id, *ready)
        rows = conn.execute(mine.order_by(jobs.c.due_at, jobs.c.delivery_id).limit(most)).mappings()
        found += map(_job, rows)
    return found


def too_late(conn: Connection, me: str, now: datetime) -> list[Job]:
    """What nobody is at and is not to be sent any more, whatever kept it."""
    late = (jobs.c.state == JobState.QUEUED, jobs.c.give_up_at <= now, _takeable(me, now))
    return [_job(row) for row in conn.execute(select(jobs).where(*late)).mappings()]


def any_open(conn: Connection) -> bool:
    """Whether there is anything to do, now or later, for anybody."""
    open_ones = jobs.c.state.not_in([str(state) for state in ENDS])
    return conn.execute(select(jobs.c.delivery_id).where(open_ones).limit(1)).first() is not None


def next_due(conn: Connection, now: datetime) -> datetime | None:
    """When the next one's time comes."""
    later = select(jobs.c.due_at).where(jobs.c.state == JobState.QUEUED, jobs.c.due_at > now)
    at = conn.execute(later.order_by(jobs.c.due_at).limit(1)).scalar_one_or_none()
    return _utc(at) if at else None


def waiting_for(conn: Connection, account_id: int, number: str) -> Job | None:
    """A fax for who is on this call."""
    wanted = (jobs.c.account_id == account_id, jobs.c.number == number, jobs.c.on_call.is_(True))
    row = conn.execute(select(jobs).where(jobs.c.state == JobState.QUEUED, *wanted).limit(1)).mappings().first()
    return _job(row) if row else None


def move(conn: Connection, me: str, job: Job, state: JobState, **values: Any) -> Job | None:
    """Compared and swapped; None when somebody else was first, or it may not be."""
    if state not in NEXT[job.state]:
        return None
    lease = {"leased_by": me, "leased_until": datetime.now(UTC) + LEASE}
    mine = update(jobs).where(jobs.c.delivery_id == job.delivery_id, jobs.c.state == job.state)
    if conn.execute(mine.values({"state": state, **lease, **values})).rowcount != 1:
        return None
    if state in ENDS:
        _forget(conn, job.document)
    return find(conn, job.delivery_id)


def note(conn: Connection, delivery_id: int, **values: Any) -> None:
    """Without a change of state."""
    conn.execute(update(jobs).where(jobs.c.delivery_id == delivery_id).values(**values))


def renew(conn: Connection, me: str, now: datetime, at: Collection[int]) -> None:
    """We live: what waits with us stays ours, and what we are `at`. What was under way and is not, is left to lapse."""
    mine = (jobs.c.leased_by == me, or_(jobs.c.state == JobState.QUEUED, jobs.c.delivery_id.in_(at)))
    still = jobs.c.state.not_in([str(state) for state in ENDS])
    conn.execute(update(jobs).where(*mine, still).values(leased_until=now + LEASE))


def abandoned(conn: Connection, now: datetime) -> list[Job]:
    """Under way in a process that is no more."""
    lost = (jobs.c.state.in_([str(state) for state in UNDER_WAY]), jobs.c.leased_until < now)
    return [_job(row) for row in conn.execute(select(jobs).where(*lost)).mappings()]


def _takeable(me: str, now: datetime) -> ColumnElement[bool]:
    """Ours, or nobody's any more."""
    return or_(jobs.c.leased_by == me, jobs.c.leased_until.is_(None), jobs.c.leased_until < now)


def _forget(conn: Connection, digest: str) -> None:
    """A document that no fax will need again. FAILED and UNKNOWN ones are printed anew when a person sends them."""
    conn.execute(select(documents.c.pages).where(documents.c.digest == digest).with_for_update())
    open_ones = (jobs.c.document == digest, jobs.c.state.not_in([str(state) for state in ENDS]))
    if conn.execute(select(jobs.c.delivery_id).where(*open_ones).limit(1)).first() is None:
        conn.execute(delete(documents).where(documents.c.digest == digest))


def _job(row: RowMapping) -> Job:
    values = {name: row[name] for name in Job.__slots__}
    return Job(**{**values, "state": JobState(row["state"]), **{at: _utc(row[at]) for at in ("due_at", "give_up_at")}})


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
