"""What plugins declare is served, behind login unless public, and a failure stays the plugin's own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hub.api import Files, Overloaded, Request, Response, Route, WebSocket, WebSocketRoute
from hub.plugin.record import Plugin, PluginState
from hub.web import plugin_routes
from hub.web.app import create_app
from hub.web.node import Node
from hub.web.services import Services
from tests.web.people import People, insert_people
from tests.web.serving import serving


async def echo(request: Request) -> Response:
    viewer = request.viewer.name if request.viewer else "nobody"
    said = f"{request.params.get('account', '')} {request.body.decode()} by {viewer}"
    return Response(said.encode(), media_type="text/plain")


async def broken(request: Request) -> Response:
    raise LookupError("a mistake in the plugin")


async def answer(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        text = await socket.receive()
        if text == "break":
            raise LookupError("a mistake in the plugin")
        await socket.send(f"{socket.params['account']}: {text}")


async def troubled(socket: WebSocket) -> None:
    if socket.params["account"] == "late":
        await socket.accept()
    raise Overloaded if socket.query.get("trouble") == "busy" else LookupError("a mistake in the plugin")


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send(socket.viewer.name if socket.viewer else "nobody")
    await socket.receive()


@pytest.fixture
def plugin(services: Services, tmp_path: Path) -> Plugin:
    """A plugin with a route of each kind."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "widget.js").write_text("1")
    (tmp_path / "secret.txt").write_text("no")
    made = Plugin("toy", PluginState.LOADED)
    services.registry.plugins.add(made)
    services.registry.routes["toy"] = [
        Route("POST", "/{account}/inbound", echo, public=True, channel="toy", max_body=10),
        Route("GET", "/page", echo),
        Route("POST", "/page", echo),
        Route("GET", "/admin", echo, permission="plugins.manage"),
        Route("GET", "/broken", broken, public=True),
        WebSocketRoute("/{account}/ws", answer, channel="toy"),
        WebSocketRoute("/{account}/trouble", troubled, channel="toy"),
        WebSocketRoute("/desk", greet, login=True),
        WebSocketRoute("/office", greet, login=True, permission="plugins.manage"),
        Files("/static/", tmp_path / "files"),
    ]
    return made


@pytest.fixture
async def site(plugin: Plugin, node: Node) -> People:
    """People of a site with the plugin; addresses are from the root."""
    ids = await node.services.store.write(insert_people)
    return People(create_app(node.services, node), ids)


@pytest.fixture
async def socket_url(site: People) -> AsyncIterator[str]:
    async with serving(site.app) as url:
        yield url.replace("http", "ws", 1) + "/c/toy/7/ws"


async def test_a_webhook_of_a_channel_is_public_and_bounded(site: People) -> None:
    stranger = site.stranger()
    taken = await stranger.post("http://hub.test/c/toy/7/inbound", content=b"hello")
    assert taken.text == "7 hello by nobody"
    refused = await stranger.post("http://hub.test/c/toy/7/inbound", content=b"hello hello hello")
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "BODY_TOO_LARGE")


async def test_other_routes_are_behind_login_csrf_and_permission(site: People) -> None:
    page = "http://hub.test/p/toy/page"
    assert (await site.stranger().get(page)).status_code == 401
    agent = await site.client("agent")
    assert (await agent.get(page)).text.strip() == "by Agent"
    assert (await (await site.browser("agent")).post(page)).json()["error"]["code"] == "CSRF"
    assert (await agent.get("http://hub.test/p/toy/admin")).status_code == 403
    assert (await (await site.client("admin")).get("http://hub.test/p/toy/admin")).status_code == 200


async def test_a_broken_route_is_counted_and_answered(site: People, plugin: Plugin) -> None:
    answered = await site.stranger().get("http://hub.test/p/toy/broken")
    assert (answered.status_code, answered.json()["error"]["code"]) == (500, "INTERNAL")
    assert plugin.faults == 1


async def test_files_are_served_and_nothing_beside_them(site: People) -> None:
    stranger = site.stranger()
    served = await stranger.get("http://hub.test/p/toy/static/widget.js")
    assert served.text == "1" and "javascript" in served.headers["content-type"]
    assert (await stranger.get("http://hub.test/p/toy/static/..%2fsecret.txt")).status_code == 404


async def test_a_websocket_speaks_and_a_broken_one_is_closed(socket_url: str, plugin: Plugin) -> None:
    async with connect(socket_url) as socket:
        await socket.send("hi")
        assert await asyncio.wait_for(socket.recv(), 5) == "7: hi"
        await socket.send("break")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
        assert socket.close_code == 1011
    assert plugin.faults == 1


@pytest.mark.parametrize(("trouble", "status", "faults"), [("busy", 503, 0), ("mistake", 500, 1)])
async def test_a_handshake_that_fails_is_no_refusal(
    socket_url: str, plugin: Plugin, trouble: str, status: int, faults: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(socket_url.replace("/7/ws", f"/early/trouble?trouble={trouble}"))
    answered = refused.value.response
    assert (answered.status_code, plugin.faults) == (status, faults)
    assert ("retry-after" in answered.headers) == (status == 503)


async def test_a_websocket_that_meets_a_busy_hub_is_told_to_come_back(socket_url: str, plugin: Plugin) -> None:
    async with connect(socket_url.replace("/7/ws", "/late/trouble?trouble=busy")) as socket:
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
    assert (socket.close_code, plugin.faults) == (1013, 0)


async def test_a_websocket_behind_login_knows_who_opened_it(site: People, socket_url: str) -> None:
    desk = socket_url.replace("/c/toy/7/ws", "/p/toy/desk")
    mine = {"authorization": (await site.client("agent")).headers["authorization"]}
    async with connect(desk, additional_headers=mine) as socket:
        assert await asyncio.wait_for(socket.recv(), 5) == "Agent"
    refused = [(desk, {}, 401), (desk, {**mine, "origin": "https://elsewhere.example"}, 403)]
    for url, headers, status in [*refused, (desk.replace("desk", "office"), mine, 403)]:
        with pytest.raises(InvalidStatus) as answered:
            await connect(url, additional_headers=headers)
        assert answered.value.response.status_code == status


async def looked_at_in_vain(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, as the database is away."""
    looks, twice = itertools.count(1), asyncio.Event()

    async def away(token: str) -> None:
        if next(looks) == 2:
            twice.set()
        raise Overloaded

    with monkeypatch.context() as patched:
        patched.setattr(node.sessions, "find", away)
        await asyncio.wait_for(twice.wait(), 5)


async def test_a_websocket_ends_with_the_login_of_who_opened_it_and_outlives_a_database_that_is_away(
    site: People, socket_url: str, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_routes, "LOOKED_AT_EVERY", 0.05)
    agent = await site.client("agent")
    mine = {"authorization": agent.headers["authorization"]}
    async with connect(socket_url.replace("/c/toy/7/ws", "/p/toy/desk"), additional_headers=mine) as socket:
        assert await asyncio.wait_for(socket.recv(), 5) == "Agent"
        await looked_at_in_vain(node, monkeypatch)
        assert (await agent.post("/logout")).is_success
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
    assert socket.close_code == 4401
