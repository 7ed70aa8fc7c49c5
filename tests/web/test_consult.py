"""A colleague is brought in: they see it before they accept, and are out of it when it is over."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.pipeline import offer, presence
from hub.pipeline.offer import Proposal
from hub.store import work
from hub.store.database import Store
from hub.store.tables import users
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People


@dataclass(frozen=True)
class Case:
    """A chat of the agent's, in a department the colleague (`other`) has nothing to do with."""

    id: int
    agent: int
    colleague: int
    queue: int


@pytest.fixture
async def case(people: People, store: Store) -> Case:
    return await store.write(lambda tx: _case(tx, people))


def _case(tx: Tx, people: People) -> Case:
    agent, other = people.ids.users["agent"], people.ids.users["other"]
    queue = insert_queue(tx, people.ids.sales, "orders")
    account = insert_account(tx, queue, people.ids.sales)
    made = insert_interaction(tx, account, queue, people.ids.sales, agent_id=agent, state="CONNECTED")
    work.assign(tx, queue, agent, {"kind": "interaction", "interaction_id": made, "medium": "LIVE_TEXT"})
    tx.conn.execute(users.update().where(users.c.id == other).values(capacity={"DEFERRED": 1, "LIVE_TEXT": 1}))
    presence.choose(tx, other, "READY")
    return Case(made, agent, other, queue)


async def _offered(store: Store, case: Case) -> int:
    """The router's part: the consultation is offered to the colleague."""

    def propose(tx: Tx) -> int:
        [asked] = work.open_of(tx.conn, case.id, "consult")
        [made] = offer.make(tx, [Proposal(asked["id"], case.colleague, 30.0, {})])
        assert made is not None
        return made

    return await store.write(propose)


async def test_a_colleague_of_another_department_sees_all_of_it_before_accepting(
    people: People, store: Store, case: Case
) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    assert (await other.get(f"/interactions/{case.id}")).status_code == 404
    asked = await agent.post(f"/interactions/{case.id}/consult", json={"user": case.colleague, "note": "Knows engines"})
    assert asked.json()["state"] == "CONSULTING", asked.text
    offered = await _offered(store, case)
    [shown] = (await other.get("/offers")).json()["items"]
    assert (shown["id"], shown["kind"], shown["interaction"]["id"]) == (offered, "consult", case.id)
    said = (await other.get(f"/interactions/{case.id}/messages")).json()["items"]
    assert "Knows engines" in [message["text"] for message in said]


async def test_it_is_the_colleagues_when_completed_and_the_first_is_free(
    people: People, store: Store, case: Case
) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    await agent.post(f"/interactions/{case.id}/consult", json={"user": case.colleague})
    assert (await agent.post(f"/interactions/{case.id}/consult/complete")).status_code == 409
    await other.post(f"/offers/{await _offered(store, case)}/accept")
    detail = (await agent.get(f"/interactions/{case.id}")).json()
    assert (detail["agent"]["id"], detail["consult"]["user"]["id"]) == (case.agent, case.colleague)
    [mine] = (await other.get("/work-items")).json()["items"]
    assert (mine["kind"], mine["interaction"]) == ("consult", case.id)
    assert (await agent.post(f"/interactions/{case.id}/consult/complete")).status_code == 204
    detail = (await other.get(f"/interactions/{case.id}")).json()
    assert (detail["state"], detail["agent"]["id"], detail["consult"]) == ("CONNECTED", case.colleague, None)
    assert await store.read(lambda conn: work.load_of(conn, case.agent)) == {}
    assert await store.read(lambda conn: work.load_of(conn, case.colleague)) == {"DEFERRED": 1, "toy": 1}


async def test_who_goes_again_sees_it_no_longer_and_the_first_still_has_it(
    people: People, store: Store, case: Case
) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    await agent.post(f"/interactions/{case.id}/consult", json={"user": case.colleague})
    await other.post(f"/offers/{await _offered(store, case)}/accept")
    assert (await agent.post(f"/interactions/{case.id}/consult/join")).json()["state"] == "CONFERENCED"
    assert (await other.post(f"/interactions/{case.id}/consult/leave")).status_code == 204
    assert (await other.get(f"/interactions/{case.id}")).status_code == 404
    detail = (await agent.get(f"/interactions/{case.id}")).json()
    assert (detail["state"], detail["agent"]["id"]) == ("CONNECTED", case.agent)
    assert await store.read(lambda conn: work.load_of(conn, case.colleague)) == {}


async def test_a_refusal_is_told_and_nothing_is_lost(people: People, store: Store, case: Case) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    await agent.post(f"/interactions/{case.id}/consult", json={"user": case.colleague})
    await other.post(f"/offers/{await _offered(store, case)}/reject", json={})
    detail = (await agent.get(f"/interactions/{case.id}")).json()
    assert (detail["state"], detail["agent"]["id"], detail["consult"]) == ("CONNECTED", case.agent, None)


async def test_who_asks_a_whole_queue_is_not_asked_themself(people: People, store: Store, case: Case) -> None:
    agent = await people.client("agent")
    await store.write(lambda tx: presence.choose(tx, case.agent, "READY"))
    await agent.post(f"/interactions/{case.id}/consult", json={"queue": case.queue})
    [asked] = await store.read(lambda conn: work.open_of(conn, case.id, "consult"))
    proposal = Proposal(asked["id"], case.agent, 30.0, {})
    assert await store.write(lambda tx: offer.make(tx, [proposal])) == [None]


async def test_closing_ends_a_consultation_with_it(people: People, store: Store, case: Case) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    await agent.post(f"/interactions/{case.id}/consult", json={"user": case.colleague})
    await other.post(f"/offers/{await _offered(store, case)}/accept")
    assert (await agent.post(f"/interactions/{case.id}/close", json={})).status_code == 200
    assert await store.read(lambda conn: work.load_of(conn, case.colleague)) == {}
    assert await store.read(lambda conn: work.load_of(conn, case.agent)) == {}
