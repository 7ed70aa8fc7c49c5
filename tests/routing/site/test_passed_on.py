"""Passing a contact on: to a queue, a skill, a department, a colleague; it keeps its place and all that was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from hub.pipeline.colleagues import transfer
from hub.store.tables import departments, interactions, messages, queues, segments
from hub.store.unit import Tx
from tests.routing.site.office import Office

pytestmark = pytest.mark.slow


async def talk(office: Office) -> int:
    """Ann has the bear, who has said something."""
    await office.are_ready("ann")
    await office.says("My paw hurts")
    found = await office.accepts("ann")
    assert found is not None
    return found


def department_of(tx: Tx, queue: int) -> int:
    """A department that this queue belongs to from now on."""
    made = int(tx.conn.execute(insert(departments).values(name="Back").returning(departments.c.id)).scalar_one())
    tx.conn.execute(update(queues).where(queues.c.id == queue).values(department_id=made))
    return made


@pytest.mark.parametrize("way", ["queue", "skill", "department"])
async def test_whoever_it_is_passed_to_it_keeps_its_first_enqueue_time_and_what_was_said(
    office: Office, way: str
) -> None:
    """asterisk #1990, #759: neither the customer nor the data is lost."""
    async with office.serve({}, eve={"skills": {"paws": 2}, "queues": ["back", "desk"]}):
        contact, ann = await talk(office), office.people["ann"]
        await office.are_ready("bob", "eve")
        back = (await office.queues())["back"]
        match way:
            case "queue":
                await office.store.write(lambda tx: transfer.to_queue(tx, ann, contact, back, "Please look"))
            case "skill":
                await office.store.write(
                    lambda tx: transfer.to_skill(tx, ann, contact, {"paws": 2}, None, "Please look")
                )
            case _:
                team = await office.store.write(lambda tx: department_of(tx, back))
                await office.store.write(lambda tx: transfer.to_department(tx, ann, contact, team, "Please look"))
        assert await office.accepts("eve") == contact
        [row] = await office.rows(interactions)
        first, second = await office.works()
        assert (row["state"], row["agent_id"]) == ("CONNECTED", office.people["eve"].user_id)
        assert first["enqueued_at"] == second["enqueued_at"] == row["enqueued_at"]
        assert [each["text"] for each in await office.rows(messages)] == ["My paw hurts", "Please look"]
        assert "TRANSFERRED" in {each["outcome"] for each in await office.rows(segments)}


async def test_who_gives_up_is_recorded_with_the_time_they_waited(office: Office) -> None:
    async with office.serve({}):
        before = datetime.now(UTC)
        await office.says()
        await office.becomes("QUEUED")
        await office.exchange.say("leg", state="ENDED", cause="hung up")
        await office.becomes("ABANDONED")
        [waited] = await office.rows(segments)
        assert (waited["kind"], waited["outcome"]) == ("QUEUE", "ABANDONED")
        assert before <= waited["started_at"] <= waited["ended_at"] <= before + timedelta(minutes=1)
        assert [row["state"] for row in await office.works()] == ["CANCELLED"]
