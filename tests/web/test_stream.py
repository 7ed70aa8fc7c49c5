"""The event stream: who hears what, and that nothing is missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hub.store import interactions
from hub.store.database import Store
from hub.store.unit import Tx
from hub.web.fanout import QUEUE, Subscriber
from hub.web.node import Node
from hub.web.sessions import Login
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People, log_in
from tests.web.serving import serving


@pytest.fixture
async def stream_url(people: People, node: Node) -> AsyncIterator[str]:
    """Where the stream is served, on a real socket."""
    async with serving(people.app) as url:
        yield url.replace("http", "ws", 1) + "/api/v1/stream"


async def test_a_token_in_the_first_frame_opens_the_stream(people: People, stream_url: str) -> None:
    async with connect(stream_url) as socket:
        await socket.send(json.dumps({"token": await log_in(people.stranger(), "agent")}))
        assert (await said(socket))["type"] == "hello"


async def test_without_a_login_the_stream_closes(stream_url: str) -> None:
    async with connect(stream_url) as socket:
        await socket.send(json.dumps({"token": "made up"}))
        with pytest.raises(ConnectionClosed):
            await said(socket)
        assert socket.close_code == 4401


async def test_a_page_of_another_origin_cannot_open_it(people: People, stream_url: str) -> None:
    token = await log_in(people.stranger(), "agent")
    headers = {"cookie": f"hub_session={token}"}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(stream_url, additional_headers=headers, origin="https://evil.test"):  # type: ignore[arg-type]  # a NewType
            pass
    assert refused.value.response.status_code == 403


async def test_agents_hear_of_their_department_and_of_no_other(people: People, store: Store, stream_url: str) -> None:
    async with listening(people, stream_url, "agent") as agent, listening(people, stream_url, "other") as other:
        mine = await store.write(lambda tx: a_contact(tx, people.ids.sales))
        theirs = await store.write(lambda tx: a_contact(tx, people.ids.service))
        assert {event["interaction"] for event in await events(agent, 2)} == {mine}
        assert {event["interaction"] for event in await events(other, 2)} == {theirs}


async def test_an_offer_is_told_to_its_agent_and_the_supervisor_alone(
    people: People, store: Store, stream_url: str
) -> None:
    user = people.ids.users["agent"]
    async with (
        listening(people, stream_url, "agent") as agent,
        listening(people, stream_url, "supervisor") as supervisor,
        listening(people, stream_url, "other") as other,
    ):
        await store.write(lambda tx: tx.event("offer.created", user=user, offer=1))
        await store.write(lambda tx: tx.event("customer.changed", customer=1))
        assert [event["type"] for event in await events(agent, 2)] == ["offer.created", "customer.changed"]
        assert [event["type"] for event in await events(supervisor, 2)] == ["offer.created", "customer.changed"]
        assert [event["type"] for event in await events(other, 1)] == ["customer.changed"]


async def test_who_was_away_misses_nothing_and_hears_nothing_twice(
    people: People, store: Store, stream_url: str
) -> None:
    async def write(count: int) -> None:
        for _ in range(count):
            await store.write(lambda tx: tx.event("customer.changed", customer=1))

    async with listening(people, stream_url, "agent") as socket:
        await write(3)
        seen = [event["seq"] for event in await events(socket, 3)]
    await write(5)
    writing = asyncio.create_task(write(40))
    async with listening(people, stream_url, "agent", since=seen[-1]) as socket:
        seen += [event["seq"] for event in await events(socket, 45)]
    await writing
    assert seen == list(range(seen[0], seen[0] + 48))


async def test_who_was_away_too_long_is_told_to_load_anew(people: People, store: Store, stream_url: str) -> None:
    async with listening(people, stream_url, "agent", since=10**9) as socket:
        assert (await said(socket))["type"] == "resync"


async def test_a_transferred_interaction_is_heard_to_leave(people: People, store: Store, stream_url: str) -> None:
    agent, other = people.ids.users["agent"], people.ids.users["other"]
    made = await store.write(lambda tx: a_contact(tx, people.ids.service, agent_id=agent, state="CONNECTED"))
    async with listening(people, stream_url, "agent") as socket:
        await store.write(lambda tx: hand_over(tx, made, other))
        await store.write(lambda tx: hand_over(tx, made, other))
        await store.write(lambda tx: tx.event("customer.changed", customer=1))
        heard = await events(socket, 2)
    assert [(event["type"], event["user"]) for event in heard] == [
        ("interaction.changed", other),
        ("customer.changed", None),
    ]


async def test_a_revoked_session_ends_its_stream(people: People, stream_url: str) -> None:
    admin = await people.client("admin")
    async with listening(people, stream_url, "agent") as socket:
        await admin.patch(f"/users/{people.ids.users['agent']}", json={"enabled": False})
        with pytest.raises(ConnectionClosed):
            await drain(socket)
        assert socket.close_code == 4401


async def test_colleagues_see_who_is_looking_and_typing(people: People, store: Store, stream_url: str) -> None:
    made = await store.write(lambda tx: a_contact(tx, people.ids.sales))
    client = await people.client("supervisor")
    async with (
        listening(people, stream_url, "agent") as agent,
        listening(people, stream_url, "supervisor") as supervisor,
        listening(people, stream_url, "other") as other,
    ):
        await other.send(json.dumps({"type": "viewing", "interaction": made}))
        await agent.send(json.dumps({"type": "viewing", "interaction": made}))
        await agent.send(json.dumps({"type": "typing", "interaction": made, "typing": True}))
        user = {"user": people.ids.users["agent"], "name": "Agent"}
        assert await said(supervisor) == {
            "type": "signal", "kind": "viewing", "interaction": made, "data": {**user, "viewing": True},
        }  # fmt: skip
        assert (await said(supervisor))["data"] == {**user, "typing": True}
        viewers = (await client.get(f"/interactions/{made}/viewers")).json()["items"]
        assert viewers == [{"id": people.ids.users["agent"], "name": "Agent"}]
        await agent.send(json.dumps({"type": "viewing", "interaction": None}))
        assert (await said(supervisor))["data"] == {**user, "viewing": False}
    assert (await client.get(f"/interactions/{made}/viewers")).json()["items"] == []


async def test_a_stream_that_falls_behind_is_told_to_load_anew(people: People, node: Node) -> None:
    login = await node.sessions.find(await log_in(people.stranger(), "agent"))
    assert isinstance(login, Login)
    slow = Subscriber(login, "")
    for number in range(QUEUE + 1):
        slow.put(f"frame {number}", number)
    assert json.loads(slow.frames.get_nowait()) == {"type": "resync", "seq": QUEUE}
    assert slow.frames.empty()


def a_contact(tx: Tx, department: int, **values: Any) -> int:
    queue = insert_queue(tx, department, f"queue-{department}")
    return insert_interaction(tx, insert_account(tx, queue, department), queue, department, **values)


def hand_over(tx: Tx, interaction_id: int, user_id: int) -> None:
    interactions.change(tx, interactions.locked(tx, interaction_id), agent_id=user_id)


@asynccontextmanager
async def listening(people: People, url: str, login: str, since: int | None = None) -> AsyncIterator[ClientConnection]:
    """A stream of this user, past its hello."""
    token = await log_in(people.stranger(), login)
    query = "" if since is None else f"?since={since}"
    async with connect(url + query, additional_headers={"authorization": f"Bearer {token}"}) as socket:
        assert (await said(socket))["type"] == "hello"
        yield socket


async def drain(socket: ClientConnection) -> None:
    while True:
        await said(socket)


async def said(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return frame


async def events(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next events, leaving out what logging in brings along."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        frame = await said(socket)
        assert frame["type"] == "events", frame
        found += [event for event in frame["items"] if event["type"] not in ("presence.changed", "session.ended")]
    assert len(found) == count
    return found
