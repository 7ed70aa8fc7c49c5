"""A fax to be sent is known once, is one process's at a time, and is never guessed about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from plugins.fax import log_book
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.housekeeping import forget
from plugins.fax.log_book import Call
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.jobs import LEASE, Job
from plugins.fax.states import ENDS, NEXT, BroadcastState, JobState
from plugins.fax.tables import metadata

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
ME, OTHER = "me", "other"


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def put(conn: Connection, delivery: int = 1, now: datetime | None = None, **more: Any) -> Job:
    at = now or datetime.now(UTC)
    values = {
        "delivery_id": delivery, "message_id": 2, "interaction_id": 3, "account_id": 4, "number": "+8613800138000",
        "document": jobs.keep(conn, b"II", 1), "pages": 1, "on_call": False, "recipient_id": None, "due_at": at,
        "give_up_at": at + timedelta(hours=1), **more,
    }  # fmt: skip
    jobs.put(conn, ME, at, values)
    found = jobs.find(conn, delivery)
    assert found is not None
    return found


def moved(conn: Connection, job: Job, state: JobState, who: str = ME, **values: Any) -> Job:
    found = jobs.move(conn, who, job, state, **values)
    assert found is not None
    return found


def test_the_same_delivery_twice_is_one_fax_and_one_that_ended_begins_anew(conn: Connection) -> None:
    job = moved(conn, put(conn), JobState.DIALING, attempts=1)
    assert put(conn).state is JobState.DIALING
    ended = moved(conn, job, JobState.FAILED, code="BUSY")
    assert (put(conn).state, put(conn).attempts) == (JobState.QUEUED, 0) and ended.code == "BUSY"


def due(conn: Connection, who: str, now: datetime, account: int = 4, lines: int = 2) -> list[int]:
    return [job.delivery_id for job in jobs.due(conn, who, now, {account: lines})]


def test_only_who_has_the_lease_begins_it_until_that_runs_out(conn: Connection) -> None:
    put(conn, now=NOW)
    assert due(conn, OTHER, NOW) == []
    assert due(conn, ME, NOW) == [1]
    late = NOW + LEASE + timedelta(seconds=1)
    assert due(conn, OTHER, late) == [1]
    jobs.renew(conn, ME, late, [])
    assert due(conn, OTHER, late) == []


def test_what_is_let_go_is_anybodys_at_once(conn: Connection) -> None:
    dialing = moved(conn, put(conn), JobState.DIALING)
    moved(conn, dialing, JobState.QUEUED, **jobs.LET_GO)
    assert due(conn, OTHER, datetime.now(UTC)) == [1]


def test_what_was_under_way_and_no_task_is_at_any_more_lapses(conn: Connection) -> None:
    for delivery in (1, 2):
        moved(conn, moved(conn, put(conn, delivery), JobState.DIALING), JobState.SENDING)
    late = datetime.now(UTC) + LEASE + timedelta(seconds=1)
    jobs.renew(conn, ME, late, [2])
    assert [job.delivery_id for job in jobs.abandoned(conn, late)] == [1]


def test_one_account_with_much_to_send_keeps_no_other_waiting(conn: Connection) -> None:
    for delivery in range(1, 8):
        put(conn, delivery, NOW)
    put(conn, 9, NOW + timedelta(seconds=1), account_id=5)
    later = NOW + timedelta(seconds=2)
    assert [job.delivery_id for job in jobs.due(conn, ME, later, {4: 2, 5: 1})] == [1, 2, 9]
    assert due(conn, ME, later, account=5) == [9]


def test_what_is_too_late_is_not_dialled_any_more(conn: Connection) -> None:
    put(conn, 1, NOW, account_id=6)
    put(conn, 2, NOW, give_up_at=NOW + timedelta(hours=3))
    late = NOW + timedelta(hours=1)
    assert [job.delivery_id for job in jobs.too_late(conn, ME, late)] == [1]
    assert due(conn, ME, late, account=6) == [] and due(conn, ME, late) == [2]


def test_of_two_that_begin_it_one_does(conn: Connection) -> None:
    job = put(conn)
    moved(conn, job, JobState.DIALING)
    assert jobs.move(conn, OTHER, job, JobState.DIALING) is None


def test_what_is_under_way_in_a_process_that_is_gone_is_found(conn: Connection) -> None:
    dialing = moved(conn, put(conn, 1), JobState.DIALING)
    sending = moved(conn, moved(conn, put(conn, 2), JobState.DIALING), JobState.SENDING)
    assert jobs.abandoned(conn, datetime.now(UTC)) == []
    gone = jobs.abandoned(conn, datetime.now(UTC) + LEASE + timedelta(seconds=1))
    assert [job.delivery_id for job in gone] == [dialing.delivery_id, sending.delivery_id]


def test_a_document_is_kept_once_and_as_long_as_a_fax_needs_it(conn: Connection) -> None:
    first, second = put(conn, 1), put(conn, 2)
    assert first.document == second.document and jobs.document(conn, first.document) == b"II"
    moved(conn, moved(conn, first, JobState.DIALING), JobState.FAILED)
    assert jobs.document(conn, second.document) == b"II"
    moved(conn, moved(conn, second, JobState.DIALING), JobState.FAILED)
    assert jobs.keep(conn, b"II", 1) == first.document


def test_who_is_on_the_call_gets_what_waits_for_them(conn: Connection) -> None:
    put(conn, 1)
    put(conn, 2, on_call=True)
    found = jobs.waiting_for(conn, 4, "+8613800138000")
    assert found is not None and found.delivery_id == 2
    assert jobs.waiting_for(conn, 4, "+8613800138001") is None and jobs.waiting_for(conn, 5, found.number) is None


def test_what_is_old_and_over_is_forgotten_and_nothing_else(conn: Connection) -> None:
    put(conn, 1, NOW)
    moved(conn, moved(conn, put(conn, 2, NOW), JobState.DIALING), JobState.FAILED)
    moved(conn, moved(conn, put(conn, 3, NOW + timedelta(days=3)), JobState.DIALING), JobState.FAILED)
    log_book.note(conn, Call(4, "OUT", "+8613800138000", NOW, 1.0, ok=True, code="OK", text=""))
    recipients = [Recipient("+8613800138000")]
    made = rows.create(conn, 4, "Prices", "Su", [], "Page", recipients)
    forget(conn, NOW + timedelta(days=1, hours=2))
    assert [jobs.find(conn, delivery) is None for delivery in (1, 2, 3)] == [False, True, False]
    assert log_book.newest(conn, 4) == [] and rows.recipients_of(conn, made) != []
    rows.turn(conn, made, BroadcastState.CANCELLED)
    forget(conn, datetime.now(UTC) + timedelta(days=1))
    assert rows.recipients_of(conn, made) == []


@pytest.mark.parametrize("state", JobState)
def test_what_has_ended_ends_no_other_way_and_all_the_rest_can_end(state: JobState) -> None:
    reached, more = {state}, {state}
    while more:
        more = {after for each in more for after in NEXT[each]} - reached
        reached |= more
    assert NEXT[state] <= {JobState.QUEUED} if state in ENDS else reached & ENDS
