"""Canned replies: of some accounts alone, and known to a carrier."""

from __future__ import annotations

from typing import Any

from hub.pipeline import asking
from hub.store.unit import Tx
from hub.web.node import Node
from tests.web.conversations import insert_account, insert_queue
from tests.web.people import People

CODE = {"title": "验证码", "text": "您的验证码是{code}。", "reference": "SMS_4711", "language": "zh"}


def doors(tx: Tx, people: People) -> tuple[int, int, int]:
    """Two accounts of sales and one of service."""
    sales, service = people.ids.sales, people.ids.service
    queues = [insert_queue(tx, sales, "orders"), insert_queue(tx, sales, "repairs"), insert_queue(tx, service, "parts")]
    front, back = (insert_account(tx, queue, sales) for queue in queues[:2])
    return front, back, insert_account(tx, queues[2], service)


async def titles(client: Any, **query: Any) -> list[str]:
    return [found["title"] for found in (await client.get("/templates", params=query)).json()]


async def test_a_template_of_some_accounts_is_offered_for_those_alone(node: Node, people: People) -> None:
    front, back, _ = await node.services.store.write(lambda tx: doors(tx, people))
    admin = await people.client("admin")
    made = (await admin.post("/templates", json={**CODE, "accounts": [front]})).json()
    await admin.post("/templates", json={"title": "Hello", "text": "Hello"})
    assert (made["accounts"], made["reference"]) == ([front], "SMS_4711")
    assert await titles(admin, account=front) == ["验证码", "Hello"]
    assert await titles(admin, account=back) == ["Hello"]
    assert await titles(admin) == ["验证码", "Hello"]
    changed = await admin.patch(f"/templates/{made['id']}", json={"accounts": [], "reference": ""})
    assert (changed.json()["accounts"], changed.json()["reference"]) == ([], "")
    assert await titles(admin, account=back) == ["验证码", "Hello"]


async def test_one_names_only_accounts_that_one_sees(node: Node, people: People) -> None:
    front, _, theirs = await node.services.store.write(lambda tx: doors(tx, people))
    supervisor = await people.client("supervisor")
    mine = {**CODE, "department": people.ids.sales}
    assert (await supervisor.post("/templates", json={**mine, "accounts": [front, theirs]})).status_code == 404
    made = (await supervisor.post("/templates", json={**mine, "accounts": [front]})).json()
    refused = await supervisor.patch(f"/templates/{made['id']}", json={"accounts": [theirs]})
    assert refused.status_code == 404
    assert (await supervisor.get("/templates")).json()[0]["accounts"] == [front]


async def test_a_channel_learns_what_the_carrier_calls_a_text(node: Node, people: People) -> None:
    front, back, _ = await node.services.store.write(lambda tx: doors(tx, people))
    admin = await people.client("admin")
    await admin.post("/templates", json={**CODE, "reference": "", "text": "{all}"})
    await admin.post("/templates", json={**CODE, "accounts": [front]})
    words = "您的验证码是0815。"
    found = await node.services.store.read(lambda conn: asking.template(conn, front, words))
    assert found is not None and (found.reference, found.language, found.values) == ("SMS_4711", "zh", {"code": "0815"})
    assert await node.services.store.read(lambda conn: asking.template(conn, back, words)) is None
    assert await node.services.store.read(lambda conn: asking.template(conn, front, f"{words} Hi")) is None
