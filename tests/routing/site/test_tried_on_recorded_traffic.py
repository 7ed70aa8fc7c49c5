"""A change of routing tried on what a real site recorded: on both databases, from the journal as it is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.pipeline.owner import retold
from hub.pipeline.owner.retold import Proposal, Recorded, Retold
from hub.routing.retelling.courses import Ending
from hub.store import work
from hub.store.unit import Tx
from tests.routing.site.office import Office

pytestmark = pytest.mark.slow


async def record(office: Office) -> None:
    """The bear is Bob's, who is the only one there; the fox waits in vain until the site stops. At the back Eve is
    asked to do something else: whoever decided that has heard of all before."""
    async with office.serve({}):
        await office.are_ready("bob", "eve")
        await office.has_limits("bob", LIVE_TEXT=1)
        await office.says()
        await office.accepts("bob")
        await office.says(who="fox", session="s2")
        await office.until("work.enqueued", lambda event: event.interaction_id == 2)
        back = (await office.queues())["back"]
        await office.store.write(lambda tx: errand(tx, back))
        await office.offered_to("eve")


def errand(tx: Tx, queue_id: int) -> None:
    queue = work.queue(tx.conn, queue_id)
    assert queue is not None
    work.enqueue(tx, queue, {"kind": "errand", "medium": "DEFERRED"})


async def tried(office: Office, proposal: Proposal) -> tuple[Recorded, Retold]:
    until = datetime.now(UTC) + timedelta(minutes=1)
    since = until - timedelta(hours=1)
    journal = await office.store.read(lambda conn: retold.rows(conn, since, until))
    told = retold.recorded(journal, since, until)
    works = await office.store.read(lambda conn: retold.works(conn, told, proposal))
    return told, retold.compare(told, proposal, works)


async def test_nothing_differs_when_nothing_is_changed(office: Office) -> None:
    await record(office)
    async with office:
        told, found = await tried(office, Proposal())
    assert (len(told.stretch.contacts), found.as_recorded) == (3, 3)
    assert found.comparison.differing == []


async def test_a_rule_that_is_not_saved_sends_the_bear_to_the_other_team(office: Office) -> None:
    await record(office)
    async with office:
        queues = await office.queues()
        rule = {"name": "Bears", "when": 'customer.name == "Bear" and not returning', "queue": queues["back"]}
        _, found = await tried(office, Proposal(settings={"rules": [rule]}))
        bob, eve = (each.user_id for each in office.agents("bob", "eve"))
    moved = [(old.agent, new.agent, new.queue) for old, new in found.comparison.differing if old.agent == bob]
    assert moved == [(bob, eve, queues["back"])]
    before, after = found.comparison.queues[queues["back"]]
    assert (before.offered, after.offered) == (1, 2)


async def test_keeping_for_the_last_agent_is_tried_by_what_was_known_then(office: Office) -> None:
    """The bear had nobody before, so nothing is kept for anybody, though Bob had him since."""
    await record(office)
    async with office:
        queues = await office.queues()
        _, found = await tried(office, Proposal(routing={queues["desk"]: {"last_agent_seconds": 60}}))
    assert all(new.why is None or not new.why.own for _, new in found.comparison.differing)


async def test_a_ring_that_is_not_saved_would_have_brought_the_other_team(office: Office) -> None:
    await record(office)
    async with office:
        queues = await office.queues()
        ring = {"after": 0, "queues": [queues["back"]]}
        _, found = await tried(office, Proposal(routing={queues["desk"]: {"rings": [ring]}}))
        eve = office.people["eve"].user_id
    [(old, new)] = [pair for pair in found.comparison.differing if pair[1].agent == eve]
    assert (old.work, new.ending, new.queue) == (2, Ending.ANSWERED, queues["desk"])
    assert old.ending is Ending.WAITING and new.waited < old.waited
