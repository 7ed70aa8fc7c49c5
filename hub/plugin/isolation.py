"""A channel behind typed wrappers: whatever its plugin does, the core meets only the contract's errors.

| call           | own errors pass | anything else becomes                                                          |
|----------------|-----------------|--------------------------------------------------------------------------------|
| `address`      | InputError      | Overloaded: the far side tries again, nothing is lost                           |
| `authenticate` | InputError      | Overloaded: never let in, never refused for good                                |
| `redacted`     | –               | Overloaded: nothing is stored                                                   |
| `normalise`    | Malformed       | PluginFailed / PluginTimedOut: tried again, then quarantined                    |
| `send`         | SendError       | ChannelFailed (retried) where a resend is safe, else OutcomeUnknown             |
| `probe`        | SendError       | Unreachable, ChannelFailed                                                      |
| `signal`/`end` | –               | False: counted, best effort                                                     |
| `acknowledge`  | –               | a plain answer: 200, 400, 403, 404 or 503                                       |
| `calls.…`      | SendError       | Unreachable (no answer in time), ChannelFailed                                  |
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from pydantic import BaseModel

from hub.api import (
    Accepted,
    Acknowledges,
    Address,
    AnyAccount,
    AnyConnection,
    CallChannel,
    Capabilities,
    Channel,
    Emit,
    HubError,
    Inbound,
    InputError,
    LegFact,
    Listens,
    LiveChannel,
    Malformed,
    Normalised,
    Outbound,
    Overloaded,
    Probes,
    Raw,
    Ready,
    Receipt,
    Redacts,
    Request,
    Response,
    SendError,
    Sent,
    Signal,
    Unauthenticated,
    UnknownAccount,
    Unreachable,
    Varies,
)
from hub.plugin import checked
from hub.plugin.breaker import Breakers
from hub.plugin.faults import ChannelFailed, PluginFailed, PluginTimedOut, unsent
from hub.plugin.isolated_calls import IsolatedCalls
from hub.plugin.record import CONTAINED, Plugin, sentence
from hub.plugin.workers import Workers

NORMALISE_DEADLINE = 20.0
SEND_DEADLINE = 60.0
SIGNAL_DEADLINE = 5.0
PROBE_DEADLINE = 20.0


class IsolatedChannel:
    """A plugin's channel as the core calls it."""

    def __init__(
        self, plugin: Plugin, channel: Channel, workers: Workers, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.plugin = plugin
        self.name = channel.name
        self.capabilities: Capabilities = channel.capabilities
        self.connection_model: type[BaseModel] = channel.connection
        self.account_model: type[BaseModel] = channel.account
        self._channel = channel
        self._workers = workers
        self.breakers = Breakers(channel.name, clock)
        carries = isinstance(channel, CallChannel) and channel.capabilities.calls
        self.calls = IsolatedCalls(plugin, channel) if isinstance(channel, CallChannel) and carries else None

    @property
    def live(self) -> bool:
        """Whether the customer waits at the other end."""
        return self.capabilities.live

    def capabilities_of(self, account: AnyAccount) -> Capabilities:
        """What this account can carry: what its channel can, or less."""
        if not isinstance(self._channel, Varies):
            return self.capabilities
        try:
            return checked.one(self._channel.capabilities_of(account), Capabilities)
        except CONTAINED as error:
            self.plugin.fault("capabilities_of", error)
            return self.capabilities

    @property
    def listens(self) -> bool:
        """Whether its connections need a listener running."""
        return isinstance(self._channel, Listens)

    @property
    def acknowledges(self) -> bool:
        """Whether it is fed by webhooks of the hub's own."""
        return isinstance(self._channel, Acknowledges)

    def address(self, raw: Raw) -> Sequence[Address]:
        """The addresses this input is for, most likely first. Raises InputError, Overloaded."""
        try:
            return tuple(checked.each(self._channel.address(raw), Address))
        except InputError:
            raise
        except CONTAINED as error:
            raise self._shut(error, "address") from error

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Raises InputError (Unauthenticated above all), Overloaded."""
        try:
            self._channel.authenticate(account, raw)
        except InputError:
            raise
        except CONTAINED as error:
            raise self._shut(error, "authenticate") from error

    def redacted(self, account: AnyAccount, raw: Raw) -> Raw:
        """The input as it may be stored. Raises Overloaded: what cannot be told to be clean is not kept."""
        if not isinstance(self._channel, Redacts):
            return raw
        try:
            return checked.one(self._channel.redacted(account, raw), Raw)
        except CONTAINED as error:
            raise self._shut(error, "redacted") from error

    async def normalise(
        self, account: AnyAccount, raw: Raw, deadline: float = NORMALISE_DEADLINE
    ) -> Sequence[Normalised]:
        """What the input means, read in a thread. Raises Malformed, PluginFailed, PluginTimedOut."""
        try:
            return await self._workers.run(lambda: self._normalise(account, raw), deadline)
        except Malformed:
            raise
        except TimeoutError as error:
            self.plugin.fault("normalise", error)
            raise PluginTimedOut(f"{self.plugin.name} took longer than {deadline:g} s") from error
        except CONTAINED as error:
            self.plugin.fault("normalise", error)
            raise PluginFailed(f"{self.plugin.name}: {sentence(error)}") from error

    def _normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        return tuple(checked.each(self._channel.normalise(account, raw), Inbound, Receipt, LegFact, Signal))

    async def send(
        self,
        connection: AnyConnection | None,
        account: AnyAccount,
        message: Outbound,
        deadline: float = SEND_DEADLINE,
    ) -> Sent:
        """Give one message to the far side. Raises SendError only; BreakerOpen when nothing was tried."""
        key = connection.id if connection else None
        self.breakers.ask(key)
        try:
            sent = await self._send(connection, account, message, deadline)
        except SendError as error:
            self.breakers.note(key, error)
            raise
        self.breakers.note(key, None)
        return sent

    async def _send(
        self, connection: AnyConnection | None, account: AnyAccount, message: Outbound, deadline: float
    ) -> Sent:
        try:
            async with asyncio.timeout(deadline):
                return checked.one(await self._channel.send(connection, account, message), Sent)
        except SendError:
            raise
        except CONTAINED as error:
            self.plugin.fault("send", error)
            raise unsent(f"{self.plugin.name}: {sentence(error)}", self.capabilities.resend_is_safe) from error

    async def probe(self, connection: AnyConnection, deadline: float = PROBE_DEADLINE) -> str:
        """Try a connection without using it: what was found, "" when the channel cannot tell. Raises SendError."""
        if not isinstance(self._channel, Probes):
            return ""
        try:
            async with asyncio.timeout(deadline):
                return checked.one(await self._channel.probe(connection), str)
        except SendError:
            raise
        except TimeoutError as error:
            raise Unreachable(f"no answer within {deadline:g} s") from error
        except CONTAINED as error:
            self.plugin.fault("probe", error)
            raise ChannelFailed(f"{self.plugin.name}: {sentence(error)}") from error

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Run the listener; raises what it raises (its supervisor deals with that)."""
        if isinstance(self._channel, Listens):
            await self._channel.listen(connection, emit, ready)

    async def signal(self, account: AnyAccount, signal: Signal) -> bool:
        """Carry typing and the like to the customer, best effort; whether it went."""
        channel = self._channel
        if not isinstance(channel, LiveChannel):
            return False
        return await self._best_effort("signal", lambda: channel.signal(account, signal))

    async def end(self, account: AnyAccount, thread: str, reason: str) -> bool:
        """Tell the far side that the conversation is over; whether it went."""
        channel = self._channel
        if not isinstance(channel, LiveChannel):
            return False
        return await self._best_effort("end", lambda: channel.end(account, thread, reason))

    def acknowledge(self, request: Request, accepted: Accepted | None, error: Exception | None) -> Response:
        """What a webhook's far side wants to read."""
        if isinstance(self._channel, Acknowledges):
            try:
                return checked.one(self._channel.acknowledge(request, accepted, error), Response)
            except CONTAINED as fault:
                self.plugin.fault("acknowledge", fault)
        return Response(status=_status(accepted, error))

    async def _best_effort(self, call: str, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(SIGNAL_DEADLINE):
                await work()
        except CONTAINED as error:
            self.plugin.fault(call, error)
            return False
        return True

    def _shut(self, error: BaseException, call: str) -> HubError:
        self.plugin.fault(call, error)
        return Overloaded(f"{self.plugin.name} failed in {call}: {type(error).__name__}")


def _status(accepted: Accepted | None, error: Exception | None) -> int:
    if accepted is not None:
        return 200
    refusals = {Unauthenticated: 403, UnknownAccount: 404, InputError: 400}
    return next((status for kind, status in refusals.items() if isinstance(error, kind)), 503)
