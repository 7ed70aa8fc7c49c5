"""Another offer of ours inside a call: a re-INVITE (RFC 3261 §14.1) whose answer somebody waits for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from sipmessage import Response

from plugins.sip.wire import digest, session
from plugins.sip.wire.message import with_body

if TYPE_CHECKING:
    from plugins.sip.calls.call import Call

Describe: TypeAlias = Callable[[], Awaitable[bytes]]
TRIES: Final = 3
PENDING: Final = 491


async def reoffer(call: Call, describe: Describe, needless: Callable[[], bool]) -> Response | None:
    """The final answer, a 2xx acknowledged; None where no offer got through: theirs came between, which may make ours
    `needless`, or the call has ended."""
    for _ in range(TRIES):
        if call.over or call.dialog is None or needless():
            return None
        if call.renegotiating.free:
            answer = await _ask(call, await describe())
            if answer.code != PENDING:
                return answer
        await asyncio.sleep(pause(ours=call.dialled))
    return None


def pause(*, ours: bool) -> float:
    """Seconds, when both asked at once: they who made the Call-ID wait longer, in steps of 10 ms."""
    return random.randint(210, 400) / 100 if ours else random.randint(0, 200) / 100


async def _ask(call: Call, body: bytes) -> Response:
    """Its answer; once more with our log-in, where a proxy wants that (§22.3)."""
    call.refreshing.asking = True
    try:
        answer = await _sent(call, body)
        if (header := _log_in(call, answer)) is not None:
            answer = await _sent(call, body, header)
    finally:
        call.refreshing.asking = False
    return answer


async def _sent(call: Call, body: bytes, *headers: tuple[str, str]) -> Response:
    assert call.dialog is not None
    request = call.dialog.request("INVITE")
    call.refreshing.offering(request)
    for name, value in headers:
        request.headers.add(name, value)
    with_body(request, body, "application/sdp")
    answer = await call.dialogs.transactions.ask(request, call.flow)
    if 200 <= answer.code < 300:
        call.dialogs.transactions.pass_by(call.dialog.request("ACK", request.cseq.sequence), call.flow)
        call.dialog.refresh(answer)
        call.refreshing.keep(session.agreed(answer))
    return answer


def _log_in(call: Call, answer: Response) -> tuple[str, str] | None:
    """The header that proves who we are; None where nobody asks, or we have nothing to say."""
    user, password = call.log_in
    if answer.code not in (401, 407) or not user or call.dialog is None:
        return None
    proxy = answer.code == 407
    asked = answer.headers.getlist("Proxy-Authenticate" if proxy else "WWW-Authenticate")
    value = digest.credentials(asked, "INVITE", str(call.dialog.target), user, password)
    return ("Proxy-Authorization" if proxy else "Authorization", value) if value else None
