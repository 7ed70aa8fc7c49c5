"""Topics are wake-ups: bounded, small, heard on every node, never twice on one."""

from collections.abc import AsyncIterator, Mapping

import pytest

from hub.api import Json
from hub.plugin.topics import QUEUE, Topics


class Wire:
    """Carries what one node says to all, as NOTIFY does: the speaker hears itself too."""

    def __init__(self) -> None:
        self.nodes: list[Topics] = []

    async def send(self, payload: str) -> None:
        for node in self.nodes:
            node.heard(payload)


async def take(topics: Topics, topic: str, publish: list[Json]) -> list[object]:
    async with topics.subscribe(topic) as wakeups:
        for number in publish:
            await topics.publish(topic, {"n": number})
        await topics.publish(topic, {"n": "end"})
        return [data["n"] async for data in _until_end(wakeups)]


async def _until_end(wakeups: AsyncIterator[Mapping[str, Json]]) -> AsyncIterator[Mapping[str, Json]]:
    async for data in wakeups:
        if data["n"] == "end":
            return
        yield data


async def test_a_subscriber_hears_what_is_published_in_order() -> None:
    assert await take(Topics("a"), "t", [1, 2, 3]) == [1, 2, 3]


async def test_who_fell_behind_loses_the_oldest() -> None:
    heard = await take(Topics("a"), "t", list(range(QUEUE + 10)))
    assert heard == list(range(11, QUEUE + 10))


async def test_every_node_hears_once() -> None:
    wire = Wire()
    here, there = Topics("here", wire), Topics("there", wire)
    wire.nodes = [here, there]
    async with here.subscribe("t") as at_home, there.subscribe("t") as abroad:
        await here.publish("t", {"n": 1})
        await here.publish("t", {"n": 2})
        assert [(await anext(at_home))["n"], (await anext(at_home))["n"]] == [1, 2]
        assert [(await anext(abroad))["n"], (await anext(abroad))["n"]] == [1, 2]


async def test_a_topic_nobody_listens_to_leaves_nothing_behind() -> None:
    topics = Topics("a")
    async with topics.subscribe("t"):
        pass
    await topics.publish("t", {"n": 1})
    assert not topics._queues


async def test_content_does_not_fit_into_a_wake_up() -> None:
    with pytest.raises(ValueError, match="carries ids"):
        await Topics("a").publish("t", {"text": "你" * 4000})
