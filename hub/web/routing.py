"""Typed routes: a handler's annotations are its contract, checked at run time and published as OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from hub.api import HubError
from hub.model.errors import Conflict, Forbidden, Invalid, NotFound
from hub.model.permissions import Permission
from hub.web.bodies import read_file, read_json
from hub.web.errors import (
    BadRequest,
    BodyTooLarge,
    LoginRequired,
    MethodNotAllowed,
    UnsupportedMediaType,
)
from hub.web.json import JsonResponse
from hub.web.signature import Handler, Signature, findings, read_signature

H = TypeVar("H", bound=Handler)
SAFE = frozenset({"GET", "HEAD"})
MAX_BODY = 5_000_000
JSON = "application/json"
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. Every `{name}` in a path is an id: a whole number from 1."""

    method: str
    path: str
    handler: Handler
    signature: Signature
    tag: str
    permission: Permission | None = None
    public: bool = False
    status: int = 200
    produces: str = JSON
    max_body: int = MAX_BODY
    raises: tuple[type[HubError], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The ids in the path, in order."""
        return tuple(_NAME.findall(self.path))

    @property
    def reads_body(self) -> bool:
        """Whether it takes JSON or a file."""
        return self.signature.file or self.signature.body is not None

    @property
    def errors(self) -> tuple[type[HubError], ...]:
        """Every error this operation may answer with, as documented."""
        found: list[type[HubError]] = [*self.raises]
        found += [] if self.public else [LoginRequired, Forbidden]
        found += [] if self.method in SAFE else [Conflict, Invalid]
        found += [NotFound] if self.names or self.signature.query or self.reads_body else []
        found += [Invalid] if self.signature.query else []
        found += [BadRequest, BodyTooLarge, UnsupportedMediaType] if self.reads_body else []
        return tuple(dict.fromkeys(found))

    async def arguments(self, request: Request, ids: tuple[int, ...]) -> Mapping[str, object]:
        """What the handler is called with besides the call. Raises Invalid, BadRequest, BodyTooLarge, …"""
        found: dict[str, object] = dict(zip(self.names, ids, strict=True))
        if self.signature.query:
            found["query"] = self.signature.query.read(request.query_params)
        if self.reads_body:
            found["body"] = await self._body(request)
        return found

    def response(self, result: object) -> Response:
        """The handler's result as it leaves."""
        if isinstance(result, Response):
            return result
        if self.signature.result is None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return JsonResponse(result, self.status)

    async def _body(self, request: Request) -> object:
        if self.signature.body is None:
            return await read_file(request, self.max_body)
        try:
            return await read_json(request, self.signature.body, self.signature.body_required, self.max_body)
        except ValidationError as error:
            raise Invalid(fields=findings(error)) from error


class Routes:
    """The routes of one noun. `tag` groups them in the reference."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def get(self, path: str, permission: Permission | None = None, **options: Any) -> Callable[[H], H]:
        """Declare a GET; options are the further fields of Operation."""
        return self._declare("GET", path, permission, options)

    def post(self, path: str, permission: Permission | None = None, **options: Any) -> Callable[[H], H]:
        """Declare a POST."""
        return self._declare("POST", path, permission, options)

    def put(self, path: str, permission: Permission | None = None, **options: Any) -> Callable[[H], H]:
        """Declare a PUT."""
        return self._declare("PUT", path, permission, options)

    def patch(self, path: str, permission: Permission | None = None, **options: Any) -> Callable[[H], H]:
        """Declare a PATCH."""
        return self._declare("PATCH", path, permission, options)

    def delete(self, path: str, permission: Permission | None = None, **options: Any) -> Callable[[H], H]:
        """Declare a DELETE."""
        return self._declare("DELETE", path, permission, options)

    def _declare(
        self, method: str, path: str, permission: Permission | None, options: dict[str, Any]
    ) -> Callable[[H], H]:
        """`returns` documents what a handler puts into a Response of its own."""
        returns = options.pop("returns", None)

        def declare(handler: H) -> H:
            signature = read_signature(handler, returns)
            self.operations.append(Operation(method, path, handler, signature, self.tag, permission, **options))
            return handler

        return declare


@dataclass(slots=True)
class _Node:
    """One step of a path: literal steps, the id step, and the methods that end here."""

    literal: dict[str, _Node] = field(default_factory=dict)
    id: _Node | None = None
    methods: dict[str, Operation] = field(default_factory=dict)

    def step(self, part: str) -> _Node:
        if _NAME.fullmatch(part):
            self.id = self.id or _Node()
            return self.id
        return self.literal.setdefault(part, _Node())


class Table:
    """Finds the operation for a path in as many look-ups as the path has steps."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for part in operation.path.split("/"):
                node = node.step(part)
            node.methods[operation.method] = operation

    def find(self, method: str, path: str) -> tuple[Operation, tuple[int, ...]]:
        """The operation and the ids in the path. Raises NotFound, MethodNotAllowed."""
        node, ids = self._walk(path)
        operation = node.methods.get("GET" if method == "HEAD" else method)
        if operation is None:
            raise MethodNotAllowed(tuple(sorted(node.methods)))
        return operation, ids

    def _walk(self, path: str) -> tuple[_Node, tuple[int, ...]]:
        node = self._root
        ids: list[int] = []
        for part in path.split("/"):
            following = node.literal.get(part)
            if following is None and node.id is not None and is_id(part):
                ids.append(int(part))
                following = node.id
            if following is None:
                raise NotFound("There is nothing at this address.")
            node = following
        if not node.methods:
            raise NotFound("There is nothing at this address.")
        return node, tuple(ids)


def is_id(part: str) -> bool:
    """Whether a step of a path can be an id."""
    return part.isascii() and part.isdigit() and len(part) <= 18 and part != "0"
