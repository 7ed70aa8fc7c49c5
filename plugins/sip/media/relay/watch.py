"""What nodes do not tell of themselves, asked every few seconds: that they live, and that far sides are heard."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from plugins.sip.media.engine import MediaError, Silence
from plugins.sip.media.relay.counting import last_packet
from plugins.sip.media.relay.ng import Answer, Node, Refused
from plugins.sip.media.relay.party import Party

_PAUSE: Final = 2.0
_MOST_TURNS: Final = 8


class Watch:
    """`silent` is told once an outage, `lost` gets the legs of a node that is no more, or that has forgotten them."""

    def __init__(
        self,
        nodes: Iterable[Node],
        parties: Mapping[str, Party],
        silence_seconds: float,
        silent: Callable[[Silence], None],
        lost: Callable[[Party], None],
    ) -> None:
        self._nodes, self._parties = tuple(nodes), parties
        self._silence_seconds, self._silent, self._lost = silence_seconds, silent, lost

    async def run(self) -> None:
        """Until cancelled."""
        for number in itertools.count(1):
            await asyncio.sleep(_PAUSE)
            closely = number % self._turns == 0
            await asyncio.gather(*(self._look(node, closely) for node in self._nodes))

    @property
    def _turns(self) -> int:
        """After how many pauses calls are asked about: often enough for the silence that is to be told, as each is an
        answer of some kilobytes."""
        return max(1, min(_MOST_TURNS, int(self._silence_seconds / 4 / _PAUSE)))

    async def _look(self, node: Node, closely: bool) -> None:
        mine = [party for party in self._parties.values() if party.node is node]
        try:
            await node.ask("ping")
            for call in {party.call for party in mine} if closely else ():
                await self._look_at(node, call)
        except MediaError:
            for party in mine:
                self._lost(party)

    async def _look_at(self, node: Node, call: str) -> None:
        """One call. Raises MediaError when the node is gone."""
        try:
            answer = await node.ask("query", call_id=call)
        except Refused:
            answer = {}
        for party in [each for each in self._parties.values() if each.call == call]:
            if not answer:
                self._lost(party)
            elif party.relayed_to:
                self._hear(party, answer)

    def _hear(self, party: Party, answer: Answer) -> None:
        seconds = time.time() - max(last_packet(answer, party.name), party.relayed_at)
        if seconds < self._silence_seconds:
            party.told_silence = False
        elif not party.told_silence:
            party.told_silence = True
            self._silent(Silence(party.name, round(seconds, 1)))
