"""What a waiting customer is told of how long it takes, from what the store says of the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from hub.pipeline.waits import Waits
from hub.store.tables import interactions, segments
from hub.store.unit import Tx
from tests.routing.site.office import Office

pytestmark = pytest.mark.slow

HANDLED = timedelta(seconds=120)


def past(tx: Tx, queue: int, interaction: int, contacts: int) -> None:
    """So many contacts of this queue took two minutes each, lately."""
    begun = datetime.now(UTC) - timedelta(minutes=30)
    row = {"interaction_id": interaction, "kind": "AGENT", "queue_id": queue, "state": "DONE", "outcome": "ANSWERED"}
    tx.conn.execute(insert(segments), [{**row, "started_at": begun, "ended_at": begun + HANDLED}] * contacts)


async def told(office: Office, waits: Waits, ahead: int) -> tuple[int, int | None]:
    [row] = await office.rows(interactions)
    found = await office.store.read(lambda conn: waits.estimates(conn, [row], {row["id"]: ahead}))
    return (found[row["id"]].low_seconds, found[row["id"]].high_seconds)


async def test_a_wait_follows_the_queues_pace_its_agents_and_the_place(office: Office) -> None:
    async with office.serve({}):
        await office.says()
        await office.becomes("QUEUED")
        queue = (await office.queues())["desk"]
        assert (await told(office, Waits(), 0))[1] is None, "nobody is there"
        await office.are_ready("ann", "bob")
        await office.has_limits("ann", LIVE_TEXT=0)
        await office.has_limits("bob", LIVE_TEXT=1)
        await office.store.write(lambda tx: past(tx, queue, 1, contacts=95))
        # five contacts of 300 s are taken for granted, so one takes (95 × 120 + 5 × 300) / 100 = 129 s of Bob
        assert await told(office, Waits(), 0) == (120, 300)
        assert await told(office, Waits(), 3) == (300, 600)


async def test_what_was_announced_never_rises_while_one_waits(office: Office) -> None:
    async with office.serve({}):
        await office.says()
        await office.becomes("QUEUED")
        await office.are_ready("ann")
        await office.has_limits("ann", LIVE_TEXT=1)
        waits = Waits()
        first = await told(office, waits, 1)
        assert await told(office, waits, 9) == first
        assert (await told(office, waits, 0))[0] < first[0]
