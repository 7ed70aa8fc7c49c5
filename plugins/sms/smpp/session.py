"""One bind: a TCP connection on which we are known (SMPP 3.4 §2.2), from the bind until the line ends."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from itertools import cycle
from typing import Final, Protocol

from hub.api import Misconfigured, OutcomeUnknown, SendError, Unreachable, crash_point
from plugins.sms.smpp import pdu
from plugins.sms.smpp.again import Owed
from plugins.sms.smpp.pdu import RESPONSE, BadPacket, Command, Packet, Status
from plugins.sms.smpp.settings import SmppSettings
from plugins.sms.smpp.statuses import refusal
from plugins.sms.trust import trust
from plugins.sms.window import Window

MOST_DELIVERED: Final = 100
"""Messages taken from one session that are not stored yet; the far side waits with further ones."""
CONFIRM_AFTER: Final = 1.0
LEAVE_WITHIN: Final = 2.0


class Hearing(Protocol):
    """Who takes what the far side delivers.

    name     what a deliver_sm with this body is called from now on
    deliver  take it; gives what to answer, once it is stored or refused
    settled  the far side has read all our answers on this line
    """

    def name(self, body: bytes) -> str: ...

    async def deliver(self, octets: bytes, name: str) -> Status: ...

    async def settled(self) -> None: ...


class Session:
    """`Session.open` binds; `run` reads until the line ends; meanwhile `submit` sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settings: SmppSettings) -> None:
        self._reader, self._writer, self._settings = reader, writer, settings
        self._sequences = cycle(range(1, pdu.MOST_SEQUENCE + 1))
        self._asked: dict[int, asyncio.Future[Packet]] = {}
        self._delivering: set[asyncio.Task[None]] = set()
        self._heard_at = asyncio.get_running_loop().time()
        self._owed = Owed()
        self._window = Window(settings.window)
        self._submitting = 0
        self.sends = False

    @classmethod
    async def open(cls, settings: SmppSettings, command: Command) -> Session:
        """Connect and bind. Raises Unreachable, Misconfigured (the far side does not let us in)."""
        try:
            async with asyncio.timeout(settings.answer_seconds):
                line = await asyncio.open_connection(settings.host, settings.port, ssl=trust(settings))
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured(f"certificate: {error.verify_message}") from None
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{settings.host}:{settings.port}: {type(error).__name__}") from None
        session = cls(*line, settings)
        try:
            await session._bind(command)
        except BaseException:
            session.abort()
            raise
        session.sends = command is not Command.BIND_RECEIVER
        return session

    @property
    def busy(self) -> int:
        """Submissions without an answer yet, those that wait for the window included."""
        return self._submitting

    @property
    def unconfirmed(self) -> list[str]:
        """Names of messages that are being taken, or whose answer the far side may not have read."""
        return self._owed.names

    @property
    def is_open(self) -> bool:
        """Whether the line stands, as far as we know."""
        return not self._writer.transport.is_closing()

    async def run(self, hearing: Hearing) -> None:
        """Read until the line ends; returns when the far side unbinds. Raises Unreachable."""
        keeping = asyncio.gather(self._keep_alive(), self._confirm(hearing))
        try:
            while await self._meet(await self._next(), hearing):
                pass
        except (OSError, EOFError, BadPacket) as error:
            raise Unreachable(f"the line to the SMSC ended: {type(error).__name__}") from None
        finally:
            keeping.cancel()
            await self._leave()
            await asyncio.gather(keeping, return_exceptions=True)

    async def submit(self, octets: bytes) -> str:
        """Send a submit_sm; the message_id it got. Raises a SendError: OutcomeUnknown when no answer came."""
        self._submitting += 1
        try:
            async with self._window.place():
                answer = await self._ask(octets)
        finally:
            self._submitting -= 1
        if answer.status:
            raise refusal(answer.status, "submit_sm")
        if answer.command != Command.SUBMIT_SM | RESPONSE:
            raise OutcomeUnknown("the SMSC's answer is no submit_sm_resp")
        return pdu.first_string(answer.body)

    async def enquire(self) -> None:
        """Whether anybody is there. Raises a SendError."""
        await self._ask(pdu.write(Command.ENQUIRE_LINK, 0))

    async def close(self) -> None:
        """Unbind, and hang up."""
        with suppress(SendError, TimeoutError):
            async with asyncio.timeout(2):
                await self._ask(pdu.write(Command.UNBIND, 0))
        self.abort()

    def abort(self) -> None:
        """Hang up; whoever waits for an answer will never have it."""
        self._writer.transport.abort()
        self._forsake()

    async def _leave(self) -> None:
        """Answer what is being stored, say good-bye where anybody may hear it, and hang up."""
        if self._delivering:
            _, late = await asyncio.wait(self._delivering, timeout=LEAVE_WITHIN)
            for task in late:
                task.cancel()
        if self.is_open:
            self._writer.write(pdu.write(Command.UNBIND, next(self._sequences)))
            self._writer.close()
        self._forsake()

    def _forsake(self) -> None:
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(OutcomeUnknown("the line to the SMSC ended before its answer"))
        self._asked.clear()

    # --- asking ---------------------------------------------------------------------------------------------------

    async def _bind(self, command: Command) -> None:
        own = self._settings
        password = own.password.get_secret_value()
        body = pdu.bind(own.system_id, password, own.system_type, own.address_range)
        self._writer.write(pdu.write(command, next(self._sequences), body))
        try:
            async with asyncio.timeout(own.answer_seconds):
                answer = await self._next()
        except (OSError, EOFError, TimeoutError, BadPacket) as error:
            raise Unreachable(f"no answer to the bind: {type(error).__name__}") from None
        if answer.status or answer.command != command | RESPONSE:
            raise refusal(answer.status or Status.RBINDFAIL, "bind")

    async def _ask(self, octets: bytes) -> Packet:
        """Send a request and wait for its answer. Raises Unreachable before it is sent, OutcomeUnknown after."""
        if not self.is_open:
            raise Unreachable("the line to the SMSC has ended")
        sequence = next(self._sequences)
        waiting: asyncio.Future[Packet] = asyncio.get_running_loop().create_future()
        self._asked[sequence] = waiting
        read_by_then = self._owed.written
        try:
            self._writer.write(pdu.numbered(octets, sequence))
            async with asyncio.timeout(self._settings.answer_seconds):
                answer = await waiting
        except TimeoutError:
            self.abort()  # a line on which answers stay away is of no use to the next either
            raise OutcomeUnknown("the SMSC did not answer") from None
        finally:
            self._asked.pop(sequence, None)
        self._owed.read(read_by_then)
        return answer

    # --- reading --------------------------------------------------------------------------------------------------

    async def _next(self) -> Packet:
        start = await self._reader.readexactly(4)
        packet = pdu.packet(start + await self._reader.readexactly(pdu.length_of(start) - 4))
        self._heard_at = asyncio.get_running_loop().time()
        return packet

    async def _meet(self, packet: Packet, hearing: Hearing) -> bool:
        """One packet; False when it was the last."""
        if packet.is_response:
            self._answered(packet)
        elif packet.command == Command.DELIVER_SM:
            await self._delivered(packet, hearing)
        elif packet.command == Command.ENQUIRE_LINK:
            self._answer(packet)
        elif packet.command == Command.UNBIND:
            self._answer(packet)
            return False
        else:
            self._writer.write(pdu.write(Command.GENERIC_NACK, packet.sequence, status=Status.RINVCMDID))
        return True

    def _answered(self, packet: Packet) -> None:
        waiting = self._asked.get(packet.sequence)
        if waiting is not None and not waiting.done():
            waiting.set_result(packet)

    async def _delivered(self, packet: Packet, hearing: Hearing) -> None:
        """Stored in the order they came, many at once: each is begun before the next packet is read."""
        task = asyncio.get_running_loop().create_task(self._deliver(packet, hearing))
        self._delivering.add(task)
        task.add_done_callback(self._delivering.discard)
        if len(self._delivering) >= MOST_DELIVERED:
            await asyncio.wait(self._delivering, return_when=asyncio.FIRST_COMPLETED)

    async def _deliver(self, packet: Packet, hearing: Hearing) -> None:
        name = hearing.name(packet.body)
        self._owed.take(name)
        self._answer(packet, await hearing.deliver(packet.octets, name), b"\0")
        self._owed.answered(name)
        crash_point("after_ack")

    def _answer(self, packet: Packet, status: Status = Status.ROK, body: bytes = b"") -> None:
        self._writer.write(pdu.write(packet.command | RESPONSE, packet.sequence, body, status))

    async def _keep_alive(self) -> None:
        """Ask after so long a silence; no answer ends the line."""
        loop, period = asyncio.get_running_loop(), self._settings.enquire_seconds
        while True:
            silent = loop.time() - self._heard_at
            if silent < period:
                await asyncio.sleep(period - silent)
                continue
            with suppress(SendError):
                await self.enquire()

    async def _confirm(self, hearing: Hearing) -> None:
        """Soon after it answered, make sure the far side has read that: what it has not, it will deliver again."""
        while True:
            await self._owed.something.wait()
            await asyncio.sleep(CONFIRM_AFTER)
            if self._owed.something.is_set():
                with suppress(SendError):
                    await self.enquire()
            if not self._owed.names:
                await hearing.settled()
