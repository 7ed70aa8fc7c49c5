"""JSON as the API speaks it: times in UTC with Z, dataclasses as objects."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from pydantic import BaseModel
from starlette.responses import Response


def dump(value: object) -> bytes:
    """The value as JSON. Naive times are taken as UTC; sets and models are written as lists and objects."""
    return orjson.dumps(value, _other, orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS)


def _other(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class JsonResponse(Response):
    """A JSON answer that no cache keeps."""

    def __init__(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(dump(value), status, {"cache-control": "no-store", **(headers or {})}, "application/json")
