"""Binds what plugins declare (hub.api Route, WebSocketRoute, Files) to the server, each call isolated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from starlette.requests import Request as ServerRequest
from starlette.responses import Response as ServerResponse
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as ServerRoute
from starlette.routing import WebSocketRoute as ServerSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket as ServerSocket

from hub.api import Closed, Files, HubError, Overloaded, PluginRoute, Request, Response, Route, Viewer, WebSocketRoute
from hub.model.actor import Actor
from hub.model.errors import Forbidden
from hub.plugin.record import CONTAINED, Plugin
from hub.web.admission import require_login
from hub.web.bodies import read_bytes
from hub.web.call import client_of
from hub.web.credentials import origin_allowed, token_of
from hub.web.errors import LoginRequired, error_response
from hub.web.headers import PAGE
from hub.web.node import Node
from hub.web.plugin_socket import PluginSocket

DEADLINE = 60.0
LOOKED_AT_EVERY = 25.0
"""Seconds; a login that has ended is no reason to serve on."""
NORMAL, INTERNAL_ERROR, TRY_AGAIN_LATER = 1000, 1011, 1013  # RFC 6455 §7.4.1; 1013 is IANA's

LOGIN_REQUIRED = 4401  # as the event stream says it


def plugin_routes(node: Node) -> list[BaseRoute]:
    """Every route of every plugin at work; paths without names come first, so that no name swallows them."""
    registry = node.services.registry
    found: list[BaseRoute] = []
    for name, declared in registry.routes.items():
        plugin = registry.plugins[name]
        found += [_bind(route, plugin, node) for route in _literal_first(declared)]
    return found


def _literal_first(declared: Sequence[PluginRoute]) -> list[PluginRoute]:
    return sorted(declared, key=lambda route: ("{" in route.path, isinstance(route, Files)))


def _bind(route: PluginRoute, plugin: Plugin, node: Node) -> BaseRoute:
    if isinstance(route, Files):
        return Mount(f"/p/{plugin.name}{route.path.rstrip('/')}", StaticFiles(directory=route.folder, check_dir=False))
    start = f"/c/{route.channel}" if route.channel else f"/p/{plugin.name}"
    if isinstance(route, WebSocketRoute):
        return ServerSocketRoute(start + route.path, _socket(route, plugin, node))
    return ServerRoute(start + route.path, _endpoint(route, plugin, node), methods=[route.method])


def _endpoint(route: Route, plugin: Plugin, node: Node) -> Callable[[ServerRequest], Awaitable[ServerResponse]]:
    async def endpoint(request: ServerRequest) -> ServerResponse:
        try:
            viewer = None if route.public else await _viewer(route, request, node)
            asked = await as_request(request, viewer, route.max_body)
            async with asyncio.timeout(DEADLINE):
                return as_response(await route.endpoint(asked))
        except HubError as error:
            return error_response(error)
        except CONTAINED as error:
            plugin.fault(f"{route.method} {route.path}", error)
            return error_response(HubError(f"The plugin {plugin.name} failed."))

    return endpoint


def _socket(route: WebSocketRoute, plugin: Plugin, node: Node) -> Callable[[ServerSocket], Awaitable[None]]:
    async def endpoint(socket: ServerSocket) -> None:
        opened = PluginSocket(socket)
        try:
            await (_while_allowed(route, opened, socket, node) if route.login else route.endpoint(opened))
        except Closed:
            return
        except (LoginRequired, Forbidden) as error:
            await opened.give_up(LOGIN_REQUIRED, error)
        except Overloaded as error:  # the hub's own state, and no mistake of the plugin's
            await opened.give_up(TRY_AGAIN_LATER, error)
        except CONTAINED as error:
            plugin.fault(f"websocket {route.path}", error)
            await opened.give_up(INTERNAL_ERROR, HubError(f"The plugin {plugin.name} failed."))
        else:
            await opened.give_up(NORMAL)

    return endpoint


async def _viewer(route: Route, request: ServerRequest, node: Node) -> Viewer:
    """Who asks. Raises LoginRequired, CsrfMissing, Forbidden."""
    return _allowed(route, (await require_login(request, node.sessions)).actor)


async def _while_allowed(route: WebSocketRoute, opened: PluginSocket, socket: ServerSocket, node: Node) -> None:
    """For as long as the login lasts, and what it may. Raises LoginRequired, Forbidden, and what the route raises."""
    opened.viewer = await _at_socket(route, socket, node)
    serving = asyncio.ensure_future(route.endpoint(opened))
    try:
        while not (await asyncio.wait({serving}, timeout=LOOKED_AT_EVERY))[0]:
            with suppress(Overloaded):  # a database that is away is no reason to end a call: looked at next time
                await _at_socket(route, socket, node)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    serving.result()


async def _at_socket(route: WebSocketRoute, socket: ServerSocket, node: Node) -> Viewer:
    """Who opens it; a page of another site never does. Raises LoginRequired, Forbidden."""
    if not origin_allowed(socket, node.services.settings.origins):
        raise Forbidden
    token = token_of(socket)
    login = await node.sessions.find(token) if token else None
    if login is None:
        raise LoginRequired
    return _allowed(route, login.actor)


def _allowed(route: Route | WebSocketRoute, actor: Actor) -> Viewer:
    if route.permission and not actor.may(route.permission):
        raise Forbidden
    return Viewer(actor.user_id, actor.name, actor.language, actor.permissions)


async def as_request(request: ServerRequest, viewer: Viewer | None, max_body: int) -> Request:
    """A server's request as the contract's. Raises BodyTooLarge, BadRequest."""
    return Request(
        method=request.method,
        path=request.url.path,
        params={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=await read_bytes(request, max_body),
        client=client_of(request),
        url=str(request.url),
        viewer=viewer,
    )


def as_response(answer: Response) -> ServerResponse:
    """The contract's answer as the server's; raises TypeError for anything else."""
    if not isinstance(answer, Response):
        raise TypeError(f"a route must return hub.api.Response, not {type(answer).__name__}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.media_type.startswith("text/html"):
        headers.setdefault("content-security-policy", PAGE)
    return ServerResponse(answer.body, answer.status, headers, media_type=answer.media_type)
