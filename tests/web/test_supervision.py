"""A supervisor in somebody's call, over HTTP: audited, told to those who may know, and of one's own departments."""

from __future__ import annotations

import httpx
import pytest

from hub.api import Monitoring
from hub.model.actor import Actor
from hub.model.permissions import BUILT_IN_ROLES
from hub.model.states import OfferState, WorkState
from hub.pipeline.calls import leg, supervision
from hub.pipeline.calls.arrangement import Step
from hub.pipeline.calls.supervision import How
from hub.store import work
from hub.store.database import Store
from hub.store.tables import interactions, offers
from hub.store.unit import Tx
from hub.web.places import Places
from hub.web.visibility import Audience, reach_of
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People


@pytest.fixture
async def call(people: People, store: Store) -> int:
    """The agent talks with a customer."""
    return await store.write(lambda tx: _call(tx, people))


def _call(tx: Tx, people: People) -> int:
    agent, queue = people.ids.users["agent"], insert_queue(tx, people.ids.sales, "orders")
    account = insert_account(tx, queue, people.ids.sales)
    made = insert_interaction(tx, account, queue, people.ids.sales, agent_id=agent, state="CONNECTED")
    tx.conn.execute(interactions.update().where(interactions.c.id == made).values(call=True))
    values = {"kind": "interaction", "interaction_id": made, "medium": "VOICE", "state": WorkState.ASSIGNED}
    held = work.assign(tx, queue, agent, values)
    offered = {"work_id": held, "interaction_id": made, "user_id": agent, "state": OfferState.BRIDGED}
    tx.conn.execute(offers.insert().values(**offered, created_at=tx.now, expires_at=tx.now, ended_at=tx.now))
    return made


async def test_monitoring_and_taking_over_are_audited_and_in_the_live_list(people: People, call: int) -> None:
    supervisor, agent, admin = [await people.client(login) for login in ("supervisor", "agent", "admin")]
    path = f"/interactions/{call}"
    assert (await agent.post(f"{path}/monitor", json={"mode": "LISTEN"})).status_code == 403
    assert (await agent.post(f"{path}/take-over")).status_code == 403
    assert (await agent.get("/calls")).status_code == 403
    whispering = await supervisor.post(f"{path}/monitor", json={"mode": "WHISPER"})
    assert _roles(whispering) == ["AGENT", "SUPERVISOR"], whispering.text
    nobody = await supervisor.post(f"{path}/monitor", json={"mode": "WHISPER", "user": people.ids.users["other"]})
    assert nobody.status_code == 409
    [item] = (await supervisor.get("/calls")).json()["items"]
    assert (item["id"], item["recording"], item["parties"][1]["mode"]) == (call, "OFF", "WHISPER")
    assert (await supervisor.post(f"{path}/record", json={"on": True})).status_code == 200
    assert (await supervisor.post(f"{path}/take-over")).json()["state"] == "OFFERED"
    assert (await supervisor.post(f"{path}/monitor/stop")).status_code == 404
    done = [entry["action"] for entry in (await admin.get("/audit")).json()["items"]]
    assert [action for action in done if action.startswith("call.")] == [
        "call.taken_over",
        "call.recorded",
        "call.monitored",
    ]


async def test_of_silent_monitoring_agents_hear_nothing(people: People, store: Store, call: int) -> None:
    eve = Actor(people.ids.users["supervisor"], "Eve", BUILT_IN_ROLES["supervisor"], None)
    silent = How(Monitoring.LISTEN, visible=False)
    before = store.tail.last
    await store.write(lambda tx: supervision.monitor(tx, eve, call, silent))
    batch = await anext(aiter(store.tail.batches(before)))
    places = Places(store)
    await places.learn(batch)
    agent = Audience(BUILT_IN_ROLES["agent"], None)
    assert [event.type for event in batch] == ["monitor.state"]
    reach = reach_of(batch[0], places)
    assert not agent.hears(reach) and people.ids.users["agent"] not in reach.users
    mine, theirs = await people.client("agent"), await people.client("supervisor")
    assert _roles(await mine.get(f"/interactions/{call}")) == ["AGENT"]
    parties = (await theirs.get(f"/interactions/{call}")).json()["parties"]
    assert [each["role"] for each in parties] == ["AGENT", "SUPERVISOR"]
    hers = parties[1]["leg"]
    assert (await mine.post(f"/interactions/{call}/dismiss", json={"leg": hers})).status_code == 404
    assert _roles(await theirs.get(f"/interactions/{call}")) == ["AGENT", "SUPERVISOR"]
    before = store.tail.last
    await store.write(lambda tx: leg.could_not(tx, call, Step("ring", (hers,)), "UNREACHABLE"))
    told = await anext(aiter(store.tail.batches(before)))
    await places.learn(told)
    assert "monitor.failed" in {event.type for event in told}
    assert not any(agent.hears(reach_of(event, places)) for event in told)


async def test_what_one_does_in_a_call_needs_to_be_in_it(people: People, call: int) -> None:
    agent, supervisor = await people.client("agent"), await people.client("supervisor")
    path = f"/interactions/{call}"
    for action, body in (("mute", {"on": True}), ("park", None), ("dismiss", {"leg": "party:1"})):
        assert (await supervisor.post(f"{path}/{action}", json=body)).status_code == 409, action
    assert (await agent.post(f"{path}/mute", json={"on": True})).json()["parties"][0]["muted"] is True
    assert (await agent.post(f"{path}/dismiss", json={"leg": "party:1"})).status_code == 404
    assert (await agent.post(f"{path}/consult/join")).status_code == 409
    assert (await agent.post(f"{path}/park")).json()["state"] == "PARKED"
    assert (await agent.get("/interactions?state=PARKED")).json()["items"][0]["id"] == call
    assert (await supervisor.post(f"{path}/unpark")).json()["state"] == "OFFERED"


def _roles(answer: httpx.Response) -> list[str]:
    return [party["role"] for party in answer.json()["parties"]]
