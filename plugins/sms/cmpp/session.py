"""One connection to a gateway, from CONNECT until the line ends."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Final, TypeAlias

from hub.api import Misconfigured, OutcomeUnknown, SendError, Unreachable, crash_point
from plugins.sms.cmpp import login, pdu
from plugins.sms.cmpp.fields import BadPdu
from plugins.sms.cmpp.pdu import Pdu, Version
from plugins.sms.cmpp.results import Taken, login_refused, submit_refused
from plugins.sms.cmpp.settings import CmppSettings, Dialect
from plugins.sms.trust import trust
from plugins.sms.window import Window

CHINA: Final = timedelta(hours=8)
VERSIONS: Final = {Dialect.V2_0: Version.V2_0, Dialect.V3_0: Version.V3_0}
MOST_DELIVERED: Final = 100
"""Texts taken from one session that are not stored yet; the gateway waits with further ones."""

Deliver: TypeAlias = Callable[[bytes], Awaitable[Taken]]
"""Takes a DELIVER's octets; gives what to answer, once it is stored or refused."""


class Session:
    """`Session.open` logs in; `run` reads until the line ends; meanwhile `submit` sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settings: CmppSettings) -> None:
        self._reader, self._writer, self._settings = reader, writer, settings
        self._version = VERSIONS[settings.version]
        self._sequences = cycle(range(1, 2**32))
        self._asked: dict[int, asyncio.Future[Pdu]] = {}
        self._delivering: set[asyncio.Task[None]] = set()
        self._window = Window(settings.window)

    @classmethod
    async def open(cls, settings: CmppSettings) -> Session:
        """Connect and log in. Raises Unreachable, Misconfigured."""
        try:
            async with asyncio.timeout(settings.answer_seconds):
                line = await asyncio.open_connection(settings.host, settings.port, ssl=trust(settings))
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured(f"certificate: {error.verify_message}") from None
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{settings.host}:{settings.port}: {type(error).__name__}") from None
        session = cls(*line, settings)
        try:
            await session._connect(datetime.now(UTC))
        except BaseException:
            session.abort()
            raise
        return session

    @property
    def is_open(self) -> bool:
        """Whether the line stands, as far as we know."""
        return not self._writer.transport.is_closing()

    @property
    def busy(self) -> int:
        """Requests without an answer yet."""
        return len(self._asked)

    async def run(self, deliver: Deliver) -> None:
        """Read until the gateway takes its leave. Raises Unreachable when the line just ends."""
        keeping = asyncio.create_task(self._keep_alive())
        try:
            while await self._meet(*await self._next(), deliver):
                pass
        except (OSError, EOFError, BadPdu) as error:
            raise Unreachable(f"the line to the gateway ended: {type(error).__name__}") from None
        finally:
            keeping.cancel()
            self.abort()
            await asyncio.gather(keeping, *self._delivering, return_exceptions=True)

    async def submit(self, message: pdu.Submit) -> str:
        """Send a text; the Msg_Id it got, in hexadecimal. Raises a SendError: OutcomeUnknown when no answer came,
        Throttled when it was not its turn in time."""
        async with self._window.place():
            answer = await self._ask(message)
        if not isinstance(answer, pdu.SubmitResp):
            raise OutcomeUnknown("the gateway's answer is no SUBMIT_RESP")
        if answer.result:
            raise submit_refused(answer.result)
        return answer.message_id.hex()

    async def enquire(self) -> None:
        """Whether anybody is there. Raises a SendError."""
        await self._ask(pdu.ActiveTest())

    async def close(self) -> None:
        """Take leave, and hang up."""
        with suppress(SendError, TimeoutError):
            async with asyncio.timeout(2):
                await self._ask(pdu.Terminate())
        self.abort()

    def abort(self) -> None:
        """Hang up; whoever waits for an answer will never have it."""
        self._writer.transport.abort()
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(OutcomeUnknown("the line to the gateway ended before its answer"))
        self._asked.clear()

    async def _connect(self, now: datetime) -> None:
        own, secret = self._settings, self._settings.password.get_secret_value()
        timestamp = int((now + CHINA).strftime("%m%d%H%M%S"))
        proof = login.authenticator(own.sp_id, secret, timestamp)
        self._write(pdu.Connect(own.sp_id, proof, self._version, timestamp), next(self._sequences))
        try:
            async with asyncio.timeout(own.answer_seconds):
                _, answer, _ = await self._next()
        except (OSError, EOFError, TimeoutError, BadPdu) as error:
            raise Unreachable(f"no answer to CONNECT: {type(error).__name__}") from None
        if not isinstance(answer, pdu.ConnectResp):
            raise Unreachable("the answer to CONNECT is another")
        if answer.status:
            raise login_refused(answer.status)
        if answer.authenticator not in (login.gateway_authenticator(0, proof, secret, self._version), bytes(16)):
            raise Misconfigured("the gateway does not know the shared secret; is it the right one?")

    async def _ask(self, request: Pdu) -> Pdu:
        """Send a request and wait for its answer. Raises Unreachable before it is sent, OutcomeUnknown after."""
        if not self.is_open:
            raise Unreachable("the line to the gateway has ended")
        sequence = next(self._sequences)
        waiting = self._asked[sequence] = asyncio.get_running_loop().create_future()
        try:
            self._write(request, sequence)
            async with asyncio.timeout(self._settings.answer_seconds):
                answer: Pdu = await waiting
        except TimeoutError:
            self.abort()  # a line on which answers stay away is of no use to the next either
            raise OutcomeUnknown("the gateway did not answer") from None
        finally:
            self._asked.pop(sequence, None)
        return answer

    async def _next(self) -> tuple[int, Pdu | None, bytes]:
        """The next PDU with its sequence number and octets; None for a command nobody knows."""
        head = await self._reader.readexactly(pdu.HEADER)
        length = int.from_bytes(head[:4], "big")
        if not pdu.HEADER <= length <= pdu.LARGEST:
            raise BadPdu(f"a PDU of {length} octets")
        octets = head + await self._reader.readexactly(length - pdu.HEADER)
        try:
            sequence, found = pdu.decode(octets, self._version)
        except BadPdu:
            return int.from_bytes(head[8:], "big"), None, octets
        return sequence, found, octets

    async def _meet(self, sequence: int, found: Pdu | None, octets: bytes, deliver: Deliver) -> bool:
        """Do what a PDU asks for; False when it ends the line."""
        if isinstance(found, pdu.Deliver):
            await self._take(sequence, found, octets, deliver)
        elif isinstance(found, pdu.ActiveTest):
            self._write(pdu.ActiveTestResp(), sequence)
        elif isinstance(found, pdu.Terminate):
            self._write(pdu.TerminateResp(), sequence)
            return False
        elif found is not None and sequence in self._asked and not self._asked[sequence].done():
            self._asked[sequence].set_result(found)
        return True

    async def _take(self, sequence: int, found: pdu.Deliver, octets: bytes, deliver: Deliver) -> None:
        while len(self._delivering) >= MOST_DELIVERED:
            await asyncio.wait(self._delivering, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._delivered(sequence, found.message_id, octets, deliver))
        self._delivering.add(task)
        task.add_done_callback(self._delivering.discard)

    async def _delivered(self, sequence: int, message_id: bytes, octets: bytes, deliver: Deliver) -> None:
        """Answer a DELIVER, and not before it is stored."""
        result = await deliver(octets)
        crash_point("after_commit_before_ack")
        self._write(pdu.DeliverResp(message_id, result), sequence)
        crash_point("after_ack")

    async def _keep_alive(self) -> None:
        """Ask from time to time whether anybody is there; `_ask` hangs up when nobody is."""
        while True:
            await asyncio.sleep(self._settings.active_test_seconds)
            with suppress(OutcomeUnknown):
                await self.enquire()

    def _write(self, message: Pdu, sequence: int) -> None:
        self._writer.write(pdu.encode(message, sequence, self._version))
