"""The ends of self-service: to a person, to a number outside, or enough."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hub import api
from hub.api import Address, Answered, Choice, FlowEvent, FlowStep, HandOver
from plugins.self_service.nodes import Leave, Queue, Transfer
from plugins.self_service.walk import Walk

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


TO_BE_SENT = "send"
_CLOCK = re.compile(r"([01]?\d|2[0-3]):?([0-5]\d)")


def leave(walk: Walk, name: str, node: Leave) -> FlowStep:
    """What the hub is asked to do, after everything that is still to be said and sent."""
    walk.say(node)
    if isinstance(node, Queue):
        return _hand_over(walk, name, node)
    to = _transfer(walk, node) if isinstance(node, Transfer) else None
    return api.End(tuple(walk.prompts), dict(walk.memory.attributes), to, tuple(walk.sends))


def chosen(node: Queue, event: FlowEvent) -> str:
    """Where it goes on with who chose something while they waited; "" where the script has no such choice any more."""
    instead = node.while_waiting.get(event.choice) if isinstance(event, Answered) else None
    return instead.next if instead else ""


def _hand_over(walk: Walk, name: str, node: Queue) -> HandOver:
    found: dict[str, Any] = {name: walk.text(text) for name, text in node.attributes.items()}
    return HandOver(
        tuple(walk.prompts),
        node.queue,
        {**walk.memory.attributes, **{name: value for name, value in found.items() if value}},
        node.callback,
        node.priority,
        walk.text(node.ticket),
        tuple(walk.sends),
        replace(walk.memory, at=node.after, tries=0).as_json() if node.after else None,
        tuple(Choice(key, walk.text(instead.say)) for key, instead in node.while_waiting.items()),
        replace(walk.memory, at=name, tries=0).as_json() if node.while_waiting else None,
        _number(walk.text(node.number)),
        moment(walk.text(node.at), walk.script.zone, datetime.now(UTC)),
    )


def _transfer(walk: Walk, node: Transfer) -> Address | None:
    """What takes the call reads in the name what it is for."""
    to = address(walk.text(node.to))
    return replace(to, name=TO_BE_SENT) if to and node.to_be_sent else to


def _number(text: str) -> Address | None:
    """Digits are a telephone number; an address of another kind says so."""
    return address(text) or (Address("tel", text.strip()) if text.strip() else None)


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """ "16:30", or "1630", is the next time a clock there shows it; a date and time is itself; None: it is neither."""
    try:
        if found := _CLOCK.fullmatch(text.strip()):
            today = now.astimezone(zone).replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
            return today if today > now else today + timedelta(days=1)
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def address(text: str) -> Address | None:
    """`tel:+861065521234`, `mailto:a@b.example`; None for what is none."""
    scheme, colon, value = text.strip().partition(":")
    return Address(scheme, value) if colon and scheme and value else None
