"""Reads a route's contract from its annotations: ids in the path, a query model, a body, a result."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import Response

from hub.model.errors import Invalid
from hub.web.bodies import File

Handler: TypeAlias = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class QueryReader:
    """Builds a query model from a query string. Lists may be repeated or comma-separated."""

    model: type[BaseModel]
    lists: frozenset[str]

    def read(self, params: QueryParams) -> BaseModel:
        """Raises Invalid."""
        return validated(self.model.model_validate, self._collected(params.multi_items()))

    def _collected(self, pairs: Sequence[tuple[str, str]]) -> Mapping[str, object]:
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            values = value.split(",") if name in self.lists else [value]
            found.setdefault(name, []).extend(clean(one) for one in values)
        # a name given twice where one is meant stays a list, and is refused as one
        return {name: values if name in self.lists or len(values) > 1 else values[0] for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a handler takes and gives: `body` is read from JSON, unless it is a `file`; `result` None is no content.

    `result` is the type as it stands in the code: an answer is not checked, only described."""

    query: QueryReader | None
    body: TypeAdapter[Any] | None
    body_required: bool
    file: bool
    result: Any
    raw: bool


def read_signature(handler: Handler, returns: Any = None) -> Signature:
    """The contract of a handler `async def name(call, <ids>: int, query: Model, body: Model) -> Result`."""
    hints = get_type_hints(handler, include_extras=True)
    result = returns or hints["return"]
    raw = inspect.isclass(result) and issubclass(result, Response)
    body = hints.get("body")
    return Signature(
        query=_query_reader(hints.get("query")),
        body=None if body in (None, File) else TypeAdapter(body),
        body_required=body is not None and _needs_something(body),
        file=body is File,
        result=None if raw or result is NoneType else result,
        raw=raw,
    )


def validated(validate: Callable[[Any], BaseModel], value: object) -> BaseModel:
    """`validate(value)`, with pydantic's findings as Invalid: field → what is wrong."""
    try:
        return validate(value)
    except ValidationError as error:
        raise Invalid(fields=findings(error)) from error


def findings(error: ValidationError) -> dict[str, str]:
    """Dotted field name → what is wrong with it."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return {".".join(str(part) for part in one["loc"]) or "body": one["msg"] for one in found}


def clean(text: str) -> str:
    """With U+FFFD for NUL, which PostgreSQL cannot store."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _query_reader(model: type[BaseModel] | None) -> QueryReader | None:
    if model is None:
        return None
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) in (list, tuple)}
    return QueryReader(model, frozenset(lists))


def _needs_something(body: Any) -> bool:
    """Whether a request without a body lacks something; a union of models always does."""
    if inspect.isclass(body) and issubclass(body, BaseModel):
        return any(field.is_required() for field in body.model_fields.values())
    return True
