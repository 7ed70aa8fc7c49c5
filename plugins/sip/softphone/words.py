"""What a page says to the hub about its softphone, one JSON object a frame (docs/plugins/softphone.md)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from plugins.sip.softphone.offer import LONGEST

LONGEST_FRAME: Final = 2 * LONGEST
LegName = Annotated[str, Field(min_length=1, max_length=64)]


class _Word(BaseModel):
    model_config = ConfigDict(frozen=True)


class Session(_Word):
    """Here is a browser. Which session it gets is a matter of who has logged in, not of the `resume` it may say."""

    do: Literal["session"]
    sdp: Annotated[str, Field(max_length=LONGEST)]


class Answer(_Word):
    """Pick up."""

    do: Literal["answer"]
    leg: LegName


class Reject(_Word):
    """Not this call."""

    do: Literal["reject"]
    leg: LegName


class HangUp(_Word):
    """The agent leaves the call."""

    do: Literal["hang_up"]
    leg: LegName


class Hold(_Word):
    """The customer hears music, or the agent again."""

    do: Literal["hold"]
    leg: LegName
    on: bool


class Keys(_Word):
    """Pressed for the customer's side to hear."""

    do: Literal["keys"]
    leg: LegName
    keys: Annotated[str, Field(pattern=r"^[0-9A-D*#]{1,32}$")]


class Measured(_Word):
    """How the browser hears and is heard: share of packets lost, jitter and round trip in ms."""

    do: Literal["quality"]
    leg: LegName
    loss: Annotated[float, Field(ge=0, le=1)]
    jitter: Annotated[float, Field(ge=0, le=60_000)] = 0.0
    rtt: Annotated[float, Field(ge=0, le=60_000)] = 0.0


OfCall = Answer | Reject | HangUp | Hold | Keys | Measured
WORDS: Final[TypeAdapter[Session | OfCall]] = TypeAdapter(Annotated[Session | OfCall, Field(discriminator="do")])
"""Raises ValidationError for what is none."""
