"""What administrators do with a site, and what it tells to strangers."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from hub.model.tickets import NewTicket
from hub.store import tickets
from hub.store.database import Store
from hub.store.tables import identities, raws
from hub.store.tables import tickets as table
from hub.store.unit import Tx
from tests.web.belongings import insert_belongings
from tests.web.conversations import insert_customer
from tests.web.people import People


@pytest.fixture
async def question(people: People, store: Store) -> dict[str, str]:
    """The right question about a ticket."""
    return await store.write(a_ticket)


def a_ticket(tx: Tx) -> dict[str, str]:
    customer = insert_customer(tx)
    tx.conn.execute(
        identities.insert().values(customer_id=customer, scheme="tel", value="+8613800138000", created_at=tx.now)
    )
    made = tickets.create_ticket(tx, None, NewTicket(subject="Noise", customer_id=customer))
    serial = tx.conn.execute(select(table.c.serial).where(table.c.id == made)).scalar_one()
    return {"serial": serial, "proof": "8000"}


async def ask(people: People, question: dict[str, str], **other: str) -> httpx.Response:
    return await people.stranger().post("/public/ticket-status", json={**question, **other})


async def test_who_knows_serial_and_number_learns_the_status(people: People, question: dict[str, str]) -> None:
    told = (await ask(people, question)).json()
    assert told["status"] == "NEW" and told["subject"] == "Noise"
    assert set(told) == {"serial", "status", "subject", "updated_at"}


async def test_a_wrong_serial_and_a_wrong_proof_look_alike(people: People, question: dict[str, str]) -> None:
    wrong_proof, wrong_serial = (
        await ask(people, question, proof="0001"),
        await ask(people, question, serial="100000000"),
    )
    assert wrong_proof.status_code == wrong_serial.status_code == 404
    assert wrong_proof.json() == wrong_serial.json()


async def test_guessing_at_a_ticket_is_stopped(people: People, question: dict[str, str]) -> None:
    guessed = [(await ask(people, question, proof=f"{number:04d}")).status_code for number in range(6)]
    assert guessed == [404] * 5 + [429]
    assert (await ask(people, question)).status_code == 429


async def test_an_api_token_acts_for_its_user_until_it_is_deleted(people: People) -> None:
    admin = await people.client("admin")
    made = (await admin.post("/tokens", json={"name": "CRM", "user": people.ids.users["agent"]})).json()
    system = people.stranger()
    system.headers["authorization"] = f"Bearer {made['token']}"
    assert (await system.get("/me")).json()["user"]["login"] == "agent"
    assert (await system.patch("/me", json={"language": "zh"})).status_code == 200
    assert made["token"] not in (await admin.get("/tokens")).text
    assert (await admin.delete(f"/tokens/{made['id']}")).status_code == 204
    assert (await system.get("/me")).status_code == 401


async def test_a_quarantined_input_can_be_read_replayed_and_only_once(people: People, store: Store) -> None:
    things = await store.write(lambda tx: insert_belongings(tx, people.ids))
    supervisor, path = await people.client("supervisor"), f"/quarantine/{things['raw_id']}"
    assert (await supervisor.get(path)).json()["preview"] == "?"
    assert (await supervisor.get(f"{path}/raw")).content == b"?"
    assert (await supervisor.post(f"{path}/replay")).status_code == 204
    assert (await supervisor.post(f"{path}/discard")).status_code == 404
    state = await store.read(lambda conn: conn.execute(select(raws.c.state)).scalar_one())
    assert state == "STORED"


async def test_what_matters_for_security_stands_in_the_audit_log(people: People) -> None:
    admin, agent = await people.client("admin"), people.ids.users["agent"]
    await people.stranger().post("/login", json={"login": "agent", "password": "wrong"})
    await admin.patch(f"/users/{agent}", json={"denied": ["interactions.reply"]})
    await admin.put(f"/agents/{agent}/presence", json={"state": "NOT_READY", "reason": "MEETING"})
    entries = (await admin.get("/audit")).json()["items"]
    assert [entry["action"] for entry in entries] == ["presence.forced", "user.changed", "login.failed", "login"]
    assert entries[1]["details"] == {"fields": ["denied"]} and entries[1]["user_name"] == "Admin"


async def test_a_canned_reply_is_found_by_its_pinyin_initials(people: People) -> None:
    supervisor = await people.client("supervisor")
    reply = {"title": "重置密码", "text": "请点击…", "department": people.ids.sales}
    assert (await supervisor.post("/templates", json=reply)).status_code == 201
    agent = await people.client("agent")
    assert [found["title"] for found in (await agent.get("/templates", params={"q": "czmm"})).json()] == ["重置密码"]
    assert (await (await people.client("other")).get("/templates")).json() == []
