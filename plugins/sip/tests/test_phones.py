"""Administrators give agents phones: what the page asks of the plugin, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.api import Files, Panel, Request, Response, Route, Viewer
from hub.testing import FakeContext
from plugins.sip import hub_migrations, hub_panels
from plugins.sip.channel import SipChannel
from plugins.sip.phones.phones import Binding, Phones
from plugins.sip.routes import routes
from plugins.sip.settings import SipConnection, SipSettings
from plugins.sip.trunks.registration import Standing
from plugins.sip.wire.digest import Secret

ANN, BO = 7, 8
HEAD = Viewer(9, "Head of service", "en", frozenset({"users.manage"}))
SOON = int((datetime.now(UTC) + timedelta(days=1)).timestamp())  # a run of all tests takes longer than a registration


@dataclass(frozen=True, slots=True)
class Desk:
    """The routes, called as the core would, and the exchange behind them."""

    channel: SipChannel
    context: FakeContext

    @property
    def phones(self) -> Phones:
        return self.channel.exchange.phones

    async def ask(self, method: str, path: str, body: Any = None, user: object = "") -> tuple[int, Any]:
        found = next(
            each
            for each in routes(self.channel)
            if isinstance(each, Route) and (each.method, each.path) == (method, path)
        )
        endpoint: Callable[[Request], Awaitable[Response]] = found.endpoint
        asked = Request(method, path, {"user": str(user)}, {}, {}, json.dumps(body).encode(), "127.0.0.1", "", HEAD)
        answer = await endpoint(asked)
        return answer.status, json.loads(answer.body) if answer.body else None

    async def give(self, user: object, **wanted: Any) -> tuple[int, Any]:
        return await self.ask("PUT", "/phones/{user}", wanted, user)

    async def register(self, username: str) -> None:
        bound = Binding(username, "sip:a@h", "UDP", "192.0.2.9", 5062, "c", 1, "Desk phone", SOON)
        await self.phones.bind(username, [bound], [], 0)

    async def shown(self) -> list[dict[str, Any]]:
        status, said = await self.ask("GET", "/phones")
        assert status == 200
        return cast("list[dict[str, Any]]", said["phones"])


@pytest.fixture
def desk() -> Desk:
    context = FakeContext("sip", SipSettings(port=0), migrations=hub_migrations() / "versions")
    return Desk(SipChannel(context), context)


async def test_who_does_not_manage_an_agent_neither_sees_nor_gives_nor_takes_their_phone(desk: Desk) -> None:
    await desk.give(ANN, username="ann")
    await desk.give(BO, username="bo")
    desk.context.out_of_reach = {BO}
    assert [phone["user_id"] for phone in await desk.shown()] == [ANN]
    tried = [await desk.give(BO, username="mine"), await desk.give(BO, outside="10086")]
    tried += [await desk.ask("DELETE", "/phones/{user}", user=BO)]
    assert [status for status, _ in tried] == [404, 404, 404]
    phone = await desk.phones.of_user(BO)
    assert phone is not None and (phone.username, phone.outside) == ("bo", "")


async def test_a_made_password_is_told_once_and_is_the_one_the_registrar_knows(desk: Desk) -> None:
    status, given = await desk.give(ANN, username="ann")
    phone = await desk.phones.of_user(ANN)
    assert (status, given["username"], given["realm"]) == (200, "ann", "hub")
    assert phone is not None and phone.secret == Secret.of("ann", "hub", given["password"])
    assert given["password"] not in json.dumps(await desk.shown())


async def test_the_list_says_from_where_a_phone_is_registered_and_until_when(desk: Desk) -> None:
    await desk.give(ANN, username="ann")
    await desk.register("ann")
    [shown] = await desk.shown()
    [place] = shown["contacts"]
    assert (place["from"], place["transport"], place["user_agent"]) == ("192.0.2.9:5062", "UDP", "Desk phone")
    assert datetime.fromisoformat(place["until"]).timestamp() == SOON


async def test_another_number_outside_leaves_the_phone_registered(desk: Desk) -> None:
    _, given = await desk.give(ANN, username="ann")
    await desk.register("ann")
    assert await desk.give(ANN, outside="+8613800138000") == (200, {"user_id": ANN, "outside": "+8613800138000"})
    [shown] = await desk.shown()
    assert (shown["outside"], len(shown["contacts"])) == ("+8613800138000", 1)
    phone = await desk.phones.of_user(ANN)
    assert phone is not None and phone.secret == Secret.of("ann", "hub", given["password"])


async def test_a_new_password_ends_the_old_ones_registration(desk: Desk) -> None:
    await desk.give(ANN, username="ann")
    await desk.register("ann")
    await desk.give(ANN, username="ann", outside="10086")
    [shown] = await desk.shown()
    assert (shown["outside"], shown["contacts"]) == ("10086", [])


async def test_a_username_is_one_agents_alone(desk: Desk) -> None:
    await desk.give(ANN, username="ann")
    status, _ = await desk.give(BO, username="ann")
    assert (status, [phone["user_id"] for phone in await desk.shown()]) == (409, [ANN])


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"username": ""}, 422), ({"username": "a b"}, 422), ({"username": None}, 404), ({"username": "x" * 41}, 422),
        ({"username": "ann", "password": "seven77"}, 422), ({"username": "ann", "outside": "1@evil"}, 422),
        ({"outside": "+1"}, 422), ({"outside": "10086"}, 404), ({}, 404),
    ],
)  # fmt: skip
async def test_what_is_no_phone_is_refused_and_nothing_is_kept(desk: Desk, wanted: dict[str, Any], status: int) -> None:
    assert ((await desk.give(ANN, **wanted))[0], await desk.shown()) == (status, [])


async def test_a_phone_is_taken_away_once(desk: Desk) -> None:
    await desk.give(ANN, username="ann")
    gone = [await desk.ask("DELETE", "/phones/{user}", user=user) for user in (ANN, ANN, "ann")]
    assert [status for status, _ in gone] == [204, 404, 404]


async def test_the_status_tells_where_phones_register_and_which_proxies_answer(desk: Desk) -> None:
    settings = SipConnection(registrar=True, proxies=["127.0.0.1:9"])
    proxies = [SimpleNamespace(where="a", down_until=0.0), SimpleNamespace(where="b", down_until=float("inf"))]
    trunk = SimpleNamespace(name="T", port=SimpleNamespace(where="sip://h:1"), settings=settings, proxies=proxies)
    trunk.lost = ["c.example"]
    trunk.registration = SimpleNamespace(standing=Standing.FAILED, error="403 Forbidden")
    desk.channel.exchange.trunks[1] = cast("Any", trunk)
    _, said = await desk.ask("GET", "/status")
    answering = [{"where": "a", "up": True}, {"where": "b", "up": False}, {"where": "c.example", "up": False}]
    [shown] = said["trunks"]
    assert (shown["listens"], shown["registrar"], shown["proxies"]) == ("sip://h:1", True, answering)
    assert shown["registration"] == {"standing": "FAILED", "error": "403 Forbidden"}


def test_each_panel_s_module_is_served_and_defines_its_element(desk: Desk) -> None:
    [files] = [each for each in routes(desk.channel) if isinstance(each, Files)]
    for panel in cast("list[Panel]", hub_panels()):
        module = files.folder / panel.module.removeprefix("/p/sip/static/")
        assert f'customElements.define("{panel.element}"' in module.read_text(encoding="utf-8")
