"""A line as its own parts know it: who hears whom, keys, recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hub.api import AnyAccount
from plugins.sip.calls.call import Call
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.reports import Reports
from plugins.sip.lines.speaking import Speaking
from plugins.sip.media.engine import MediaEngine
from plugins.sip.recordings.under_way import UnderWay


class Within(Protocol):
    """See `Line`."""

    account: AnyAccount
    thread: str
    caller: str
    under_way: UnderWay
    engine: MediaEngine
    customer: Call | None
    reports: Reports
    speaking: Speaking | None

    @property
    def connected(self) -> bool: ...

    @property
    def music(self) -> Path | bytes: ...

    def up_legs(self, names: Sequence[str]) -> list[AgentLeg]: ...

    def fault(self, what: str, error: Exception) -> None: ...
