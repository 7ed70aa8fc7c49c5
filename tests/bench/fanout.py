"""How long until the last of a thousand agents' screens has a message; floor: a web server that only passes it on."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

from tests.bench.bare import BareServer
from tests.bench.crew import Hand, crew
from tests.bench.crowd import crowd
from tests.bench.light_http import LightHttp
from tests.bench.light_socket import open_socket
from tests.bench.place import Place, hub, place
from tests.bench.row import Cost, Measure, Row, Unfinished, percentile, scaled
from tests.bench.visitor import Visitor

AGENTS = 1000
PROCESSES = 2
NOTES = 40
READY_WITHIN, HEARD_WITHIN = 60.0, 10.0
Post = Callable[[int], Awaitable[int]]


def measures(scale: float) -> list[Measure]:
    """SQLite only: the database has no part in it but one commit."""
    return [Measure("stream fan-out", partial(_rows, scaled(AGENTS, scale, 20), scaled(NOTES, scale, 5)))]


def _rows(agents: int, notes: int) -> Iterator[Row]:
    with BareServer() as bare:
        floor = asyncio.run(_bare(bare.port, agents, notes))
    with place("sqlite") as where:
        spans, cpu, memory = asyncio.run(_hub(where, agents, notes))
    note = f"{notes} notes, one after another"
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        value = percentile(spans, share)
        yield Row(f"post to the last of {agents} {name}", value, "ms", percentile(floor, share), "", cpu, memory, note)


async def _hub(where: Place, agents: int, notes: int) -> tuple[list[float], float, float]:
    people = await crowd(where, working=1)
    (token,) = people.agents.values()
    async with hub(where) as process, LightHttp(process.http) as http:
        port = int(process.http.rsplit(":", 1)[1])
        interaction = await _conversation(port, http, people.admin)

        async def post(number: int) -> int:
            path = f"/api/v1/interactions/{interaction}/messages"
            status, made = await http.call("POST", path, people.admin, {"kind": "NOTE", "text": f"note {number}"})
            if status != 201:
                raise Unfinished(f"a note was answered {status}: {made}")
            return int(made["id"])

        async with _listening(port, "/api/v1/stream", token, agents) as hands:
            cost, started = Cost(process.pid), time.perf_counter()
            spans = [await _span(hands, post, number) for number in range(notes)]
            return spans, cost.cpu(time.perf_counter() - started), cost.memory()


async def _conversation(port: int, http: LightHttp, token: str) -> int:
    visitor = Visitor()
    await visitor.arrive(port)
    visitor.say("hello")
    async with asyncio.timeout(HEARD_WITHIN):
        while True:
            _, page = await http.call("GET", "/api/v1/interactions", token)
            if page["items"]:
                return int(page["items"][0]["id"])
            await asyncio.sleep(0.1)


async def _bare(port: int, agents: int, notes: int) -> list[float]:
    async with _listening(port, "/fan", "x", agents) as hands:
        speaker = await open_socket(port, "/fan", lambda text: None)
        speaker.send(b'{"token":"x"}')

        async def post(number: int) -> int:
            event = {"seq": number, "at": "2000-01-01T00:00:00Z", "type": "interaction.message", "interaction": 1}
            frame = {"type": "events", "items": [event | {"data": {"message": number, "kind": "NOTE"}}]}
            speaker.send(json.dumps(frame).encode())
            return number

        spans = [await _span(hands, post, number) for number in range(notes)]
        speaker.close()
        return spans


@asynccontextmanager
async def _listening(port: int, path: str, token: str, agents: int) -> AsyncIterator[list[Hand]]:
    async with crew(PROCESSES, "tests.bench.listeners", port, path, token, agents // PROCESSES) as hands:
        for hand in hands:
            await hand.hear("ready", READY_WITHIN)
        yield hands


async def _span(hands: list[Hand], post: Post, number: int) -> float:
    """Milliseconds from before the post to the last listener."""
    started = time.time()
    wanted = await post(number)
    last = 0.0
    for hand in hands:
        heard = await hand.hear("message", HEARD_WITHIN)
        if heard["message"] != wanted:
            raise Unfinished(f"message {heard['message']} came instead of {wanted}")
        last = max(last, heard["at"])
    return 1000 * (last - started)
