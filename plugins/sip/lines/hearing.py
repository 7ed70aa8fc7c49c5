"""Who hears whom where not everybody hears everybody: legs that are muted, supervisors. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.api import Monitoring


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a room: the leg as the core names it, "" the customer's, and its audio."""

    leg: str
    audio: str


@dataclass(frozen=True, slots=True)
class Monitor:
    """How a supervisor's leg is in it; `whom` is the leg that hears a whisper."""

    mode: Monitoring
    whom: str = ""


def unheard(
    members: Sequence[Member], muted: Collection[str], monitors: Mapping[str, Monitor]
) -> dict[tuple[str, str], float]:
    """Gains by (listener, speaker), as the media engine takes them: 0 for each who must not be heard."""
    return {
        (listener.audio, speaker.audio): 0.0
        for speaker in members
        for listener in members
        if listener is not speaker and not _hears(listener, speaker, muted, monitors)
    }


def _hears(listener: Member, speaker: Member, muted: Collection[str], monitors: Mapping[str, Monitor]) -> bool:
    if speaker.leg in muted:
        return False
    monitor = monitors.get(speaker.leg)
    if monitor is None or monitor.mode is Monitoring.BARGE:
        return True
    return monitor.mode is Monitoring.WHISPER and listener.leg == monitor.whom
