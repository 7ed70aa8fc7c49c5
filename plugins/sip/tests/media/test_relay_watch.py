"""What is noticed of nodes by asking them: whose far side is silent, and whose node is no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from plugins.sip.media.engine import Endpoint, MediaError, Silence
from plugins.sip.media.relay import watch
from plugins.sip.media.relay.bencode import Sayable, Value
from plugins.sip.media.relay.ng import Answer, Node, Refused
from plugins.sip.media.relay.party import Party
from plugins.sip.tests.media.calls import until

AT = Endpoint("192.0.2.9", 30_000)


class ToyNode(Node):
    """It says when it last heard whom, until it is `dead` or has `forgotten` calls."""

    def __init__(self) -> None:
        super().__init__("192.0.2.9:2223")
        self.heard: dict[str, Callable[[], float]] = {}
        self.dead = False
        self.forgotten: set[str] = set()
        self.asked = 0

    async def ask(self, command: str, **fields: Sayable) -> Answer:
        self.asked += 1
        if self.dead:
            raise MediaError("it does not answer")
        if command == "ping":
            return {"result": b"pong"}
        if fields["call_id"] in self.forgotten:
            raise Refused("unknown call")
        return {"tags": {name: _stream(at()) for name, at in self.heard.items()}}


def _stream(last: float) -> dict[str, Value]:
    return {"medias": [{"streams": [{"flags": [b"RTP"], "last packet": int(last)}]}]}


@dataclass
class Watched:
    """A caller and an agent whom a node carries alone, and one that our own process carries."""

    node: ToyNode = field(default_factory=ToyNode)
    silent: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, call, other in (("caller", "one", "agent"), ("agent", "one", "caller"), ("third", "two", "")):
            self.parties[name] = Party(name, self.node, call, AT, AT, relayed_to=other)
            self.node.heard[name] = time.time

    async def rounds(self, count: int = 3) -> None:
        """So many more looks at everything."""
        wanted = self.node.asked + 3 * count
        await until(lambda: self.node.asked >= wanted)

    def gone(self, party: Party) -> None:
        self.lost.append(self.parties.pop(party.name).name)

    def told(self, silence: Silence) -> None:
        self.silent.append(silence.leg)


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(watch, "_PAUSE", 0.001)
    found = Watched()
    task = asyncio.create_task(watch.Watch([found.node], found.parties, 5.0, found.told, found.gone).run())
    yield found
    task.cancel()


async def test_silence_is_told_once_an_outage_and_of_nobody_else(watched: Watched) -> None:
    await watched.rounds()
    assert watched.silent == []
    for name in ("caller", "third"):  # who is carried by our own process is heard there
        watched.node.heard[name] = lambda: time.time() - 10
    await watched.rounds()
    assert watched.silent == ["caller"]
    watched.node.heard["caller"] = time.time
    await watched.rounds()
    watched.node.heard["caller"] = lambda: 0
    await watched.rounds()
    assert watched.silent == ["caller", "caller"] and watched.lost == []


async def test_a_node_that_is_no_more_takes_all_its_legs(watched: Watched) -> None:
    watched.node.dead = True
    await until(lambda: len(watched.lost) == 3)
    assert watched.parties == {} and watched.silent == []


async def test_a_node_that_has_forgotten_a_call_takes_that_one(watched: Watched) -> None:
    watched.node.forgotten.add("one")
    await until(lambda: len(watched.lost) == 2)
    await watched.rounds()
    assert sorted(watched.lost) == ["agent", "caller"] and list(watched.parties) == ["third"]
