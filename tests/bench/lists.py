"""Lists at 50,000 open conversations and search at a million messages, through the API of a running hub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote

from tests.bench.api import log_in
from tests.bench.generate import Size, generate
from tests.bench.light_http import LightHttp
from tests.bench.place import DATABASES, Place, hub, place
from tests.bench.row import Cost, Measure, Row, Unfinished, percentile, scaled

SIZE = Size()
LISTS = (
    "view=all",
    "view=team",
    "view=mine",
    "view=waiting",
    "view=unassigned",
    "state=QUEUED",
    "state=CLOSED",
    "queue=service",
    "channel=email&state=CONNECTED",
    "customer=7",
)
PAGES = 3  # of each list, the cursor of one leading to the next
QUERIES = (
    "的", "是", "一", "的是", "我们", "的是一", "不是我的", "的的的的", "一一一一一", "的是不了", "的 是 不 我 了",
    "的是不了人在他有", "hello", "hello 的", "error", "er", "13800138000", "0012", "12345", "伟鹤", "懂",
    "介烧误", "zzz",
)  # fmt: skip
ROUNDS = 3
PEOPLE = (("admin", "an administrator"), ("agent1", "an agent of one department"))


def measures(scale: float) -> list[Measure]:
    """One a database; filling it takes most of the time."""
    size = Size(
        scaled(SIZE.interactions, scale, 1000), scaled(SIZE.open, scale, 250), scaled(SIZE.customers, scale, 100)
    )
    return [Measure(f"lists and search, {kind}", partial(_rows, kind, size)) for kind in DATABASES]


def _rows(kind: str, size: Size) -> Iterator[Row]:
    with place(kind) as where:
        asyncio.run(generate(where, size))
        yield from asyncio.run(_measured(where, size))


async def _measured(where: Place, size: Size) -> list[Row]:
    async with hub(where) as process, LightHttp(process.http) as http:
        floor = percentile([span for _ in range(ROUNDS) for span in await _timed(http, "", ["/healthz"] * 20)], 0.95)
        rows = []
        for login, name in PEOPLE:
            token = await _token(process.http, login)
            cost, started = Cost(process.pid), time.perf_counter()
            listed = [span for _ in range(ROUNDS) for query in LISTS for span in await _pages(http, token, query)]
            cpu = cost.cpu(time.perf_counter() - started)
            note = f"{where.kind}; {name}; p50 {percentile(listed, 0.5):.0f} ms"
            title = f"list p95 at {size.open:,} open"
            rows.append(Row(title, percentile(listed, 0.95), "ms", floor, "≤ 150", cpu, cost.memory(), note))
            rows.append(await _searched(http, token, process.pid, floor, size, f"{where.kind}; {name}"))
    return rows


async def _searched(http: LightHttp, token: str, pid: int, floor: float, size: Size, note: str) -> Row:
    paths = [f"/api/v1/search?q={quote(query)}" for query in QUERIES]
    cost, started = Cost(pid), time.perf_counter()
    spans = [span for _ in range(ROUNDS) for span in await _timed(http, token, paths)]
    cpu = cost.cpu(time.perf_counter() - started)
    slowest = QUERIES[max(range(len(spans)), key=spans.__getitem__) % len(QUERIES)]
    note += f"; p50 {percentile(spans, 0.5):.0f} ms; slowest “{slowest}” {max(spans):.0f} ms"
    title = f"search p95 at {size.messages:,} messages"
    return Row(title, percentile(spans, 0.95), "ms", floor, "≤ 500", cpu, cost.memory(), note)


async def _token(base: str, login: str) -> str:
    client = await log_in(base, login)
    token = client.headers["Authorization"].removeprefix("Bearer ")
    await client.aclose()
    return token


async def _pages(http: LightHttp, token: str, query: str) -> list[float]:
    """Milliseconds of the first pages of one list."""
    spans, cursor = [], ""
    for _ in range(PAGES):
        span, page = await _get(http, token, f"/api/v1/interactions?{query}&cursor={quote(cursor)}")
        spans.append(span)
        cursor = page["next"] or ""
        if not cursor:
            break
    return spans


async def _timed(http: LightHttp, token: str, paths: Sequence[str]) -> list[float]:
    return [(await _get(http, token, path))[0] for path in paths]


async def _get(http: LightHttp, token: str, path: str) -> tuple[float, dict[str, str | None]]:
    started = time.perf_counter()
    status, answer = await http.call("GET", path, token)
    if status != 200:
        raise Unfinished(f"{path} was answered {status}: {answer}")
    return 1000 * (time.perf_counter() - started), answer
