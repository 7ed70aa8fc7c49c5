"""Logging in, staying in, and being kept out."""

from __future__ import annotations

import httpx
import pytest

from hub.store.database import Store
from hub.store.sessions import token_hash
from hub.store.tables import sessions
from tests.web.people import PASSWORD, People, log_in


async def test_the_token_of_a_login_says_who_is_asking(people: People) -> None:
    agent = await people.client("agent")
    me = (await agent.get("/me")).json()
    assert me["user"]["login"] == "agent" and me["user"]["department"]["name"] == "Sales"
    assert "interactions.reply" in me["user"]["permissions"] and "users.manage" not in me["user"]["permissions"]
    assert me["presence"]["state"] == "NOT_READY"


async def test_only_a_hash_of_the_token_is_kept(people: People, store: Store) -> None:
    token = await log_in(people.stranger(), "agent")
    kept = await store.read(lambda conn: conn.execute(sessions.select()).mappings().one())
    assert kept["token_hash"] == token_hash(token) and token not in str(dict(kept))


async def test_without_a_login_nothing_is_told(people: People) -> None:
    stranger = people.stranger()
    answer = await stranger.get("/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "LOGIN_REQUIRED")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_cookie_alone_reads_but_does_not_change(people: People) -> None:
    browser = await people.browser("agent")
    csrf = (await browser.get("/me")).json()["csrf"]
    refused = await browser.patch("/me", json={"language": "zh"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "CSRF")
    wrong = await browser.patch("/me", json={"language": "zh"}, headers={"x-csrf-token": csrf[::-1]})
    assert wrong.status_code == 403
    taken = await browser.patch("/me", json={"language": "zh"}, headers={"x-csrf-token": csrf})
    assert taken.json()["user"]["language"] == "zh"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(people: People) -> None:
    answer = await people.stranger().post("/login", json={"login": "agent", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie


async def test_a_new_login_ends_the_session_that_came_with_it(people: People) -> None:
    browser = people.stranger()
    before = await log_in(browser, "agent")
    after = await log_in(browser, "agent")
    assert before != after
    assert await status_with(people, before) == 401
    assert await status_with(people, after) == 200


async def test_logging_out_ends_the_session(people: People) -> None:
    agent = await people.client("agent")
    assert (await agent.post("/logout")).status_code == 204
    assert (await agent.get("/me")).status_code == 401


async def test_a_new_password_ends_every_session_but_the_one_it_begins(people: People) -> None:
    elsewhere, here = await people.client("agent"), await people.client("agent")
    answer = await here.put("/me/password", json={"current": PASSWORD, "new": "another long one"})
    assert await status_with(people, answer.json()["token"]) == 200
    assert (await elsewhere.get("/me")).status_code == 401
    assert (await here.get("/me")).status_code == 401
    await log_in(people.stranger(), "agent", "another long one")


async def test_a_change_of_rights_ends_the_users_sessions(people: People) -> None:
    admin, agent = await people.client("admin"), await people.client("agent")
    answer = await admin.patch(f"/users/{people.ids.users['agent']}", json={"denied": ["interactions.reply"]})
    assert answer.status_code == 200
    assert (await agent.get("/me")).status_code == 401
    again = await people.client("agent")
    assert "interactions.reply" not in (await again.get("/me")).json()["user"]["permissions"]


async def test_five_wrong_passwords_lock_the_login_for_everybody(people: People) -> None:
    assert [await attempt(people, "agent", "wrong") for _ in range(5)] == [401] * 5
    answer = await people.stranger().post("/login", json={"login": "agent", "password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "TOO_MANY_REQUESTS")
    assert int(answer.headers["retry-after"]) > 30
    assert await attempt(people, "other", PASSWORD) == 200


async def test_an_unknown_login_is_told_apart_by_nothing(people: People) -> None:
    known = [await attempt(people, "agent", "wrong") for _ in range(6)]
    unknown = [await attempt(people, "no-such-person", "wrong") for _ in range(6)]
    assert known == unknown == [401] * 5 + [429]


@pytest.mark.slow
async def test_a_client_that_tries_many_logins_is_stopped(people: People) -> None:
    tried = [await attempt(people, f"guess{number}", "wrong") for number in range(21)]
    assert tried == [401] * 20 + [429]


async def test_nobody_gives_rights_they_do_not_have(people: People) -> None:
    admin = await people.client("admin")
    boss = {"login": "boss", "name": "Boss", "password": "long enough", "department": people.ids.sales}
    assert (await admin.post("/users", json={**boss, "granted": ["users.manage"]})).status_code == 201
    boss_client = people.stranger()
    token = await log_in(boss_client, "boss", "long enough")
    boss_client.headers["authorization"] = f"Bearer {token}"
    new = {"login": "minion", "name": "Minion", "password": "long enough", "department": people.ids.sales}
    assert (await boss_client.post("/users", json={**new, "roles": ["admin"]})).status_code == 403
    assert (await boss_client.post("/users", json={**new, "department": people.ids.service})).status_code == 404
    assert (await boss_client.patch(f"/users/{people.ids.users['other']}", json={"name": "X"})).status_code == 404


async def attempt(people: People, login: str, password: str) -> int:
    answer = await people.stranger().post("/login", json={"login": login, "password": password})
    return answer.status_code


async def status_with(people: People, token: str) -> int:
    client: httpx.AsyncClient = people.stranger()
    return (await client.get("/me", headers={"authorization": f"Bearer {token}"})).status_code
