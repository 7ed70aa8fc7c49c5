"""Puts the HTTP layer together as one Starlette application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from hub import __version__
from hub.api import HubError
from hub.model.errors import NotFound
from hub.web import gauges
from hub.web.api import Api
from hub.web.channel_webhooks import channel_webhooks
from hub.web.errors import MethodNotAllowed, error_response
from hub.web.headers import SecurityHeaders
from hub.web.health import health_routes
from hub.web.housekeeping import keep_house
from hub.web.inbox import Inbox
from hub.web.json import JsonResponse
from hub.web.node import Node
from hub.web.openapi import document
from hub.web.plugin_routes import plugin_routes
from hub.web.routes import (
    accounts,
    assets,
    board,
    calls,
    capacity,
    connections,
    consult,
    contacts,
    conversation,
    customers,
    deliveries,
    files,
    in_call,
    interactions,
    login,
    me,
    merging,
    my_calls,
    offers,
    own_box,
    promises,
    quarantine,
    queues,
    retelling,
    roles,
    rules,
    search,
    site,
    supervision,
    templates,
    tickets,
    tokens,
    users,
    webhooks,
    why,
)
from hub.web.routing import Operation
from hub.web.services import Services

NOUNS = (
    login,
    me,
    interactions,
    conversation,
    calls,
    my_calls,
    in_call,
    supervision,
    consult,
    contacts,
    offers,
    own_box,
    promises,
    deliveries,
    files,
    tickets,
    customers,
    merging,
    assets,
    search,
    queues,
    board,
    why,
    retelling,
    rules,
    capacity,
    users,
    roles,
    connections,
    accounts,
    quarantine,
    templates,
    tokens,
    webhooks,
    site,
)


def operations() -> list[Operation]:
    """Every operation of the API."""
    return [operation for noun in NOUNS for operation in noun.routes.operations]


def create_app(services: Services, node: Node | None = None) -> Starlette:
    """The application of one node; its lifespan runs what the HTTP layer does in the background."""
    node = node or Node(services)
    every = operations()
    return Starlette(
        routes=[
            Route("/api/v1/openapi.json", _openapi(every)),
            WebSocketRoute("/api/v1/stream", node.stream.__call__),
            Mount("/api/v1", Api(every, node)),
            *health_routes(node),
            *plugin_routes(node),
            channel_webhooks(node),  # after the plugins' own: what they declare themselves goes before
            Mount("/", Inbox(services.settings.inbox)),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: _refused},
        lifespan=_lifespan(node),
    )


def _refused(_request: Request, error: Exception) -> Response:
    """What Starlette itself refuses, in the shape of our errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = {404: NotFound("There is nothing at this address."), 405: MethodNotAllowed(())}.get(status, HubError())
    return error_response(kind)


def _openapi(every: Sequence[Operation]) -> Callable[[Request], Awaitable[Response]]:
    """Built when it is first asked for, in a thread: it takes long enough for every other request to notice."""

    @cache
    def described() -> Mapping[str, object]:
        return document(every, __version__)

    async def openapi(_request: Request) -> Response:
        return JsonResponse(await asyncio.to_thread(described))

    return openapi


def _lifespan(node: Node) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running(node):
            yield

    return lifespan


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[None]:
    """Runs what the HTTP layer does in the background, until left."""
    works = (
        node.sessions.watch(),
        node.fanout.run(),
        node.signals.run(node.fanout.signal),
        node.webhooks.run(),
        gauges.count_events(node.services.store),
        gauges.measure_lag(),
        keep_house(node.services.store, node.services.settings.input_days),
    )
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await node.reachability.close()
