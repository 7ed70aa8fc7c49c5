"""A supervisor tries a change of routing on recorded traffic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.pipeline.owner import recording
from hub.pipeline.owner.recording import Cycle
from hub.routing import documents, events
from hub.routing.snapshots import Agent, Snapshot, Work
from hub.store import interactions, journal_rows
from hub.store import work as works
from hub.store.database import Store
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People

START = datetime(2026, 11, 20, 8, tzinfo=UTC)


@dataclass(slots=True)
class Morning:
    """Sales takes orders, service has a desk of its own. One order waited for a minute, then they gave up."""

    people: People
    orders: int
    desk: int
    contact: int
    work: int

    def span(self) -> dict[str, Any]:
        return {"since": START.isoformat(), "until": (START + timedelta(hours=1)).isoformat()}

    async def asked(self, login: str, **tried: Any) -> httpx.Response:
        return await (await self.people.client(login)).post("/routing/replay", json=self.span() | tried)


@pytest.fixture
async def morning(people: People, store: Store) -> Morning:
    def lived(tx: Tx) -> Morning:
        orders, desk = insert_queue(tx, people.ids.sales, "orders"), insert_queue(tx, people.ids.service, "desk")
        account = insert_account(tx, orders, people.ids.sales)
        contact = insert_interaction(tx, account, orders, people.ids.sales)
        queue = works.queue(tx.conn, orders)
        assert queue is not None
        row = interactions.locked(tx, contact)
        number = works.enqueue(tx, queue, {"kind": "interaction", "interaction_id": contact, "medium": row["medium"]})
        other = Agent(people.ids.users["other"], True, (desk,))
        state = Snapshot(agents=(other,), queues=tuple(documents.policy(each, {}, {}) for each in (orders, desk)))
        write(tx, "snapshot", START, recording.snapshot_body(state, {}))
        came, gone = START + timedelta(seconds=10), START + timedelta(seconds=70)
        heard: list[Cycle] = [
            (came, [events.WorkEnqueued(Work(number, orders, "DEFERRED", came))], []),
            (gone, [events.WorkWithdrawn(number)], []),
        ]
        write(tx, "facts", came, recording.cycles_body(heard))
        return Morning(people, orders, desk, contact, number)

    return await store.write(lived)


def write(tx: Tx, kind: str, at: datetime, body: bytes) -> None:
    journal_rows.add(tx, {"node": "a", "kind": kind, "at": at, "body": body}, START - timedelta(days=7))


async def test_a_change_is_tried_on_recorded_traffic_and_each_difference_says_why(morning: Morning) -> None:
    helped = {"queue": morning.orders, "routing": {"rings": [{"after": 20, "queues": [morning.desk]}]}}
    answer = await morning.asked("admin", queues=[helped])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["contacts"], found["as_recorded"], found["differ"], found["full"]) == (1, 1, 1, False)
    [one] = found["differences"]
    assert one["interaction"]["id"] == morning.contact
    assert (one["before"]["ending"], one["before"]["agent"], one["before"]["waited_seconds"]) == ("LEFT", None, 60)
    assert (one["after"]["ending"], one["after"]["agent"]["name"]) == ("ANSWERED", "Other")
    assert (one["after"]["waited_seconds"], one["after"]["why"]["ring"]) == (23, 1)
    [orders] = found["queues"]
    assert (orders["before"]["left"], orders["after"]["answered"]) == (1, 1)
    assert [(each["agent"]["name"], each["before"], each["after"]) for each in found["agents"]] == [("Other", 0, 1)]


async def test_rules_are_tried_before_they_are_saved(morning: Morning) -> None:
    rule = {"name": "Elsewhere", "when": 'channel == "toy"', "queue": morning.desk}
    found = (await morning.asked("admin", rules={"rules": [rule]})).json()
    [one] = found["differences"]
    assert (one["after"]["queue"]["id"], one["after"]["agent"]["name"]) == (morning.desk, "Other")
    admin = await morning.people.client("admin")
    assert (await admin.get("/routing/rules")).json()["rules"] == []
    assert (await morning.asked("admin")).json()["differ"] == 0


async def test_one_queue_can_be_looked_at_alone(morning: Morning) -> None:
    rule = {"name": "Elsewhere", "when": "true", "queue": morning.desk}
    found = (await morning.asked("admin", queue=morning.desk, rules={"rules": [rule]})).json()
    assert [each["queue"]["id"] for each in found["queues"]] == [morning.desk] and found["differ"] == 1


async def test_who_belongs_to_a_department_tries_its_own_queues_and_sees_its_own_contacts(morning: Morning) -> None:
    """`head` is of service: the contact and its queue are of sales."""
    found = (await morning.asked("head", queues=[{"queue": morning.desk, "routing": {}}])).json()
    assert (found["differences"], found["queues"]) == ([], [])
    assert (await morning.asked("head", queues=[{"queue": morning.orders, "routing": {}}])).status_code == 404
    assert (await morning.asked("head", rules={"rules": []})).status_code == 403
    assert (await morning.asked("agent")).status_code == 403


async def test_a_stretch_is_a_day_at_most_and_ends_after_it_begins(morning: Morning) -> None:
    for until in (START, START + timedelta(hours=25)):
        answer = await morning.asked("admin", until=until.isoformat())
        assert answer.status_code == 422 and "until" in answer.json()["error"]["fields"]


async def test_hours_of_which_nothing_is_recorded_have_no_contacts(morning: Morning) -> None:
    early = {"since": (START - timedelta(days=2)).isoformat(), "until": (START - timedelta(days=1)).isoformat()}
    found = (await morning.asked("admin", **early)).json()
    assert (found["contacts"], found["queues"], found["differences"]) == (0, [], [])


async def test_skills_and_what_blocks_what_are_tried_too(morning: Morning) -> None:
    """The one agent of those hours is of service; `head` may not try skills of sales."""
    rule = {"name": "In Chinese", "when": "true", "queue": morning.desk, "skills": {"zh": 1}}
    taught = {"skills": [{"user": morning.people.ids.users["other"], "skills": {"zh": 1}}]}
    heavy = {"weights": {"DEFERRED": 9}, "budget": 1}
    for blending, more, agent in (({}, {}, None), ({}, taught, "Other"), (heavy, taught, None)):
        found = (await morning.asked("admin", rules={"rules": [rule], "blending": blending}, **more)).json()
        after = found["differences"][0]["after"]
        assert (after["agent"] and after["agent"]["name"]) == agent, (blending, more)
    mine = {"skills": [{"user": morning.people.ids.users["agent"], "skills": {}}]}
    assert (await morning.asked("head", **mine)).status_code == 404
