"""Two hub processes on one PostgreSQL are one site: what comes in at one is answered at the other, whoever dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.chaos import site
from tests.chaos.agent import Agent
from tests.chaos.report import rows
from tests.farside.chat_visitor import ChatVisitor
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess
from tests.support.starting import Start

HOLDERS = "SELECT holder FROM leases WHERE name LIKE '{}%' AND until > now()"


@pytest.fixture
async def nodes(tmp_path: Path, postgresql_url: str, begin_hub: Start) -> AsyncIterator[tuple[HubProcess, HubProcess]]:
    with SmtpSink(tmp_path / "sink.jsonl") as sink:
        site.write(tmp_path, sink.port)
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(HubProcess(tmp_path, postgresql_url, begin=begin_hub))
            second = await stack.enter_async_context(HubProcess(tmp_path, postgresql_url, begin=begin_hub))
            yield first, second


@pytest.mark.process
async def test_a_visitor_at_one_node_is_answered_by_an_agent_at_the_other_and_after_its_death(
    nodes: tuple[HubProcess, HubProcess],
) -> None:
    first, second = nodes
    alive = first
    working = asyncio.create_task(Agent("agent1", lambda: alive.http).work())
    async with ChatVisitor(second.http) as visitor:
        assert await visitor.say("one") == "acked"
        await visitor.hears("re:one")
        await first.kill()
        alive = second
        assert await visitor.say("two") == "acked"
        await visitor.hears("re:two")
    async with ChatVisitor(second.http) as newcomer:
        assert await newcomer.say("three") == "acked"
        await newcomer.hears("re:three")
    working.cancel()


@pytest.mark.process
async def test_each_connection_and_the_routing_belong_to_one_node(nodes: tuple[HubProcess, HubProcess]) -> None:
    database = nodes[0].database
    living = await rows(database, HOLDERS.format("node:"))
    assert len(living) == 2
    assert len(await rows(database, HOLDERS.format("connection:"))) == 1
    assert len(await rows(database, HOLDERS.format("routing"))) == 1
