"""What a channel must be like to be taken in: its protocol, and capabilities that do not contradict each other."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from hub.api import CallChannel, Capabilities, Channel, LiveChannel, Medium

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
SCOPES = ("account", "channel")
CALLS = tuple(name for name in vars(CallChannel) if not name.startswith("_"))


def problem_with(channel: object) -> str:
    """One sentence on the first thing that is wrong with a channel; "" when nothing is."""
    return next(problems(channel), "")


def problems(channel: Any) -> Iterator[str]:
    """Everything that is wrong with a channel, one sentence each."""
    if not _is_channel(channel):
        missing = [name for name in _required() if not hasattr(channel, name)]
        yield f"it is no hub.api.Channel (missing: {', '.join(missing)})"
        return
    if not NAME.fullmatch(channel.name):
        yield "its name must be lower-case letters, digits and _ (at most 40)"
    for what in ("connection", "account"):
        model = getattr(channel, what)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            yield f"its {what} settings must be a pydantic model class"
    if not isinstance(channel.capabilities, Capabilities):
        yield "its capabilities must be a hub.api.Capabilities"
        return
    yield from _contradictions(channel.capabilities)
    if channel.capabilities.live and not isinstance(channel, LiveChannel):
        yield "it says it is live, so it needs `signal` and `end` (hub.api.LiveChannel)"
    if channel.capabilities.calls and not isinstance(channel, CallChannel):
        missing = [name for name in CALLS if not hasattr(channel, name)]
        yield f"it says it carries calls, so it needs {', '.join(missing)} (hub.api.CallChannel)"


def _contradictions(can: Capabilities) -> Iterator[str]:
    if can.medium not in set(Medium):
        yield "its medium must be a hub.api.Medium"
    if can.attachments != (can.max_attachment_bytes > 0):
        yield "attachments and max_attachment_bytes must say the same"
    if can.can_start != bool(can.start_scheme):
        yield "can_start needs start_scheme, and the other way round"
    if can.calls and not can.live:
        yield "calls are live"
    if can.max_text <= 0 or not can.kinds:
        yield "it must be able to send some kind of message (kinds, max_text)"
    if can.dedup_scope not in SCOPES:
        yield f"dedup_scope must be one of {', '.join(SCOPES)}"


def _is_channel(channel: Any) -> bool:
    return isinstance(channel, Channel)


def _required() -> tuple[str, ...]:
    return ("name", "connection", "account", "capabilities", "address", "authenticate", "normalise", "send")
