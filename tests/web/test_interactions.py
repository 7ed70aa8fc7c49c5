"""The lists and the conversation an inbox is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub.api import Attachment
from hub.store import blobs, messages
from hub.store import interactions as stored
from hub.store.database import Store
from hub.store.tables import identities
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_customer, insert_interaction, insert_many, insert_queue
from tests.web.people import People


@dataclass(frozen=True)
class Desk:
    """One queue of sales and one of service."""

    sales_queue: int
    service_queue: int
    sales_account: int
    service_account: int


@pytest.fixture
async def desk(people: People, store: Store) -> Desk:
    return await store.write(lambda tx: _desk(tx, people))


def _desk(tx: Tx, people: People) -> Desk:
    sales = insert_queue(tx, people.ids.sales, "orders")
    service = insert_queue(tx, people.ids.service, "repairs")
    accounts = insert_account(tx, sales, people.ids.sales), insert_account(tx, service, people.ids.service)
    return Desk(sales, service, *accounts)


async def test_an_item_says_all_a_list_shows(people: People, store: Store, desk: Desk) -> None:
    customer = await store.write(insert_customer)
    made = await store.write(lambda tx: _one(tx, people, desk, customer_id=customer, subject="Order 7"))
    agent = await people.client("agent")
    item = (await agent.get("/interactions")).json()["items"][0]
    assert item["id"] == made and item["state"] == "QUEUED" and item["subject"] == "Order 7"
    assert item["customer"] == {"id": customer, "name": "Wang Wei"}
    assert item["queue"] == {"id": desk.sales_queue, "key": "orders", "name": "Orders"}
    assert item["last_message"]["text"] == "Where is my order?" and item["unread"] == 1
    assert item["created_at"].endswith("Z")


async def test_other_departments_interactions_do_not_exist(people: People, store: Store, desk: Desk) -> None:
    made = await store.write(lambda tx: _one(tx, people, desk))
    agent, other = await people.client("agent"), await people.client("other")
    for path in ("", "/messages"):
        assert (await agent.get(f"/interactions/{made}{path}")).status_code == 200
        assert (await other.get(f"/interactions/{made}{path}")).status_code == 404
    assert (await other.get("/interactions")).json()["items"] == []


async def test_what_is_mine_is_seen_in_any_department(people: People, store: Store, desk: Desk) -> None:
    other = people.ids.users["other"]
    made = await store.write(lambda tx: _one(tx, people, desk, agent_id=other, state="CONNECTED"))
    client = await people.client("other")
    assert await ids(client, view="mine") == [made]
    assert (await client.get(f"/interactions/{made}")).json()["agent"]["id"] == other


async def test_views_and_filters_narrow_the_list(people: People, store: Store, desk: Desk) -> None:
    agent, supervisor = people.ids.users["agent"], people.ids.users["supervisor"]
    waiting = await store.write(lambda tx: _one(tx, people, desk))
    mine = await store.write(lambda tx: _one(tx, people, desk, agent_id=agent, state="CONNECTED"))
    theirs = await store.write(lambda tx: _one(tx, people, desk, agent_id=supervisor, state="AWAITING_CUSTOMER"))
    closed = await store.write(lambda tx: _closed(tx, people, desk))
    client = await people.client("agent")
    assert await ids(client) == [closed, theirs, mine, waiting]
    assert await ids(client, view="waiting") == [waiting]
    assert await ids(client, view="mine") == [mine]
    assert await ids(client, view="team") == [theirs]
    assert await ids(client, view="unassigned") == [waiting]
    assert await ids(client, state="CLOSED") == [closed]
    assert await ids(client, state="QUEUED,CONNECTED") == [mine, waiting]
    assert await ids(client, queue="orders", view="all") == [closed, theirs, mine, waiting]
    assert await ids(client, queue=str(desk.service_queue)) == []
    assert await ids(client, agent=agent) == [mine]
    counts = (await client.get("/interactions/counts")).json()
    assert counts["views"] == {"mine": 1, "team": 1, "waiting": 1, "unassigned": 1, "all": 3}
    assert counts["queues"] == [{"id": desk.sales_queue, "open": 3, "waiting": 1}]


@pytest.mark.parametrize("view", ["all", "waiting"])
async def test_pages_follow_each_other_without_gap_or_repetition(
    people: People, store: Store, desk: Desk, view: str
) -> None:
    await store.write(lambda tx: insert_many(tx, 25, desk.sales_account, desk.sales_queue, people.ids.sales))
    client = await people.client("agent")
    every = (await client.get("/interactions", params={"view": view, "limit": 200})).json()
    assert every["next"] is None
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/interactions", params={"view": view, "limit": 7, "cursor": cursor})).json()
        seen += page["items"]
        cursor = page["next"]
    assert seen == every["items"] and len(seen) == 25


async def test_messages_come_newest_page_first_and_onwards(people: People, store: Store, desk: Desk) -> None:
    made = await store.write(lambda tx: _with_messages(tx, people, desk, 5))
    client = await people.client("agent")
    newest = (await client.get(f"/interactions/{made}/messages", params={"limit": 2})).json()
    assert [item["position"] for item in newest["items"]] == [4, 5] and newest["next"] == "4"
    older = (await client.get(f"/interactions/{made}/messages", params={"limit": 3, "before": 4})).json()
    assert [item["position"] for item in older["items"]] == [1, 2, 3] and older["next"] is None
    after = (await client.get(f"/interactions/{made}/messages", params={"after": 3})).json()
    assert [item["position"] for item in after["items"]] == [4, 5]
    first = older["items"][0]
    assert first["author"]["kind"] == "customer" and first["direction"] == "INBOUND" and first["delivery"] is None


async def test_who_gives_no_name_as_a_caller_does_is_called_as_their_customer_is(
    people: People, store: Store, desk: Desk
) -> None:
    def rings(tx: Tx) -> int:
        customer = insert_customer(tx, "Emma Clarke")
        made = insert_interaction(tx, desk.sales_account, desk.sales_queue, people.ids.sales, customer_id=customer)
        [identity] = tx.conn.execute(select(identities.c.id).where(identities.c.customer_id == customer)).scalars()
        said = {"kind": "CALL", "author": "", "external_id": "call", "identity_id": identity}
        messages.add(tx, stored.locked(tx, made), messages.INBOUND, said)
        return made

    made = await store.write(rings)
    client = await people.client("agent")
    shown = (await client.get(f"/interactions/{made}/messages")).json()["items"]
    assert [item["author"]["name"] for item in shown] == ["Wang Wei", "Emma Clarke"]


@pytest.mark.parametrize(("said", "text", "file"), [
    ({"text": "The order"}, "The order", ""),
    ({"kind": "FAX"}, "", "order.pdf"),
    ({"kind": "RECORDING"}, "", ""),
])  # fmt: skip
async def test_what_has_no_words_is_listed_by_its_first_file(
    people: People, store: Store, desk: Desk, said: dict[str, str], text: str, file: str
) -> None:
    def comes(tx: Tx) -> int:
        made = _one(tx, people, desk)
        message = messages.add(tx, stored.locked(tx, made), messages.INBOUND, said)
        for name in ("order.pdf", "order.tiff"):
            blobs.attach(tx, message["id"], Attachment(name, "application/octet-stream", b"%"))
        return made

    made = await store.write(comes)
    last = (await (await people.client("agent")).get(f"/interactions/{made}")).json()["last_message"]
    assert (last["text"], last["file"]) == (text, file)


async def test_html_is_shown_without_anything_that_acts(people: People, store: Store, desk: Desk) -> None:
    html = '<p onclick="x()">Hi <b>you</b><script>alert(1)</script><img src="cid:pic"><a href="javascript:x">go</a></p>'
    made = await store.write(lambda tx: _with_html(tx, people, desk, html))
    client = await people.client("agent")
    shown = await client.get(f"/messages/{made}/html")
    assert "<b>you</b>" in shown.text
    assert not any(bad in shown.text for bad in ("script", "onclick", "javascript"))
    assert "sandbox" in shown.headers["content-security-policy"]
    assert (await (await people.client("other")).get(f"/messages/{made}/html")).status_code == 404


async def test_an_upload_is_its_users_alone_and_svg_is_never_shown_in_place(people: People) -> None:
    agent, colleague = await people.client("agent"), await people.client("supervisor")
    made = await agent.post("/uploads", files={"file": ("图 1.svg", b"<svg onload='x'/>", "image/svg+xml")})
    assert made.status_code == 201 and made.json()["name"] == "图 1.svg"
    path = f"/attachments/{made.json()['id']}"
    mine = await agent.get(path)
    assert mine.content == b"<svg onload='x'/>" and mine.headers["content-type"] == "application/octet-stream"
    assert mine.headers["content-disposition"].startswith("attachment")
    assert (await colleague.get(path)).status_code == 404


def _one(tx: Tx, people: People, desk: Desk, **values: Any) -> int:
    return insert_interaction(tx, desk.sales_account, desk.sales_queue, people.ids.sales, **values)


def _closed(tx: Tx, people: People, desk: Desk) -> int:
    return _one(tx, people, desk, state="CLOSED", closed_at=tx.now)


def _with_messages(tx: Tx, people: People, desk: Desk, count: int) -> int:
    made = _one(tx, people, desk)
    row = stored.locked(tx, made)
    for number in range(2, count + 1):
        messages.add(tx, row, messages.INBOUND, {"text": f"message {number}"})
    return made


def _with_html(tx: Tx, people: People, desk: Desk, html: str) -> int:
    row = stored.locked(tx, _one(tx, people, desk))
    return int(messages.add(tx, row, messages.INBOUND, {"text": "Hi you", "html": html})["id"])


async def ids(client: httpx.AsyncClient, **query: Any) -> list[int]:
    answer = await client.get("/interactions", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]
