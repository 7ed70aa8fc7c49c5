"""One visitor's websocket from handshake to farewell: the only task there is for an open tab."""

import asyncio
import time
from contextlib import suppress

from hub.api import AnyAccount, Closed, Overloaded, WebSocket
from plugins.web_chat import origins, wire
from plugins.web_chat.desk import Desk
from plugins.web_chat.frames import (
    FLOODING,
    FORGED,
    FRAME_TOO_LARGE,
    MAX_FRAME,
    NO_SUCH_ACCOUNT,
    NOT_OPENED,
    NOT_UNDERSTOOD,
    SILENT,
    VERSION,
    Customer,
    Hello,
    NotUnderstood,
    Problem,
    parse,
)
from plugins.web_chat.intake import Intake
from plugins.web_chat.rates import Rate, take
from plugins.web_chat.rooms import Room, Seat
from plugins.web_chat.settings import WebChatAccount
from plugins.web_chat.visitors import Forged, Visitor, vouched

HELLO_WITHIN = 10.0
FRAMES = Rate(per_minute=600, burst=60)
"""Frames of any kind a socket may send; a person typing and scrolling makes some 120 a minute."""


class _Refused(Exception):
    def __init__(self, close: int, problem: Problem, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.close = close
        self.frame = wire.problem(problem, detail, retry_after=retry_after)


async def serve(desk: Desk, socket: WebSocket) -> None:
    """The endpoint: check who may come in, then read until the visitor goes. Raises Overloaded before the handshake
    when one address opens too many at once: unlike a refusal, that tells the client to come again."""
    account, is_open = await desk.account(socket.params.get("account", ""))
    if account is None:
        return await socket.close(NO_SUCH_ACCOUNT)
    if not origins.allowed(account.settings.origins, socket.headers):
        return await socket.close(NOT_OPENED)
    if desk.wait("connect", socket.client, account.settings.limits.connections):
        raise Overloaded("too many connections from one address")
    await socket.accept()
    with suppress(Closed):
        await _converse(desk, socket, account, is_open)
    return None


async def _converse(desk: Desk, socket: WebSocket, account: AnyAccount, is_open: bool) -> None:
    try:
        hello = await _hello(socket)
        visitor = _who(desk, socket, account, hello)
        await _sit(desk, socket, account, visitor, hello, is_open)
    except _Refused as refused:
        await socket.send(refused.frame)
        await socket.close(refused.close)


async def _hello(socket: WebSocket) -> Hello:
    try:
        async with asyncio.timeout(HELLO_WITHIN):
            text = await socket.receive()
    except TimeoutError:
        raise _Refused(SILENT, Problem.BAD_FRAME, "hello was awaited") from None
    try:
        frame = parse(text[:MAX_FRAME])
    except NotUnderstood as error:
        raise _Refused(NOT_UNDERSTOOD, Problem.BAD_FRAME, str(error)) from None
    if not isinstance(frame, Hello):
        raise _Refused(NOT_UNDERSTOOD, Problem.BAD_FRAME, "hello was awaited")
    if frame.version != VERSION:
        raise _Refused(NOT_UNDERSTOOD, Problem.UNSUPPORTED_VERSION, f"this hub speaks version {VERSION}")
    return frame


def _who(desk: Desk, socket: WebSocket, account: AnyAccount, hello: Hello) -> Visitor:
    if hello.customer:
        return _signed_in(desk, account, hello.customer)
    if hello.token:
        try:
            return desk.visitors.read(hello.token, account.id)
        except Forged as error:
            raise _Refused(FORGED, Problem.BAD_TOKEN, str(error)) from None
    if wait := desk.wait("new session", socket.client, account.settings.limits.new_sessions):
        raise _Refused(FLOODING, Problem.RATE_LIMITED, "too many new visitors from one address", wait)
    return desk.visitors.new(account.id)


def _signed_in(desk: Desk, account: AnyAccount, said: Customer) -> Visitor:
    settings: WebChatAccount = account.settings
    secret = settings.customer_secret.get_secret_value() if settings.customer_secret else ""
    known = (said.id, said.name, said.mailto)
    if not secret or not vouched(secret, *known, said.signed_at, said.signature, time.time()):
        raise _Refused(FORGED, Problem.BAD_TOKEN, "the customer's signature is not good, or no longer")
    return desk.visitors.customer(account.id, *known)


async def _sit(
    desk: Desk, socket: WebSocket, account: AnyAccount, visitor: Visitor, hello: Hello, is_open: bool
) -> None:
    """Take a seat, get what was missed, and speak until one side ends it."""
    since = hello.since
    seat = Seat(socket, since.interaction, since.position) if since else Seat(socket)
    known = bool(hello.token or hello.customer)
    await socket.send(wire.welcome(desk.visitors.token(visitor), visitor, is_open, known))
    room = desk.rooms.enter(account, visitor, seat)
    try:
        if known:
            await desk.feed.settle(room)
        await socket.send(wire.frame("ready"))
        await _read(Intake(desk, room, seat), socket)
    finally:
        await _leave(desk, room, seat)


async def _read(intake: Intake, socket: WebSocket) -> None:
    bucket = None
    while True:
        text = await socket.receive()
        bucket, wait = take(bucket, FRAMES, time.monotonic())
        if wait:
            raise _Refused(FLOODING, Problem.RATE_LIMITED, "too many frames", wait)
        if len(text) > MAX_FRAME:
            raise _Refused(FRAME_TOO_LARGE, Problem.TOO_LARGE, f"a frame has at most {MAX_FRAME} characters")
        try:
            await intake.take(text)
        except NotUnderstood as error:
            await socket.send(wire.problem(Problem.BAD_FRAME, str(error)))


async def _leave(desk: Desk, room: Room, seat: Seat) -> None:
    desk.rooms.leave(room, seat)
    if not room.seats:
        await desk.away.gone(room)
