"""Kinds of fields that requests are made of, with the bounds both databases can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from hub.api import Json

LARGEST_ID = 10**18 - 1
CLOSED: dict[str, JsonValue] = {"additionalProperties": False}  # no keys but those of the pattern
# Each is made ready when the first request of its kind comes: all of them together are a twelfth of a start
_LATE = True
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Body(BaseModel):
    """A JSON body: nothing is converted, nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=_LATE)


class Query(BaseModel):
    """A query string: nothing unknown is taken. Fields are text, numbers, flags, enums, or lists of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=_LATE)


def _whole(value: Any) -> Any:
    """Only digits are a number in a query ("1.0", " 1" and "1_000" are not)."""
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def _flag(value: Any) -> Any:
    if value not in ("true", "false", True, False):
        raise ValueError("must be true or false")
    return value in ("true", True)


def integral(value: Any) -> Any:
    """JSON knows no integers: 5.0 is one, as JSON Schema has it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Id = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(integral)]
QueryId = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_whole)]
QueryFlag = Annotated[bool, BeforeValidator(_flag)]
Position = Annotated[int, Field(ge=0, le=2_000_000_000), BeforeValidator(_whole)]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_whole)]
Small = Annotated[int, Field(ge=-1_000_000, le=1_000_000), BeforeValidator(integral)]
Count = Annotated[int, Field(ge=0, le=2_000_000_000), BeforeValidator(integral)]
Seconds = Annotated[int, Field(ge=0, le=86_400), BeforeValidator(integral)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Short = Annotated[str, Field(max_length=80)]
Line = Annotated[str, Field(max_length=1000)]
Long = Annotated[str, Field(max_length=200_000)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,78}$")]
# a place in a list: the sort key and the id of the last item seen
Cursor = Annotated[str, Field(pattern=r"^([0-9]{1,17}\.[0-9]{1,18})?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=10)]
Moment = AwareDatetime
Scalar = (
    None | bool | Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID)] | float | Annotated[str, Field(max_length=4000)]
)
# an id as a place in a list
IdCursor = Annotated[str, Field(pattern=r"^([0-9]{1,18})?$")]
# free attributes: flat, so that screens, imports and filters can show them
Attributes = Annotated[dict[Annotated[str, Field(max_length=80)], Scalar | list[Scalar]], Field(max_length=100)]
FlatAttributes = Annotated[
    dict[Annotated[str, Field(pattern=r"\S", max_length=80)], Scalar], Field(max_length=100, json_schema_extra=CLOSED)
]
Settings = dict[str, JsonValue]


def as_json(attributes: Mapping[str, object]) -> dict[str, Json]:
    """Attributes as the JSON they are: to a type checker a dictionary of something narrower is another thing."""
    return cast("dict[str, Json]", dict(attributes))


class Paging(Query):
    """Where in a list: `next` of the page before, and how many items at most."""

    cursor: Cursor = ""
    limit: Limit = 50
