"""What a customer owns (a car, an appliance, a machine): types that the site defines, and values that follow them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.api import Json
from hub.model.errors import Invalid
from hub.model.storable import one_line, storable

MAX_FIELDS = 50
MAX_TEXT = 1000
MAX_LABEL = 400
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
Names = Mapping[str, str]


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class AssetField:
    """One typed field. `names` by language; `choices` are the values a choice can have."""

    key: str
    type: FieldType
    names: Names
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetType:
    """A kind of thing, with its fields in the order they are shown."""

    key: str
    names: Names
    fields: tuple[AssetField, ...]


def asset_type(key: object, names: object, fields: object) -> AssetType:
    """A type from JSON: {key, names, fields: [{key, type, names?, required?, choices?}]}. Raises Invalid."""
    if not isinstance(fields, Sequence) or isinstance(fields, str) or len(fields) > MAX_FIELDS:
        raise Invalid("fields", {"fields": f"a list of at most {MAX_FIELDS}"})
    made = tuple(_field(place, each) for place, each in enumerate(fields))
    if len({each.key for each in made}) < len(made):
        raise Invalid("fields", {"fields": "two have one key"})
    return AssetType(_key(key, "key"), _names(names, "names"), made)


def as_json(field: AssetField) -> dict[str, Json]:
    """A field as `asset_type` takes it."""
    plain: dict[str, Json] = {"key": field.key, "type": field.type.value, "names": dict(field.names)}
    return {**plain, "required": field.required, "choices": [*field.choices]}


def check_values(kind: AssetType, values: Mapping[str, object]) -> dict[str, Json]:
    """The values as they are stored, those left empty missing. Raises Invalid naming every wrong `fields.<key>`."""
    known = {field.key: field for field in kind.fields}
    wrong = {f"fields.{key}": "no such field" for key in values.keys() - known.keys()}
    stored: dict[str, Json] = {}
    for key, field in known.items():
        try:
            value = check_value(field, values.get(key))
        except ValueError as error:
            wrong[f"fields.{key}"] = str(error)
        else:
            stored |= {} if value is None else {key: value}
    if wrong:
        raise Invalid(f"asset {kind.key}", wrong)
    return stored


def check_value(field: AssetField, value: object) -> Json:
    """One value as it is stored; None when it was left empty. Raises ValueError with a sentence."""
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise ValueError("required")
        return None
    return _VALUES[field.type](field, value)


def label_of(kind: AssetType, values: Mapping[str, Json], label: str = "") -> str:
    """The given label, or what its first two fields say."""
    said = [str(values[field.key]) for field in kind.fields if field.key in values][:2]
    return (one_line(label) or " ".join(said) or kind.key)[:MAX_LABEL]


def _field(place: int, value: object) -> AssetField:
    where = f"fields.{place}"
    if not isinstance(value, Mapping) or value.get("type") not in set(FieldType):
        raise Invalid("field", {where: f"an object with type {', '.join(FieldType)}"})
    choices = tuple(one_line(str(each)) for each in value.get("choices") or ())
    if (value["type"] == FieldType.CHOICE) != bool(choices):
        raise Invalid("choices", {f"{where}.choices": "a choice needs some, another type has none"})
    key = _key(value.get("key"), f"{where}.key")
    names = _names(value.get("names") or {}, f"{where}.names")
    return AssetField(key, FieldType(value["type"]), names, bool(value.get("required")), choices)


def _key(value: object, where: str) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise Invalid("key", {where: "small letters, digits and _, beginning with a letter"})
    return value


def _names(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise Invalid("names", {where: "texts by language"})
    return {one_line(str(language)): one_line(name) for language, name in value.items()}


def _text(_field: AssetField, value: object) -> Json:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"a text of at most {MAX_TEXT} characters")
    return storable(value.strip())


def _number(_field: AssetField, value: object) -> Json:
    """Also as written in a sheet: `1,200.5`."""
    try:
        number = float(value.replace(",", "")) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("a number") from None
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ValueError("a number")
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def _date(_field: AssetField, value: object) -> Json:
    """ISO 8601; also 2024/1/31 and 2024年1月31日, as sheets write it."""
    parts = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if parts:
        with suppress(ValueError):
            return date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
    raise ValueError("a date like 2024-01-31")


def _choice(field: AssetField, value: object) -> Json:
    if not isinstance(value, str) or value.strip() not in field.choices:
        raise ValueError(f"one of {', '.join(field.choices)}")
    return value.strip()


_VALUES: Mapping[FieldType, Callable[[AssetField, object], Json]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
}
