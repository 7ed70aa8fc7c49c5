"""A channel's calls behind typed wrappers: whatever its plugin does, the core meets a SendError or nothing."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import TypeVar

from hub.api import (
    Address,
    AnyAccount,
    CallChannel,
    Device,
    Inviting,
    Monitoring,
    Placing,
    Ringing,
    SendError,
    Unreachable,
)
from hub.plugin.faults import ChannelFailed
from hub.plugin.record import CONTAINED, Plugin, sentence

COMMAND_DEADLINE = 10.0
TRANSFER_DEADLINE = 60.0  # until somebody out there has answered, or will not

T = TypeVar("T")


class IsolatedCalls:
    """The commands of `hub.api.CallChannel`, each with a deadline. All raise SendError and nothing else."""

    def __init__(self, plugin: Plugin, channel: CallChannel) -> None:
        self._plugin = plugin
        self._channel = channel

    async def ring(self, account: AnyAccount, ringing: Ringing) -> None:
        await self._do("ring", self._channel.ring(account, ringing))

    async def release(self, account: AnyAccount, thread: str, leg: str, reason: str) -> None:
        await self._do("release", self._channel.release(account, thread, leg, reason))

    async def bridge(self, account: AnyAccount, thread: str, legs: Sequence[str]) -> None:
        await self._do("bridge", self._channel.bridge(account, thread, legs))

    async def consult(self, account: AnyAccount, thread: str, legs: Sequence[str], others: Sequence[str]) -> None:
        await self._do("consult", self._channel.consult(account, thread, legs, others))

    async def hold(self, account: AnyAccount, thread: str) -> None:
        await self._do("hold", self._channel.hold(account, thread))

    async def resume(self, account: AnyAccount, thread: str) -> None:
        await self._do("resume", self._channel.resume(account, thread))

    async def waiting(self, account: AnyAccount, thread: str) -> None:
        await self._do("waiting", self._channel.waiting(account, thread))

    async def invite(self, account: AnyAccount, inviting: Inviting) -> None:
        await self._do("invite", self._channel.invite(account, inviting))

    async def monitor(self, account: AnyAccount, thread: str, leg: str, whom: str, mode: Monitoring) -> None:
        await self._do("monitor", self._channel.monitor(account, thread, leg, whom, mode))

    async def mute(self, account: AnyAccount, thread: str, leg: str, on: bool) -> None:
        await self._do("mute", self._channel.mute(account, thread, leg, on))

    async def record(self, account: AnyAccount, thread: str, on: bool) -> None:
        await self._do("record", self._channel.record(account, thread, on))

    async def transfer_out(self, account: AnyAccount, thread: str, to: Address) -> None:
        await self._do("transfer_out", self._channel.transfer_out(account, thread, to), TRANSFER_DEADLINE)

    async def place(self, account: AnyAccount, call: Placing) -> None:
        await self._do("place", self._channel.place(account, call))

    async def devices(self, user_id: int) -> Sequence[Device]:
        return [each for each in await self._do("devices", self._channel.devices(user_id)) if isinstance(each, Device)]

    async def alive(self, account: AnyAccount) -> Mapping[str, Collection[str]]:
        found = await self._do("alive", self._channel.alive(account))
        return {str(thread): {str(leg) for leg in legs} for thread, legs in dict(found).items()}

    async def _do(self, command: str, work: Awaitable[T], deadline: float = COMMAND_DEADLINE) -> T:
        try:
            async with asyncio.timeout(deadline):
                return await work
        except SendError:
            raise
        except TimeoutError as error:
            self._plugin.fault(command, error)
            raise Unreachable(f"no answer within {deadline:g} s") from error
        except CONTAINED as error:
            self._plugin.fault(command, error)
            raise ChannelFailed(f"{self._plugin.name}: {sentence(error)}") from error
