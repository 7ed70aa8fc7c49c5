"""What supervisors say about routing, and what routing says about itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from hub.api import Medium
from hub.pipeline import demand
from hub.store import interactions
from hub.store import limits as own_limits
from hub.store import work as works
from hub.store.database import Store
from hub.store.tables import events, offers, presence, queue_members, users, work
from hub.store.tables import queues as queue_table
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People


class Office:
    """Sales with its queue, an agent and a supervisor who are ready to take its work."""

    def __init__(self, store: Store, people: People, queue: int, account: int) -> None:
        self.store, self.people, self.queue, self.account = store, people, queue, account

    async def skills(self, login: str, **levels: int) -> None:
        user, admin = self.people.ids.users[login], await self.people.client("admin")
        answer = await admin.put("/routing/skills", json={"users": [{"user": user, "skills": levels}]})
        assert answer.status_code == 200, answer.text

    async def preview(self, **question: Any) -> dict[str, Any]:
        admin = await self.people.client("admin")
        answer = await admin.post("/routing/preview", json={"queue": self.queue, **question})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def waiting(self) -> int:
        return await self.store.write(self._waiting)

    def _waiting(self, tx: Tx) -> int:
        contact = insert_interaction(tx, self.account, self.queue, self.people.ids.sales)
        queue = works.queue(tx.conn, self.queue)
        assert queue is not None
        row = interactions.locked(tx, contact)
        works.enqueue(tx, queue, {"kind": "interaction", "interaction_id": row["id"], "medium": row["medium"]})
        return contact


@pytest.fixture
async def office(people: People, store: Store) -> Office:
    def open_it(tx: Tx) -> tuple[int, int]:
        queue = insert_queue(tx, people.ids.sales, "orders")
        for login in ("agent", "supervisor"):
            user = people.ids.users[login]
            tx.conn.execute(insert(queue_members).values(queue_id=queue, user_id=user))
            tx.conn.execute(insert(presence).values(user_id=user, state="READY", since=tx.now))
        return queue, insert_account(tx, queue, people.ids.sales)

    return Office(store, people, *await store.write(open_it))


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


async def test_a_dry_run_names_who_comes_first_and_why_others_do_not(office: Office) -> None:
    assert sorted(names((await office.preview())["first"])) == ["Agent", "Supervisor"]
    await office.skills("agent", zh=2)
    await office.skills("supervisor", zh=1)
    found = await office.preview(skills={"zh": 2})
    assert names(found["first"]) == ["Agent"]
    assert found["reasons"] == {"LACKS_SKILL": 1, "NOT_IN_QUEUE": 1} and found["skills"] == {"zh": 2}
    (other,) = found["named"]
    assert (other["agent"]["name"], other["reason"], other["lacks"]) == ("Supervisor", "LACKS_SKILL", ["zh"])


async def test_a_dry_run_tries_other_skills_and_what_blocks_what(office: Office) -> None:
    users = office.people.ids.users
    taught = [{"user": users["supervisor"], "skills": {"zh": 2}}]
    assert names((await office.preview(skills={"zh": 2}))["first"]) == []
    assert names((await office.preview(skills={"zh": 2}, taught=taught))["first"]) == ["Supervisor"]
    heavy = {"weights": {"VOICE": 9}, "budget": 1}
    found = await office.preview(blending=heavy)
    assert found["first"] == [] and found["reasons"]["NO_ROOM"] == 2
    head = await office.people.client("head")
    asked = {"queue": office.queue, "taught": [{"user": users["agent"], "skills": {}}]}
    assert (await head.post("/routing/preview", json=asked)).status_code == 404


async def test_a_dry_run_tries_a_change_before_it_is_saved_and_changes_nothing(office: Office) -> None:
    await office.skills("agent", zh=2)
    await office.skills("supervisor", zh=1)
    routing = {"strategy": "MOST_SKILLED", "rings": [{"after": 20, "skills": {"zh": 1}}]}
    question: dict[str, Any] = {"skills": {"zh": 2}, "routing": routing}
    early, late = [await office.preview(**question, waited_seconds=waited) for waited in (5, 25)]
    assert (early["ring"], names(early["first"])) == (0, ["Agent"])
    assert (late["ring"], names(late["first"]), late["skills"]) == (1, ["Agent", "Supervisor"], {"zh": 1})
    stored = await office.store.read(lambda conn: conn.execute(select(queue_table.c.routing)).scalar_one())
    made = await office.store.read(lambda conn: conn.execute(select(offers.c.id)).all())
    assert stored == {} and made == []


async def test_who_waits_is_told_why(office: Office) -> None:
    contact = await office.waiting()
    agent = await office.people.client("agent")
    await agent.put("/me/presence", json={"state": "NOT_READY", "reason": "LUNCH"})
    told = (await agent.get(f"/interactions/{contact}/routing")).json()
    assert told["state"] == "WAITING" and told["offers"] == [] and told["waiting"]["position"] == 1
    reasons = {one["agent"]["name"]: one["reason"] for one in told["waiting"]["named"]}
    assert reasons == {"Agent": "NOT_ROUTABLE", "Supervisor": "REFUSED"}, "the supervisor is being asked"
    # contacts of 300 s are expected, and the supervisor takes five of them at once
    assert told["estimated_wait"] == pytest.approx(60)


async def test_who_waits_for_nobody_is_promised_no_time(office: Office) -> None:
    contact = await office.waiting()
    for login in ("agent", "supervisor"):
        await (await office.people.client(login)).put("/me/presence", json={"state": "NOT_READY", "reason": "LUNCH"})
    told = (await (await office.people.client("agent")).get(f"/interactions/{contact}/routing")).json()
    assert told["waiting"]["position"] == 1 and told["estimated_wait"] is None


async def test_offers_are_told_with_their_reasons(office: Office) -> None:
    contact, user = await office.waiting(), office.people.ids.users["agent"]

    def offered(tx: Tx) -> None:
        row = works.open_for(tx.conn, contact)
        assert row is not None
        mine = {"work_id": row["id"], "interaction_id": contact, "queue_id": office.queue, "user_id": user}
        why = {"strategy": "LONGEST_IDLE", "candidates": 2}
        tx.conn.execute(insert(offers).values(**mine, created_at=tx.now, expires_at=tx.now, explanation=why))
        tx.conn.execute(update(work).where(work.c.id == row["id"]).values(state="OFFERED", user_id=user))

    await office.store.write(offered)
    agent = await office.people.client("agent")
    told = (await agent.get(f"/interactions/{contact}/routing")).json()
    assert told["state"] == "OFFERED" and told["waiting"] is None
    (offer,) = told["offers"]
    assert (offer["agent"]["name"], offer["state"], offer["ended_at"]) == ("Agent", "PENDING", None)
    assert offer["why"] == {"strategy": "LONGEST_IDLE", "candidates": 2}


async def test_a_contact_without_work_has_nothing_to_explain(office: Office) -> None:
    sales = office.people.ids.sales
    contact = await office.store.write(lambda tx: insert_interaction(tx, office.account, office.queue, sales))
    told = (await (await office.people.client("agent")).get(f"/interactions/{contact}/routing")).json()
    assert told == {"state": "NONE", "waiting": None, "estimated_wait": None, "offers": []}


async def test_an_agent_can_only_take_less_than_the_supervisor_gave(office: Office) -> None:
    agent, supervisor = await office.people.client("agent"), await office.people.client("supervisor")
    user = office.people.ids.users["agent"]
    given = await supervisor.put(f"/agents/{user}/limits", json={"limits": {"LIVE_TEXT": 4}})
    assert limits(given) == {"VOICE": 1, "LIVE_TEXT": 4, "DEFERRED": 5}
    refused = await agent.put("/me/limits", json={"limits": {"LIVE_TEXT": 5}})
    assert refused.status_code == 422 and refused.json()["error"]["fields"] == {"limits.LIVE_TEXT": "At most 4."}
    assert limits(await agent.put("/me/limits", json={"limits": {"LIVE_TEXT": 2}}))["LIVE_TEXT"] == 2
    lowered = await supervisor.put(f"/agents/{user}/limits", json={"limits": {"LIVE_TEXT": 1}})
    assert limits(lowered)["LIVE_TEXT"] == 1, "the lower one counts"
    assert limits(await agent.put("/me/limits", json={"limits": {}})) == {"VOICE": 1, "LIVE_TEXT": 1, "DEFERRED": 5}


async def test_limits_are_heard_by_the_router_and_stand_in_the_audit_log(office: Office) -> None:
    user, supervisor = office.people.ids.users["agent"], await office.people.client("supervisor")
    await supervisor.put(f"/agents/{user}/limits", json={"limits": {"VOICE": 2}})
    await (await office.people.client("agent")).put("/me/limits", json={"limits": {"VOICE": 0}})
    told = await office.store.read(lambda conn: conn.execute(select(events.c.type, events.c.user_id)).all())
    assert {("user.changed", user), ("presence.changed", user)} <= {tuple(row) for row in told}
    entries = (await (await office.people.client("admin")).get("/audit?action=limits.given")).json()["items"]
    assert [entry["details"] for entry in entries] == [{"limits": {"VOICE": 2}}]


async def test_what_else_stands_in_a_capacity_survives_new_limits(office: Office) -> None:
    user, supervisor = office.people.ids.users["agent"], await office.people.client("supervisor")
    rich = {"LIVE_TEXT": 2, "channels": {"chat": 1}, "budget": 5}
    await office.store.write(lambda tx: tx.conn.execute(users.update().values(capacity=rich)))
    await supervisor.put(f"/agents/{user}/limits", json={"limits": {"DEFERRED": 9}})
    kept = await office.store.read(
        lambda conn: conn.execute(select(users.c.capacity).where(users.c.id == user)).scalar_one()
    )
    assert kept == {"channels": {"chat": 1}, "budget": 5, "DEFERRED": 9}


async def test_one_sees_how_much_of_each_channel_one_takes_and_what_blocks_it_now(office: Office) -> None:
    agent, user = await office.people.client("agent"), office.people.ids.users["agent"]
    known = {"call": Medium.VOICE, "chat": Medium.LIVE_TEXT, "post": Medium.DEFERRED, "text": Medium.DEFERRED}

    async def rooms() -> list[tuple[str, int, int, bool]]:
        found = await office.store.read(lambda conn: own_limits.channels_for(conn, user, known))
        return [(one.channel, one.used, one.limit, one.takes_more) for one in found]

    await (await office.people.client("admin")).put(
        "/routing/rules", json={"rules": [], "blending": {"channels": {"text": 2}}}
    )
    await agent.put("/me/limits", json={"limits": {"LIVE_TEXT": 1}})
    assert await rooms() == [("call", 0, 1, True), ("chat", 0, 1, True), ("post", 0, 5, True), ("text", 0, 2, True)]
    await office.store.write(lambda tx: hold(tx, office.queue, user, "VOICE", "call"))
    assert await rooms() == [("call", 1, 1, False), ("chat", 0, 1, False), ("post", 0, 5, False), ("text", 0, 2, False)]
    answer = await agent.get("/me/channels")
    assert {one["channel"] for one in answer.json()} == {one["name"] for one in await channels(agent)}


def hold(tx: Tx, queue: int, user: int, medium: str, channel: str) -> None:
    row = {"queue_id": queue, "user_id": user, "medium": medium, "channel": channel, "state": "ASSIGNED"}
    tx.conn.execute(insert(work).values(**row, enqueued_at=tx.now, created_at=tx.now))


async def channels(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/channels")
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_the_skills_of_several_are_set_together_and_only_changes_are_told(office: Office) -> None:
    admin, ids = await office.people.client("admin"), office.people.ids.users
    wanted = [{"user": ids["agent"], "skills": {"zh": 3}}, {"user": ids["other"], "skills": {}}]
    table = (await admin.put("/routing/skills", json={"users": wanted})).json()
    assert table["skills"] == ["zh"]
    assert {row["name"]: row["skills"] for row in table["users"]}["Agent"] == {"zh": 3}
    changed = select(events.c.user_id).where(events.c.type == "user.changed")
    assert await office.store.read(lambda conn: conn.execute(changed).scalars().all()) == [ids["agent"]]


async def test_rules_are_kept_as_they_were_written(office: Office) -> None:
    admin = await office.people.client("admin")
    assert (await admin.get("/routing/rules")).json() == {
        "priority_seconds": 300,
        "preference_seconds": 120,
        "rules": [],
        "blending": None,
    }
    rule = {"name": "VIP", "when": 'customer.attributes.grade == "A"', "queue": office.queue, "priority": 5}
    rule |= {"skills": {"zh": 2}, "agent": "last", "keep_seconds": 30, "attributes": {"tier": "gold"}}
    blending = {
        "blocks": {"VOICE": ["LIVE_TEXT"]},
        "interrupts": {},
        "channels": {"toy": 1},
        "weights": {},
        "budget": 4,
    }
    body = {"priority_seconds": 60, "preference_seconds": 0, "rules": [rule], "blending": blending}
    assert (await admin.put("/routing/rules", json=body)).json() == body
    assert (await admin.put("/routing/rules", json={**body, "blending": None})).json() == body
    assert (await admin.get("/routing/rules")).json() == body
    told = await office.store.read(lambda conn: conn.execute(select(events.c.type)).scalars().all())
    assert "routing.changed" in told


async def test_work_asks_for_what_the_rules_that_hold_say(office: Office) -> None:
    admin, agent = await office.people.client("admin"), office.people.ids.users["agent"]
    rules = [
        {"name": "Far", "when": 'channel == "elsewhere"', "priority": 100},
        {"name": "Here", "when": 'channel == "toy"', "priority": 5, "skills": {"zh": 2}, "agent": "agent"},
        {"name": "Again", "when": "not returning", "priority": 2, "agent": "last"},
    ]
    assert (await admin.put("/routing/rules", json={"rules": rules})).status_code == 200

    def asked(tx: Tx) -> demand.Demand:
        queue = works.queue(tx.conn, office.queue)
        assert queue is not None
        row = interactions.locked(tx, insert_interaction(tx, office.account, office.queue, office.people.ids.sales))
        return demand.of(tx, row, queue, chosen=False)

    found = await office.store.write(asked)
    assert (found.priority, found.skills, found.agent) == (7, {"zh": 2}, agent)
    assert found.rules == ("Here", "Again")


async def test_a_rule_that_is_wrong_is_named_with_the_place(office: Office) -> None:
    admin = await office.people.client("admin")
    wrong = {"name": "B", "when": "grade = 3", "agent": "nobody-here", "attributes": {"placed": "here"}}
    rules = [{"name": "A", "when": "true"}, wrong]
    answer = await admin.put("/routing/rules", json={"rules": rules})
    fields = answer.json()["error"]["fields"]
    assert answer.status_code == 422
    assert fields == {
        "rules.1.when": "at character 7: Write == to compare.",
        "rules.1.agent": "Nobody logs in by this name.",
        "rules.1.attributes": "No attribute can be called 'placed'.",
    }
    unknown = [{"name": "A", "when": "true", "queue": 999_999}]
    assert (await admin.put("/routing/rules", json={"rules": unknown})).status_code == 404


async def test_a_condition_is_checked_as_it_is_typed(office: Office) -> None:
    admin = await office.people.client("admin")
    right, wrong = [
        (await admin.post("/routing/conditions", json={"when": text})).json() for text in ("grade >= 3", "grade = 3")
    ]
    assert right == {"message": "", "code": None, "position": None}
    assert wrong == {"message": "Write == to compare.", "code": "SINGLE_EQUALS", "position": 6}


async def test_the_rules_are_the_whole_sites_so_a_department_cannot_change_them(office: Office) -> None:
    head = await office.people.client("head")
    assert (await head.put("/routing/rules", json={"rules": []})).status_code == 403
    assert (await head.get("/routing/rules")).status_code == 200


def limits(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {each["medium"]: each["limit"] for each in answer.json()}
