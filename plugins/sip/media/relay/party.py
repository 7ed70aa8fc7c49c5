"""One leg as the relay knows it, and the rule: which two may hear each other without our own processes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plugins.sip.media.engine import Codec, Crypto, Direction, Endpoint
from plugins.sip.media.relay.ng import Node

FIRST_PAUSE: Final = 0.05
"""Seconds until it is looked again whether both of a pair have been heard; doubled each time."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What `connect` said."""

    remote: tuple[str, int]
    codec: Codec
    telephone_event: int | None
    crypto: Crypto | None
    direction: Direction
    learn: bool
    rtcp: int


@dataclass(slots=True)
class Party:
    """`outer` is where the far side talks to the node, `inner` where our process talks to it: known once connected."""

    name: str
    node: Node
    call: str
    ours: Endpoint
    outer: Endpoint
    inner: Endpoint | None = None
    agreed: Agreed | None = None
    other: str = ""  # who is at the other end of a plain bridge
    relayed_to: str = ""  # whom the node alone lets it hear
    relayed_at: float = 0.0  # since when, in seconds since 1970
    held: bool = False
    playing: int = 0  # the id of what it hears instead of the other
    recorded: bool = False
    pressing: int = 0  # times keys were pressed that are still being heard
    told_silence: bool = False
    pause: float = FIRST_PAUSE

    @property
    def hub_tag(self) -> str:
        """Our own process's end, as the node knows it."""
        return f"{self.name}-hub"

    @property
    def plain(self) -> bool:
        """Whether nothing of ours is needed to carry it: no key, no sound, no recording, no secret."""
        agreed = self.agreed
        if agreed is None or agreed.crypto is not None or agreed.direction is not Direction.SENDRECV:
            return False
        return not (self.held or self.playing or self.recorded or self.pressing)


def may_be_relayed(one: Party, other: Party) -> bool:
    """Whether the node alone can carry what these two say to each other."""
    if one.agreed is None or other.agreed is None or not (one.plain and other.plain):
        return False
    alike = (one.agreed.codec, one.agreed.telephone_event) == (other.agreed.codec, other.agreed.telephone_event)
    return alike and one.node is other.node and one.call == other.call
