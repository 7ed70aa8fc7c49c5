"""The toy as a channel."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Context,
    Emit,
    InputError,
    Malformed,
    Medium,
    Misconfigured,
    Normalised,
    Outbound,
    OutcomeUnknown,
    Overloaded,
    Raw,
    Ready,
    Rejected,
    Request,
    Response,
    SendError,
    Sent,
    Signal,
    Throttled,
    Unauthenticated,
    UnknownAccount,
    Unreachable,
    Unsupported,
    crash_point,
)
from tests.farside.toy_lines import LONGEST, Line, decode, encode, proof
from tests.toy.meaning import SCHEME, line_of, meaning, word
from tests.toy.settings import ToyAccount, ToyConnection

ANSWERS: dict[type[Exception], int] = {Unauthenticated: 403, UnknownAccount: 404, InputError: 400}
ERRORS: dict[str, type[SendError]] = {"rejected": Rejected, "throttled": Throttled, "unknown": OutcomeUnknown}


class ToyChannel:
    """Carries toy talk: live, with typing, legs, receipts, pieces, and sends that take their time."""

    name = "toy"
    connection: type[BaseModel] = ToyConnection
    account: type[BaseModel] = ToyAccount
    capabilities = Capabilities(Medium.LIVE_TEXT, live=True, typing=True, receipts=True, max_text=2000)

    def __init__(self, context: Context) -> None:
        self._context = context
        self._exchanges: dict[int, ToyConnection] = {}

    def address(self, raw: Raw) -> Sequence[Address]:
        """Whom the line is for."""
        return [Address(SCHEME, word(line_of(raw), "to"))]

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """By the account's shared secret."""
        line = line_of(raw)
        wanted = proof(account.settings.secret.get_secret_value(), word(line, "id"))
        if not hmac.compare_digest(wanted.encode(), word(line, "proof").encode()):
            raise Unauthenticated("the proof is wrong")

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """One thing a line."""
        return meaning(raw)

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """One request, one answer; the exchange takes a delivery it has seen before for the same."""
        if connection is None:
            raise Misconfigured("the account has no connection")
        if (message.attachments and not self.capabilities.calls) or len(message.text) > self.capabilities.max_text:
            raise Unsupported("toys speak short words only")
        request: Line = {
            "role": "send",
            "delivery": message.delivery_id,
            "session": message.thread[0] if message.thread else "",
            "to": message.to.value,
            "text": message.text,
            "choices": message.fields.get("choices", []),
        }
        return _outcome(await ask(connection.settings, request))

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Take what the exchange has until it goes away."""
        self._exchanges[connection.id] = connection.settings
        async with _line_to(connection.settings) as (reader, writer):
            writer.write(encode({"role": "listen"}))
            await writer.drain()
            ready(f"{connection.settings.host}:{connection.settings.port}")
            while data := await reader.readline():
                if answer := await self._take(data, emit):
                    crash_point("after_commit_before_ack")
                    writer.write(encode(answer))
                    await writer.drain()
                    crash_point("after_ack")
        raise Unreachable("the exchange has hung up")

    def acknowledge(self, request: Request, accepted: Accepted | None, error: Exception | None) -> Response:
        """Toys like a line as an answer, too."""
        if accepted is not None:
            return Response(encode({"ack": accepted.raw_id}))
        status = next((code for kind, code in ANSWERS.items() if isinstance(error, kind)), 503)
        return Response(encode({"refuse" if status < 500 else "again": getattr(error, "code", "")}), status)

    async def signal(self, account: AnyAccount, signal: Signal) -> None:
        """Typing and the like, to the customer's toy."""
        await self._tell(account, {"session": signal.thread, "what": signal.kind, **dict(signal.data)})

    async def end(self, account: AnyAccount, thread: str, reason: str) -> None:
        """The conversation is over."""
        await self._tell(account, {"session": thread, "what": "end", "reason": reason})

    async def _take(self, data: bytes, emit: Emit) -> Line | None:
        raw = Raw(data)
        try:
            line = line_of(raw)
            if line.get("kind") == "typing":
                await self._passing(raw)
                return None
            ident = word(line, "id")
        except Malformed:
            return {"refuse": "", "why": "MALFORMED"}
        try:
            await emit(raw)
        except InputError as error:
            return {"refuse": ident, "why": error.code}
        except Overloaded:
            return {"again": ident}
        return {"ack": ident}

    async def _passing(self, raw: Raw) -> None:
        """Typing is not stored and not answered: straight to the screens."""
        for address in self.address(raw):
            account = await self._context.account(self.name, address)
            for signal in meaning(raw):
                if account is not None and isinstance(signal, Signal):
                    self.authenticate(account, raw)
                    await self._context.emit_signal(account, signal)

    def exchange_of(self, account: AnyAccount) -> ToyConnection:
        """Where the account's toys are; raises Unreachable while nobody listens there."""
        exchange = self._exchanges.get(account.connection_id or 0)
        if exchange is None:
            raise Unreachable("the exchange is not connected")
        return exchange

    async def _tell(self, account: AnyAccount, line: Line) -> None:
        async with _line_to(self.exchange_of(account)) as (_, writer):
            writer.write(encode({"role": "tell", **line}))
            await writer.drain()


@asynccontextmanager
async def _line_to(exchange: ToyConnection) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.open_connection(exchange.host, exchange.port, limit=LONGEST)
    except OSError as error:
        raise Unreachable(f"{exchange.host}:{exchange.port}: {error.strerror or error}") from error
    try:
        yield reader, writer
    finally:
        writer.close()


async def ask(exchange: ToyConnection, request: Line) -> Line:
    """One request on a line of its own, and its answer; raises Unreachable."""
    async with _line_to(exchange) as (reader, writer):
        try:
            writer.write(encode(request))
            await writer.drain()
            data = await reader.readline()
        except OSError as error:
            raise Unreachable("the exchange hung up before it answered") from error
    if not data:
        raise Unreachable("the exchange hung up before it answered")
    return decode(data)


def _outcome(answer: Line) -> Sent:
    if "error" in answer:
        raise ERRORS.get(str(answer["error"]), SendError)(str(answer.get("why", "")))
    pending = answer.get("pending")
    until = datetime.now(UTC) + timedelta(seconds=float(pending)) if pending else None
    return Sent(str(answer["sent"]), pending_until=until)
