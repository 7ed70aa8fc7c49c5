"""What a script says of itself, above its nodes."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from plugins.self_service.nodes import Anywhere, Model

FlowName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None
    return name


class Head(Model):
    """Everything but the nodes. `language`: the contact's own, the customer's as the hub knows it, or a fixed one."""

    flow: FlowName
    title: dict[str, str] | str = ""
    languages: tuple[Literal["en", "zh"], ...] = Field(default=("en", "zh"), min_length=1)
    language: Literal["contact", "customer", "en", "zh"] = "contact"
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    start: str
    off: str = ""
    anywhere: tuple[Anywhere, ...] = ()
    nodes: dict[str, Any] = Field(min_length=1, max_length=500)
