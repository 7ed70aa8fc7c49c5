"""The fixtures that tests anywhere in the project may ask for by name, and the marks that follow from asking."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support import compiled, databases, hashing
from tests.support.authorities import nobody_known
from tests.support.chromium import FLAGS, PROGRAM
from tests.support.hub_process import HubProcess
from tests.support.starting import Preloaded, Start

StartHub = Callable[..., Awaitable[HubProcess]]

LOOKED_AFTER = "_nothing_left_running"  # a millisecond, and what never waits leaves nothing running
LONG = ("slow", "browser", "process")
LOGS = pytest.StashKey[list[HubProcess]]()
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all tests are read: what they are made of stays until the end
    compiled.share()
    hashing.cheapen()
    if not hasattr(config, "workerinput"):  # the process that starts the run, not one of its workers
        databases.begin_run()
        # Playwright's driver is compiled once a run and not once a test
        os.environ.setdefault("NODE_COMPILE_CACHE", str(Path(os.environ[databases.RUN]) / "node"))
        # nobody here speaks with the world: its 150 authorities are 30 ms for every client that could
        os.environ["SSL_CERT_FILE"] = str(nobody_known(Path(os.environ[databases.RUN])))
        config.add_cleanup(databases.end_run)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test asks for says what it needs, so nobody has to remember a mark."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & {"browser", "page"}:
            item.add_marker(pytest.mark.browser)
        if "hub_process" in asked:
            item.add_marker(pytest.mark.process)
        if "postgresql_url" in asked:
            item.add_marker(pytest.mark.postgresql)
        if LOOKED_AFTER in asked and not item.get_closest_marker("asyncio"):
            item.fixturenames.remove(LOOKED_AFTER)  # type: ignore[attr-defined]  # only functions ask for fixtures
    items.sort(key=_is_quick)  # what takes long first: at the end no worker waits for another's last test


def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()  # nothing of it is looked through again and again


def _is_quick(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in LONG)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its hub processes wrote."""
    report = yield
    if report.failed:
        for process in item.stash.get(LOGS, []):
            report.sections.append((f"hub serve in {process.folder}", process.text))
    return report


@pytest.fixture(autouse=True)
async def _nothing_left_running() -> AsyncIterator[None]:
    """All tests of a worker share a loop; what one of them left running there ends with it."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of the test's own; the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def sqlite_url() -> Iterator[str]:
    with databases.own_folder() as folder, databases.sqlite_database(folder) as url:
        yield url


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with databases.postgresql_database() as url:
        yield url


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """What the hubs of a worker are forked from; its process starts with the first of them."""
    with Preloaded() as preloaded:
        yield preloaded


@pytest.fixture
def begin_hub(preloaded: Preloaded) -> Start:
    """How the hubs of a test start. Where a cold start is the point, override it: `return execute`."""
    return preloaded.start


@pytest.fixture
async def hub_process(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, begin_hub: Start
) -> AsyncIterator[StartHub]:
    """`hub = await hub_process("--demo", HUB_X="…")` starts the real `hub serve` on the test's database."""
    started: list[HubProcess] = request.node.stash.setdefault(LOGS, [])
    async with AsyncExitStack() as stack:

        async def start(*arguments: str, **environment: str) -> HubProcess:
            started.append(HubProcess(tmp_path, database_url, environment, arguments, begin_hub))
            return await stack.enter_async_context(started[-1])

        yield start


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, headless: started once for all tests of a worker. A missing one fails the test."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """A browser with nothing remembered: what a test leaves open is closed with it."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One window of an English-speaking person; a JavaScript error nobody caught fails the test."""
    # nothing slides or fades: what moves is drawn sixty times a second, which only people need
    page = await browser.new_page(locale="en-US", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors, f"uncaught in the page: {errors}"
