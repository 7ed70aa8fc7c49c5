"""Presence is chosen; a change asked for during work applies when the work ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.model.states import Presence


@dataclass(frozen=True, slots=True)
class PresenceStatus:
    """`pending` is what the agent asked for while at work; until it applies they get nothing new."""

    state: Presence = Presence.LOGGED_OUT
    reason: str = ""
    pending: Presence | None = None
    pending_reason: str = ""

    @property
    def routable(self) -> bool:
        return self.state is Presence.READY and self.pending is None


def ask_presence(status: PresenceStatus, wanted: Presence, reason: str, *, working: bool) -> PresenceStatus:
    """The agent asks; to be READY takes effect at once, and takes back what was pending."""
    if working and status.state is Presence.READY and wanted is not Presence.READY:
        return replace(status, pending=wanted, pending_reason=reason)
    return force_presence(wanted, reason)


def force_presence(wanted: Presence, reason: str) -> PresenceStatus:
    """At once, whatever the agent is doing: by a supervisor, or because they did not answer."""
    return PresenceStatus(wanted, "" if wanted is Presence.READY else reason)


def presence_after_work(status: PresenceStatus) -> PresenceStatus:
    """The last piece of work has ended."""
    return status if status.pending is None else force_presence(status.pending, status.pending_reason)
