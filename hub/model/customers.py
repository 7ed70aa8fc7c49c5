"""Who a customer is: the values a new one is made of, and how far an identity can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.api import Json
from hub.model.errors import Invalid
from hub.model.pinyin import initials
from hub.model.storable import one_line, storable, storable_json

MAX_NAME = 400
MAX_ATTRIBUTES = 100
# what a profile says under these names is an address or a column of its own; everything else is a free attribute
PROFILE_SCHEMES = ("tel", "mailto")
PROFILE_COLUMNS = ("name", "language")
# schemes whose values a person can read; a customer without a name is called by one of these
READABLE_SCHEMES = frozenset(PROFILE_SCHEMES)


class CustomerKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class Verification(StrEnum):
    """How far an identity is known to be the customer's: somebody said so, they wrote from it, it was checked."""

    NONE = "NONE"
    SEEN = "SEEN"
    VERIFIED = "VERIFIED"


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """An address to be recorded; `value` as written, it is normalised when stored."""

    scheme: str
    value: str
    label: str = ""
    shared: bool = False
    verification: Verification = Verification.NONE


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What a new customer is made of; everything may be missing."""

    name: str = ""
    kind: CustomerKind = CustomerKind.PERSON
    language: str = ""
    organisation_id: int | None = None
    attributes: Mapping[str, Json] = field(default_factory=dict)
    notes: str = ""
    identities: tuple[NewIdentity, ...] = ()


def clean_name(name: str) -> str:
    """The name on one line. Raises Invalid when it is longer than a column."""
    cleaned = one_line(name)
    if len(cleaned) > MAX_NAME:
        raise Invalid("name too long", {"name": f"at most {MAX_NAME} characters"})
    return cleaned


def short_code(name: str) -> str:
    """What the customer is found and sorted by on a Latin keyboard; a person may change it."""
    return next(iter(initials(name)), "")[:40]


def check_attributes(attributes: Mapping[str, Json]) -> dict[str, Json]:
    """The free attributes as they may be stored: up to 100, each a text, number, truth value or null."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise Invalid("too many attributes", {"attributes": f"at most {MAX_ATTRIBUTES}"})
    wrong = [key for key, value in attributes.items() if not key.strip() or isinstance(value, dict | list)]
    if wrong:
        raise Invalid("attribute", {f"attributes.{key}": "a text, a number, true, false or null" for key in wrong})
    return {storable(key): storable_json(value) for key, value in attributes.items()}


def claimed_attributes(profile: Mapping[str, Json]) -> dict[str, Json]:
    """What a customer said of themself beside name, language and addresses; what cannot be an attribute is left out."""
    known = {*PROFILE_SCHEMES, *PROFILE_COLUMNS}
    free = {key: value for key, value in profile.items() if key not in known and not isinstance(value, dict | list)}
    return check_attributes(dict(list(free.items())[:MAX_ATTRIBUTES])) if free else {}
