"""The toy with a cord: calls between toys. The same wire, and one more role by which the hub commands the exchange.

role "call"     one command {"role": "call", "do": "ring" | "bridge" | …, "session", …} and one answer,
                {"done": true, …} or {"error": word}; `alive` is answered with {"alive": {session: [leg, …]}}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hub.api import (
    Address,
    AnyAccount,
    Capabilities,
    Device,
    Inviting,
    Medium,
    Monitoring,
    Placing,
    Ringing,
    Signal,
    Unreachable,
)
from tests.farside.toy_lines import Line
from tests.toy.channel import ToyChannel, ask


class ToyPhone(ToyChannel):
    """Carries toy calls: what is said is heard at once, and everybody is a leg."""

    name = "toy_phone"
    capabilities = Capabilities(
        Medium.VOICE, live=True, receipts=True, max_text=2000, can_start=True, start_scheme="toy", calls=True
    )

    async def ring(self, account: AnyAccount, ringing: Ringing) -> None:
        """An agent's toy rings."""
        caller = ringing.caller.value if ringing.caller else ""
        told = {"user": ringing.user_id, "caller": caller, "auto": ringing.auto_answer}
        await self._command(account, "ring", ringing.thread, leg=ringing.leg, **told)

    async def release(self, account: AnyAccount, thread: str, leg: str, reason: str) -> None:
        """An agent's toy is quiet."""
        await self._command(account, "release", thread, leg=leg)

    async def bridge(self, account: AnyAccount, thread: str, legs: Sequence[str]) -> None:
        """They hear each other."""
        await self._command(account, "bridge", thread, legs=list(legs))

    async def consult(self, account: AnyAccount, thread: str, legs: Sequence[str], others: Sequence[str]) -> None:
        """The agents hear each other."""
        await self._command(account, "consult", thread, legs=list(legs), others=list(others))

    async def hold(self, account: AnyAccount, thread: str) -> None:
        """A tune."""
        await self._command(account, "hold", thread)

    async def resume(self, account: AnyAccount, thread: str) -> None:
        """No more tune."""
        await self._command(account, "resume", thread)

    async def waiting(self, account: AnyAccount, thread: str) -> None:
        """A tune, until somebody comes."""
        await self._command(account, "waiting", thread)

    async def invite(self, account: AnyAccount, inviting: Inviting) -> None:
        """Somebody's toy at another exchange."""
        await self._command(account, "invite", inviting.thread, leg=inviting.leg, to=inviting.to.value)

    async def monitor(self, account: AnyAccount, thread: str, leg: str, whom: str, mode: Monitoring) -> None:
        """A third string on the tin can."""
        await self._command(account, "monitor", thread, leg=leg, whom=whom, mode=mode.value)

    async def mute(self, account: AnyAccount, thread: str, leg: str, on: bool) -> None:
        """A hand over it."""
        await self._command(account, "mute", thread, leg=leg, on=on)

    async def record(self, account: AnyAccount, thread: str, on: bool) -> None:
        """A parrot."""
        await self._command(account, "record", thread, on=on)

    async def transfer_out(self, account: AnyAccount, thread: str, to: Address) -> None:
        """To another exchange."""
        await self._command(account, "transfer_out", thread, to=to.value)

    async def place(self, account: AnyAccount, call: Placing) -> None:
        """First the agent's toy, then the other."""
        await self._command(account, "place", call.thread, leg=call.leg, to=call.to.value, caller=call.caller)

    async def devices(self, user_id: int) -> Sequence[Device]:
        """Everybody has one."""
        return [Device("Tin can", reachable=True, detail=f"string {user_id}")]

    async def alive(self, account: AnyAccount) -> Mapping[str, Collection[str]]:
        """What the exchange knows."""
        answer = await self._command(account, "alive", "")
        return {str(thread): list(map(str, legs)) for thread, legs in answer["alive"].items()}

    async def signal(self, account: AnyAccount, signal: Signal) -> None:
        """Keys."""
        await self._command(account, signal.kind, signal.thread, **dict(signal.data))

    async def end(self, account: AnyAccount, thread: str, reason: str) -> None:
        """Every leg is quiet."""
        await self._command(account, "end", thread, reason=reason)

    async def _command(self, account: AnyAccount, do: str, thread: str, **more: object) -> Line:
        request: Line = {"role": "call", "do": do, "session": thread, **more}
        answer = await ask(self.exchange_of(account), request)
        if "error" in answer:
            raise Unreachable(str(answer["error"]))
        return answer
