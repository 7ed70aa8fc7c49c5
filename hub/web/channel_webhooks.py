"""Webhooks of channels that need no route of their own: POST or GET /c/{channel}/{account}/{action}.

Public: the path names the account, the channel's `authenticate` says who the far side is, the raw bytes are stored, and
only then its `acknowledge` gives the answer. No session, no cookie, no CSRF token takes part in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from starlette.requests import Request as ServerRequest
from starlette.responses import Response as ServerResponse
from starlette.routing import Route as ServerRoute

from hub.api import Accepted, HubError, Json, Overloaded, Raw, Request, Response, UnknownAccount
from hub.model.errors import NotFound
from hub.plugin.isolation import IsolatedChannel
from hub.web.errors import MethodNotAllowed, error_response
from hub.web.node import Node
from hub.web.plugin_routes import as_request, as_response

log = logging.getLogger(__name__)
PATH = "/c/{channel}/{account}/{action}"
METHODS = ("GET", "POST")  # and no HEAD: looking is not telling
LARGEST = 1_000_000  # bytes; a channel whose far side sends more declares a route of its own
DEADLINE = 30.0
RETRY_AFTER = "1"
OURS = frozenset({"cookie"})  # what a browser tells of our own screens is no business of a channel


def channel_webhooks(node: Node) -> ServerRoute:
    """The one route for all of them."""
    route = ServerRoute(PATH, _endpoint(node))
    route.methods = None  # any: what is not taken is refused here, and no page of the inbox
    return route


def _endpoint(node: Node) -> Callable[[ServerRequest], Awaitable[ServerResponse]]:
    async def endpoint(asked: ServerRequest) -> ServerResponse:
        channel = node.services.registry.channels.get(asked.path_params["channel"])
        if channel is None or not channel.acknowledges:
            return error_response(NotFound("There is nothing at this address."))
        if asked.method not in METHODS:
            return error_response(MethodNotAllowed(METHODS))
        try:
            request = await as_request(asked, None, LARGEST)
        except HubError as error:
            return error_response(error)
        accepted, refused = await _accepted(node, channel, request)
        return as_response(_patient(channel.acknowledge(request, accepted, refused)))

    return endpoint


async def _accepted(
    node: Node, channel: IsolatedChannel, request: Request
) -> tuple[Accepted, None] | tuple[None, HubError]:
    """Stored, or why not; whatever nobody foresaw is worth another try of the far side."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await _take(node, channel, request), None
    except HubError as error:
        return None, error
    except Exception:  # the far side must hear "again later", and an administrator why
        log.exception("a webhook of %s failed", channel.name)
        return None, Overloaded("the webhook failed")


async def _take(node: Node, channel: IsolatedChannel, request: Request) -> Accepted:
    name = request.params["account"]
    accounts = node.services.directory.accounts_of(channel.name)
    account = next((each for each in accounts if each.address.value == name), None)
    if account is None:
        raise UnknownAccount(f"no account of {channel.name} is called so")
    context = node.services.registry.contexts[channel.plugin.name]
    return await context.emit(account, Raw(request.body, _meta(request)))


def _meta(request: Request) -> dict[str, Json]:
    """What the channel may need to check and read the body later; stored with it."""
    return {
        "method": request.method,
        "action": request.params["action"],
        "query": {_kept(name): _kept(value) for name, value in request.query.items()},
        "headers": {name: value for name, value in request.headers.items() if name not in OURS},
        "client": request.client,
        "url": request.url,
    }


def _kept(text: str) -> str:
    """PostgreSQL keeps no NUL in JSON; the url has it as it came."""
    return text.replace("\0", "\ufffd")


def _patient(answer: Response) -> Response:
    """Who is asked to come again is told when."""
    if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or any(name.lower() == "retry-after" for name in answer.headers):
        return answer
    return replace(answer, headers={**answer.headers, "retry-after": RETRY_AFTER})
