"""The media engine of a site with rtpengine nodes: they face the far sides, our own processes stand behind them.

All that is asked for is done by our processes, as without nodes. What a node can do alone, two who hear each other and
nothing else, it does alone as long as that is so; whatever else is asked for takes the call back, on the same ports.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from plugins.sip.media.engine import (
    Codec,
    Crypto,
    Direction,
    Endpoint,
    Event,
    Gone,
    MediaError,
    Played,
    Recording,
    Statistics,
)
from plugins.sip.media.listeners import Listeners
from plugins.sip.media.relay.ng import Node
from plugins.sip.media.relay.party import Agreed, Party
from plugins.sip.media.relay.switching import Switching
from plugins.sip.media.relay.watch import Watch
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.workers import WorkerEngine
from plugins.sip.soon import Soon

_KEY_SECONDS: Final = 0.3
"""What our own process needs for a key and the pause behind it, and a little more."""
_UNNUMBERED: Final = -1
_PLAIN_PAIR: Final = 2


class RelayEngine:
    """A MediaEngine; an async context manager that runs what it needs. `own` are our own processes."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self.own = WorkerEngine(settings)
        self._soon = Soon()
        self._switching = Switching(self.own, self._soon)
        self._nodes: list[Node] = []
        self._turns = itertools.count()
        self._rooms: dict[str, list[str]] = {}
        self._listeners = Listeners()

    async def __aenter__(self) -> Self:
        self._nodes = [await Node.at(address) for address in self._settings.rtpengine]
        await self.own.__aenter__()
        seconds, parties = self._settings.silence_seconds, self._switching.parties
        self._soon(Watch(self._nodes, parties, seconds, self._listeners.tell, self._lost).run())
        self._soon(self._hear(self.own.events()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._soon.end()
        await asyncio.gather(*(self.close(leg) for leg in list(self._switching.parties)))
        await self.own.__aexit__(None, None, None)
        for node in self._nodes:
            node.close()

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        """See MediaEngine."""
        neighbour = self._party(beside) if beside is not None else None
        node, call = (neighbour.node, neighbour.call) if neighbour else (self._next_node(), secrets.token_hex(8))
        ours = await self.own.open(leg, beside=beside)
        try:
            return await self._switching.open(node, call, leg, ours)
        except BaseException:  # also when whoever asked does not wait any more
            await self.own.close(leg)
            raise

    async def connect(
        self,
        leg: str,
        remote: tuple[str, int],
        codec: Codec,
        telephone_event: int | None = None,
        crypto: Crypto | None = None,
        *,
        direction: Direction = Direction.SENDRECV,
        learn: bool = True,
        rtcp: int = 0,
    ) -> None:
        """See MediaEngine."""
        agreed = Agreed(remote, codec, telephone_event, crypto, direction, learn, rtcp)
        await self._switching.connect(self._party(leg), agreed)

    async def play(self, leg: str, audio: Path | bytes, *, loop: bool = False, interruptible: bool = True) -> int:
        """See MediaEngine."""
        party = self._party(leg)
        party.playing = _UNNUMBERED
        await self._switching.settle(party)
        try:
            party.playing = await self.own.play(leg, audio, loop=loop, interruptible=interruptible)
        except MediaError:
            party.playing = 0
            raise
        return party.playing

    async def stop(self, leg: str) -> None:
        """See MediaEngine."""
        await self.own.stop(leg)
        party = self._party(leg)
        party.playing = 0
        await self._switching.settle(party)

    async def bridge(self, one: str, other: str) -> None:
        """See MediaEngine."""
        await self.mix(f"{one}+{other}", [one, other])

    async def mix(self, room: str, legs: Sequence[str], gains: Mapping[tuple[str, str], float] | None = None) -> None:
        """See MediaEngine."""
        members = [self._party(leg) for leg in legs]
        for member in members:
            await self._switching.part(member)
        await self.own.mix(room, legs, gains)
        self._rooms[room] = list(legs)
        if len(members) == _PLAIN_PAIR and not gains:
            members[0].other, members[1].other = legs[1], legs[0]
            await self._switching.settle(members[0])

    async def part(self, leg: str) -> None:
        """See MediaEngine."""
        await self._switching.part(self._party(leg))
        await self.own.part(leg)

    async def hold(self, leg: str, music: Path | bytes | None = None) -> None:
        """See MediaEngine."""
        party = self._party(leg)
        party.held = True
        await self._switching.settle(party)
        await self.own.hold(leg, music)

    async def resume(self, leg: str) -> None:
        """See MediaEngine."""
        await self.own.resume(leg)
        party = self._party(leg)
        party.held, party.playing = False, 0
        await self._switching.settle(party)

    async def record(self, target: str, path: Path) -> None:
        """See MediaEngine."""
        await self._switching.record(self._rooms.get(target, [target]), recorded=True)
        await self.own.record(target, path)

    async def pause_recording(self, target: str) -> None:
        """See MediaEngine."""
        await self.own.pause_recording(target)

    async def resume_recording(self, target: str) -> None:
        """See MediaEngine."""
        await self.own.resume_recording(target)

    async def stop_recording(self, target: str) -> Recording:
        """See MediaEngine."""
        recording = await self.own.stop_recording(target)
        await self._switching.record(self._rooms.get(target, [target]), recorded=False)
        return recording

    async def send_digits(self, leg: str, digits: str) -> None:
        """See MediaEngine."""
        party = self._party(leg)
        await self._switching.begin_pressing(party)
        self._soon(self._switching.end_pressing(party, len(digits) * _KEY_SECONDS))
        await self.own.send_digits(leg, digits)

    async def lend(self, leg: str, near: tuple[str, int] | None) -> int:
        """See MediaEngine. A node passes packets on as they are: it stays between."""
        return await self.own.lend(leg, near)

    async def open_image(self, image: str) -> Endpoint:
        """See MediaEngine. No node: our own process faces the far side."""
        return await self.own.open_image(image)

    async def lend_image(self, image: str, remote: tuple[str, int], near: tuple[str, int]) -> int:
        """See MediaEngine."""
        return await self.own.lend_image(image, remote, near)

    async def statistics(self, leg: str) -> Statistics:
        """See MediaEngine. What a node carried alone is among the received, not among the sent."""
        return await self._switching.counted(self._party(leg), await self.own.statistics(leg))

    async def close(self, leg: str) -> Statistics:
        """See MediaEngine."""
        party = self._switching.parties.get(leg)
        if party is None:
            return await self.own.close(leg)
        with suppress(MediaError):
            await self._switching.part(party)
        counted = await self._switching.counted(party, await self.own.close(leg))
        self._forget(party)
        with suppress(MediaError):  # a node that is gone has freed it
            await self._switching.free(party)
        return counted

    def events(self) -> AsyncIterator[Event]:
        """See MediaEngine."""
        return self._listeners.follow()

    def relayed(self, leg: str) -> bool:
        """Whether a node alone carries it just now."""
        return bool(self._party(leg).relayed_to)

    def _party(self, leg: str) -> Party:
        return self._switching.party(leg)

    def _next_node(self) -> Node:
        alive = [node for node in self._nodes if node.alive] or self._nodes
        return alive[next(self._turns) % len(alive)]

    async def _hear(self, told: AsyncIterator[Event]) -> None:
        async for event in told:
            party = self._switching.parties.get(event.leg)
            if isinstance(event, Gone) and party:
                self._lost(party)
                continue
            if isinstance(event, Played) and party and party.playing == event.play:
                party.playing = 0
                self._soon(self._switching.settle_quietly(party))
            self._listeners.tell(event)

    def _lost(self, party: Party) -> None:
        """Its audio is no more, by the node's death or our own process's."""
        self._forget(party)
        self._listeners.tell(Gone(party.name))
        self._soon(self._freed(party))

    async def _freed(self, party: Party) -> None:
        await self.own.close(party.name)
        with suppress(MediaError):
            await self._switching.free(party)

    def _forget(self, party: Party) -> None:
        self._switching.forget(party)
        for legs in self._rooms.values():
            if party.name in legs:
                legs.remove(party.name)
        self._rooms = {name: legs for name, legs in self._rooms.items() if legs}
