"""What a ticket is made of and which of its fields may change to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.api import Json
from hub.model.errors import Invalid
from hub.model.states import TICKET, TICKET_UNSOLVED, TicketStatus
from hub.model.storable import one_line, storable, storable_json

MAX_SUBJECT = 1000
MAX_TYPE = 80
DEFAULT_TYPE = "QUESTION"


class TicketPriority(StrEnum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a new ticket is made of; a site invents its own types and fields."""

    subject: str = ""
    type: str = DEFAULT_TYPE
    priority: TicketPriority = TicketPriority.NORMAL
    department_id: int | None = None
    assignee_id: int | None = None
    customer_id: int | None = None
    asset_id: int | None = None
    channel: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)


def check_subject(value: object) -> str:
    """The subject on one line, cut where a mail's would not end."""
    if not isinstance(value, str):
        raise Invalid("subject", {"subject": "a text"})
    return one_line(value)[:MAX_SUBJECT]


def check_type(value: object) -> str:
    """The name of a type, as the site calls it."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_TYPE:
        raise Invalid("type", {"type": f"1 to {MAX_TYPE} characters"})
    return storable(value.strip())


def check_priority(value: object) -> str:
    """One of LOW, NORMAL, HIGH, URGENT."""
    return _one_of(TicketPriority, "priority", value)


def check_status(value: object) -> str:
    """One of the states a ticket can be in."""
    return _one_of(TicketStatus, "status", value)


def check_fields(value: object) -> dict[str, Json]:
    """The site's own fields."""
    if not isinstance(value, Mapping) or len(value) > 100:
        raise Invalid("fields", {"fields": "an object of at most 100 fields"})
    return {storable(str(key)): storable_json(each) for key, each in value.items()}


CHECKS: Mapping[str, Callable[[object], Json]] = {
    "subject": check_subject,
    "type": check_type,
    "priority": check_priority,
    "status": check_status,
    "fields": check_fields,
}
REFERENCES = ("department_id", "assignee_id", "customer_id", "asset_id")


def check_changes(changes: Mapping[str, object]) -> dict[str, Json]:
    """The changes as they may be stored. Raises Invalid for a field that is unknown or holds what it cannot."""
    unknown = changes.keys() - CHECKS.keys() - set(REFERENCES)
    if unknown:
        raise Invalid("unknown field", dict.fromkeys(unknown, "no such field"))
    return {key: CHECKS[key](value) if key in CHECKS else _reference(key, value) for key, value in changes.items()}


def check_transition(before: str, after: str) -> None:
    """Raises IllegalTransition unless the status may change so."""
    TICKET.check(TicketStatus(before), TicketStatus(after))


def is_solved(status: str) -> bool:
    """Whether nobody has to do anything about it any more."""
    return TicketStatus(status) not in TICKET_UNSOLVED


def _one_of(states: type[StrEnum], name: str, value: object) -> str:
    if not isinstance(value, str) or value not in set(states):
        raise Invalid(name, {name: f"one of {', '.join(states)}"})
    return str(value)


def _reference(name: str, value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise Invalid(name, {name.removesuffix("_id"): "an id"})
    return value
