"""The API as one ASGI application: find the operation, admit the caller, read the request, run, answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.api import HubError
from hub.web import metrics
from hub.web.admission import admit
from hub.web.call import Call
from hub.web.errors import as_hub_error, error_response
from hub.web.node import Node
from hub.web.routing import Operation, Table

logger = logging.getLogger(__name__)


class Api:
    """Serves operations below the path it is mounted at."""

    def __init__(self, operations: Iterable[Operation], node: Node) -> None:
        self._table = Table(operations)
        self._node = node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope, receive)
        path = scope["path"][len(scope.get("root_path", "")) :]
        response = await self.answer(request, path)
        await response(scope, receive, send)

    async def answer(self, request: Request, path: str) -> Response:
        """The response to a request, errors included."""
        try:
            operation, ids = self._table.find(request.method, path)
        except HubError as error:
            return error_response(error)
        started = time.perf_counter()
        response = await self._run(operation, ids, request)
        name = operation.handler.__name__
        metrics.REQUEST_SECONDS.labels(name).observe(time.perf_counter() - started)
        metrics.REQUESTS.labels(name, str(response.status_code)).inc()
        return response

    async def _run(self, operation: Operation, ids: tuple[int, ...], request: Request) -> Response:
        try:
            login = await admit(operation, request, self._node.sessions)
            arguments = await operation.arguments(request, ids)
            call = Call(self._node, request, login)
            return operation.response(await operation.handler(call, **arguments))
        except Exception as error:  # noqa: BLE001  # whatever it is, the client reads an error with a code
            return _failed(error)


def _failed(error: Exception) -> Response:
    known = as_hub_error(error)
    if known is None:
        logger.error("a request failed", exc_info=error)
        known = HubError()
    return error_response(known)
