"""A leg of a call as what goes on within it knows it: its timers, its holds, another offer, a transfer."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from sipmessage import Request, Response

from hub.api import Cause
from plugins.sip.calls.dialog import Dialog
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.transaction.layer import Outgoing, Transactions
from plugins.sip.transport.flow import Flow


class Within(Protocol):
    """See `Call`."""

    media: MediaLeg
    flow: Flow
    dialog: Dialog | None
    referred: bool
    away: bool

    @property
    def transactions(self) -> Transactions: ...

    @property
    def over(self) -> bool: ...

    @property
    def confirmed(self) -> bool: ...

    @property
    def unanswered(self) -> bool: ...

    @property
    def held_by_them(self) -> bool: ...

    def soon(self, work: Coroutine[Any, Any, None]) -> None: ...

    def hang_up(self, cause: Cause = ...) -> None: ...

    def hold(self, held: bool) -> None: ...

    def ok(self, request: Request) -> Response: ...

    def ask(self, request: Request) -> Outgoing: ...
