"""Whether this node lives, whether it can work, and its numbers for Prometheus."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.api import Overloaded
from hub.model.errors import Forbidden
from hub.model.permissions import Permission
from hub.store.numbers import read_numbers
from hub.web import gauges
from hub.web.call import client_of
from hub.web.credentials import token_of
from hub.web.errors import error_response
from hub.web.json import JsonResponse
from hub.web.node import Node

READY_WITHIN = 3.0


def health_routes(node: Node) -> list[BaseRoute]:
    """/healthz, /readyz and /metrics of a node."""

    async def healthz(_request: Request) -> Response:
        return JsonResponse({"status": "ok"})

    async def readyz(_request: Request) -> Response:
        ready = await _database_answers(node)
        return JsonResponse({"status": "ready" if ready else "database"}, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        if not await _may_see_metrics(request, node):
            return error_response(Forbidden("Metrics are for this machine, or for who may read reports."))
        gauges.show(await node.numbers.get(lambda: node.services.store.read(read_numbers)))
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def _database_answers(node: Node) -> bool:
    try:
        async with asyncio.timeout(READY_WITHIN):
            await node.services.store.read(lambda conn: conn.execute(text("SELECT 1")).scalar())
    except (TimeoutError, Overloaded, SQLAlchemyError):
        return False
    return True


async def _may_see_metrics(request: Request, node: Node) -> bool:
    if is_loopback(client_of(request)):
        return True
    token = token_of(request)
    login = await node.sessions.find(token) if token else None
    return login is not None and login.actor.may(Permission.REPORTS_READ)


def is_loopback(client: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False
