"""The access matrix, made from the OpenAPI document: every operation, asked by everybody, about things of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline.asking import seen_accounts
from hub.store.database import Store
from hub.store.users import load_actor, managed
from tests.web.belongings import WORD, insert_belongings
from tests.web.conversations import insert_account
from tests.web.people import People

pytestmark = pytest.mark.slow

NAME = re.compile(r"\{([a-z_]+)\}")
# what stands in a path and is the whole site's: the permission alone decides
SITE_WIDE = {"customer_id", "identity_id", "asset_id", "merge_id", "connection_id", "role_id", "webhook_id"}
ABSENT = 999_999_999
FILE = {"file": ("a.csv", b"name\n", "text/csv")}
ROLES = {"admin": "admin", "supervisor": "supervisor", "agent": "agent", "other": "agent", "head": "admin"}
SPAN = {"since": "2026-11-21T08:00:00Z", "until": "2026-11-21T09:00:00Z"}
# the smallest right body of each operation that needs one
BODIES: dict[str, Any] = {
    "PUT /me/password": {"current": "x", "new": "long enough"},
    "PUT /me/presence": {"state": "NOT_READY"},
    "POST /interactions": {"account": ABSENT, "to": {"scheme": "toy", "value": "w"}, "text": "hi"},
    "POST /interactions/{interaction_id}/transfer": {"queue": "orders"},
    "POST /calls": {"account": ABSENT, "to": {"scheme": "toy", "value": "w"}},
    "POST /interactions/{interaction_id}/keys": {"keys": "1"},
    "POST /interactions/{interaction_id}/pass-out": {"to": {"scheme": "toy", "value": "w"}},
    "POST /interactions/{interaction_id}/mute": {"on": True},
    "POST /interactions/{interaction_id}/record": {"on": True},
    "POST /interactions/{interaction_id}/invite": {"to": {"scheme": "toy", "value": "w"}},
    "POST /interactions/{interaction_id}/dismiss": {"leg": "party:1"},
    "POST /interactions/{interaction_id}/monitor": {"mode": "LISTEN"},
    "POST /interactions/{interaction_id}/consult": {"note": "?"},
    "POST /interactions/{interaction_id}/snooze": {"until": "2999-01-01T00:00:00Z"},
    "POST /interactions/{interaction_id}/typing": {"typing": True},
    "POST /tickets/{ticket_id}/interactions": {"interaction": ABSENT},
    "POST /customers/{customer_id}/identities": {"scheme": "toy", "value": "w"},
    "POST /customers/{customer_id}/assets": {"type": "car"},
    "POST /customers/merge/preview": {"keep": ABSENT, "gone": ABSENT},
    "POST /customers/merge": {"keep": ABSENT, "gone": ABSENT},
    "POST /asset-types": {"key": "car", "fields": []},
    "POST /queues": {"key": "new", "name": "New"},
    "PUT /queues/{queue_id}/members": {"members": []},
    "PUT /agents/{user_id}/presence": {"state": "NOT_READY"},
    "PUT /agents/{user_id}/limits": {"limits": {}},
    "PUT /me/limits": {"limits": {}},
    "PUT /me/own-box": {"enabled": False},
    "PUT /users/{user_id}/own-box": {"enabled": False},
    "POST /routing/preview": {"queue": ABSENT},
    "POST /routing/replay": SPAN,
    "POST /routing/conditions": {"when": "true"},
    "PUT /routing/skills": {"users": []},
    "POST /users": {"login": "new", "name": "New", "password": "long enough"},
    "POST /roles": {"name": "New", "permissions": []},
    "PATCH /roles/{role_id}": {"permissions": []},
    "POST /departments": {"name": "New"},
    "POST /connections": {"channel": "none", "name": "New"},
    "POST /accounts": {"channel": "none", "name": "New", "scheme": "toy", "address": "x"},
    "POST /templates": {"title": "New", "text": "New"},
    "POST /tokens": {"name": "New"},
    "POST /webhooks": {"url": "http://hook.test/"},
}
# things of another department named in a body
SMUGGLED: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/tickets", {"department": "department_id"}),
    ("POST", "/tickets", {"assignee": "user_id", "department": "department_id"}),
    ("POST", "/interactions", {"account": "account_id", "to": {"scheme": "toy", "value": "w"}, "text": "hi"}),
    ("POST", "/calls", {"account": "account_id", "to": {"scheme": "toy", "value": "w"}}),
    ("POST", "/callbacks", {"account": "account_id", "to": {"scheme": "toy", "value": "w"}}),
    ("POST", "/callbacks", {"queue": "queue_id", "to": {"scheme": "toy", "value": "w"}}),
    ("POST", "/users", {"login": "n", "name": "N", "password": "long enough", "department": "department_id"}),
    ("POST", "/departments", {"name": "N", "parent": "department_id"}),
    ("POST", "/queues", {"key": "n", "name": "N", "department": "department_id"}),
    ("POST", "/templates", {"title": "N", "text": "N", "department": "department_id"}),
    ("POST", "/tokens", {"name": "N", "user": "user_id"}),
    ("POST", "/routing/preview", {"queue": "queue_id"}),
    ("POST", "/routing/replay", {**SPAN, "queue": "queue_id"}),
    ("POST", "/routing/replay", {**SPAN, "queues": [{"queue": "queue_id", "routing": {}}]}),
    ("PUT", "/routing/skills", {"users": [{"user": "user_id", "skills": {}}]}),
]
LISTS = {
    "/interactions": "interaction_id",
    "/interactions?view=waiting": "interaction_id",
    f"/interactions?q={WORD}": "interaction_id",
    "/tickets": "ticket_id",
    f"/tickets?q={WORD}": "ticket_id",
    "/queues": "queue_id",
    "/accounts": "account_id",
    "/users": "user_id",
    "/agents": "user_id",
    "/offers": "offer_id",
    "/callbacks": "callback_id",
    "/voicemails": "voicemail_id",
    "/quarantine": "raw_id",
    "/templates": "template_id",
    "/tokens": "token_id",
    "/departments": "department_id",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    permission: str | None
    public: bool
    form: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        return NAME.findall(self.path)

    async def ask(self, client: httpx.AsyncClient, ids: dict[str, int]) -> httpx.Response:
        path = NAME.sub(lambda found: str(ids.get(found[1], ABSENT)), self.path)
        body = {"files": FILE} if self.form else {"json": BODIES.get(self.name, {})}
        return await client.request(self.method, path, **({} if self.method in ("GET", "DELETE") else body))


@dataclass(frozen=True)
class Site:
    """The operations, the people, and what sales has."""

    operations: list[Operation]
    people: People
    things: dict[str, int]

    async def clients(self) -> dict[str, httpx.AsyncClient]:
        return {login: await self.people.client(login) for login in ROLES}


@pytest.fixture(scope="session")
def documented() -> list[Operation]:
    """All operations, once a site was asked: every site has the same, and writing its document takes a second."""
    return []


@pytest.fixture
async def site(people: People, store: Store, documented: list[Operation]) -> Site:
    if not documented:
        documented += operations((await people.stranger().get("/openapi.json")).json())
    things = await store.write(lambda tx: insert_belongings(tx, people.ids))
    return Site(documented, people, things)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            form = "multipart/form-data" in described.get("requestBody", {}).get("content", {})
            public = "security" not in described
            yield Operation(method.upper(), path, described.get("x-permission"), public, form)


async def test_nobody_gets_anywhere_without_a_login(site: Site) -> None:
    stranger = site.people.stranger()
    guarded = [one for one in site.operations if not one.public]
    answers = {one.name: (await one.ask(stranger, site.things)).status_code for one in guarded}
    assert len(answers) > 100 and set(answers.values()) == {401}, wrong(answers, 401)


async def test_what_is_public_is_known(site: Site) -> None:
    assert {one.name for one in site.operations if one.public} == {"POST /login", "POST /public/ticket-status"}


@pytest.mark.parametrize("login", ["nobody", *ROLES])
async def test_without_its_permission_an_operation_is_forbidden(site: Site, login: str) -> None:
    client = await site.people.client(login)
    permissions = BUILT_IN_ROLES[ROLES[login]] if login in ROLES else frozenset()
    denied = [one for one in site.operations if one.permission and one.permission not in permissions]
    answers = {one.name: (await one.ask(client, site.things)).status_code for one in denied}
    assert set(answers.values()) <= {403}, wrong(answers, 403)
    assert bool(denied) == (login not in ("admin", "head"))


async def test_every_id_in_a_path_is_a_departments_or_the_whole_sites(site: Site) -> None:
    named = {name for one in site.operations for name in one.ids}
    assert named == SITE_WIDE | site.things.keys()


@pytest.mark.parametrize("login", ["other", "head"])
async def test_things_of_another_department_do_not_exist(site: Site, login: str) -> None:
    client, permissions = await site.people.client(login), BUILT_IN_ROLES[ROLES[login]]
    asked = [one for one in site.operations if set(one.ids) & site.things.keys()]
    allowed = [one for one in asked if one.permission in permissions]
    answers = {one.name: (await one.ask(client, site.things)).status_code for one in allowed}
    assert len(answers) > 20 and set(answers.values()) == {404}, wrong(answers, 404)


async def test_what_is_absent_is_not_found_for_who_may_do_everything(site: Site) -> None:
    admin = await site.people.client("admin")
    asked = [one for one in site.operations if one.ids]
    answers = {one.name: (await one.ask(admin, {})).status_code for one in asked}
    assert set(answers.values()) == {404}, wrong(answers, 404)


async def test_the_same_things_exist_for_their_own_department(site: Site) -> None:
    """So that the 404 of the others says something."""
    admin = await site.people.client("admin")
    asked = [one for one in site.operations if one.method == "GET" and set(one.ids) & site.things.keys()]
    answers = {one.name: (await one.ask(admin, site.things)).status_code for one in asked}
    assert len(answers) > 10 and set(answers.values()) == {200}, wrong(answers, 200)


@pytest.mark.parametrize("login", ["other", "head"])
async def test_things_of_another_department_cannot_be_named_in_a_body(site: Site, login: str) -> None:
    client, permissions = await site.people.client(login), BUILT_IN_ROLES[ROLES[login]]
    by_name = {one.name: one for one in site.operations}
    for method, path, template in SMUGGLED:
        body = filled(template, site.things)
        expected = 404 if by_name[f"{method} {path}"].permission in permissions else 403
        answer = await client.request(method, path, json=body)
        assert answer.status_code == expected, (method, path, body, answer.text)


@pytest.mark.parametrize("login", ["other", "head"])
async def test_lists_and_search_show_nothing_of_another_department(site: Site, login: str) -> None:
    admin, client = await site.people.client("admin"), await site.people.client(login)
    for path, name in LISTS.items():
        answer = await client.get(path)
        assert answer.status_code == 403 or site.things[name] not in listed(answer), (path, answer.text)
        if path not in ("/offers",):
            assert site.things[name] in listed(await admin.get(path)), path
    assert (await client.get(f"/search?q={WORD}")).json()["items"] == []
    assert {hit["kind"] for hit in (await admin.get(f"/search?q={WORD}")).json()["items"]} == {"ticket", "message"}
    assert (await client.get("/interactions/counts")).json()["views"]["all"] == 0


@pytest.mark.parametrize("login", ["nobody", *ROLES])
async def test_a_plugin_is_told_that_one_manages_whom_the_users_own_route_lets_one_change(
    site: Site, store: Store, login: str
) -> None:
    client, ids = await site.people.client(login), site.people.ids.users
    answers = {one: await client.patch(f"/users/{ids[one]}", json={"name": one}) for one in ids}
    changed = {ids[one] for one, answer in answers.items() if answer.status_code == 200}
    actor = await store.read(lambda conn: load_actor(conn, ids[login]))
    assert actor is not None
    assert await store.read(lambda conn: managed(conn, actor, ids.values())) == changed
    assert (ids["other"] in changed) == (login in ("admin", "head"))


@pytest.mark.parametrize("login", ["nobody", *ROLES])
async def test_a_plugin_is_told_that_one_sees_the_accounts_of_ones_departments(
    site: Site, store: Store, login: str
) -> None:
    ids, sales = site.people.ids, site.things["account_id"]
    queue, of = site.things["queue_id"], (ids.service, None)
    service, nobodys = await store.write(lambda tx: [insert_account(tx, queue, each, f"of {each}") for each in of])
    seen = await store.read(lambda conn: seen_accounts(conn, ids.users[login], [sales, service, nobodys, ABSENT]))
    of_both = {"admin": {sales, service}, "other": {service}, "head": {service}}
    assert seen == of_both.get(login, {sales}) | {nobodys}
    assert not await store.read(lambda conn: seen_accounts(conn, ABSENT, [sales, nobodys])), (
        "who is no more sees nothing"
    )


async def test_logging_out_is_for_everybody(site: Site) -> None:
    for login in ("nobody", "agent"):
        assert (await (await site.people.client(login)).post("/logout")).status_code == 204


def listed(answer: httpx.Response) -> list[int]:
    body = answer.json()
    return [item["id"] for item in (body["items"] if isinstance(body, dict) else body)]


def filled(template: Any, things: dict[str, int]) -> Any:
    """The template with ids in the place of their names."""
    if isinstance(template, dict):
        return {key: filled(value, things) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, things) for value in template]
    return things.get(template, template) if isinstance(template, str) else template


def wrong(answers: dict[str, int], expected: int) -> dict[str, int]:
    return {name: status for name, status in answers.items() if status != expected}
