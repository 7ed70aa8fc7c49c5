"""The company the browser tests visit, and windows on its inbox."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, ViewportSize

from hub import web
from tests.browser.desk import Desk
from tests.browser.office import PASSWORD, Office, site_file
from tests.farside.processes import SmtpSink
from tests.support.fixtures import StartHub

OpenOffice = Callable[..., Awaitable[Office]]
SitDown = Callable[..., Awaitable[Desk]]
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 1024, "height": 700}
BUILT = Path(web.__file__).parent / "static" / "inbox" / "index.html"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a screen shows does not depend on the database, which other tests run twice."""
    return sqlite_url


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpSink]:
    """The customers': started once for all tests of a worker."""
    with SmtpSink(tmp_path_factory.mktemp("customers") / "mail.jsonl") as sink:
        yield sink


@pytest.fixture
def customers_mail(mail_server: SmtpSink) -> SmtpSink:
    """Where the hub's replies arrive; what an earlier test's did is forgotten."""
    os.truncate(mail_server.ledger, 0)  # it only ever appends
    return mail_server


@pytest.fixture
async def open_office(tmp_path: Path, customers_mail: SmtpSink, hub_process: StartHub) -> AsyncIterator[OpenOffice]:
    """`office = await open_office(offer_seconds=3)` starts the company."""
    assert BUILT.is_file(), "the inbox is not built: make ui"
    async with AsyncExitStack() as stack:

        async def start(**queue: int) -> Office:
            (tmp_path / "hub.toml").write_text(site_file(customers_mail.port, **queue), encoding="utf-8")
            hub = await hub_process()
            api = await stack.enter_async_context(httpx.AsyncClient(base_url=hub.http, timeout=20))
            answer = await api.post("/api/v1/login", json={"login": "ada", "password": PASSWORD})
            api.headers["authorization"] = f"Bearer {answer.json()['token']}"
            api.cookies.clear()
            return Office(hub, customers_mail, api)

        yield start


@pytest.fixture
async def office(open_office: OpenOffice) -> Office:
    """The company with what most tests want: half a minute for an offer, no wrap-up."""
    return await open_office()


@pytest.fixture
async def sit_down(browser: Browser) -> AsyncIterator[SitDown]:
    """`lin = await sit_down(office, "lin")` is an agent who is logged in, in a window of their own; with `typing` they
    do it on the screen. Uncaught errors fail."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def log_in(
            office: Office,
            login: str,
            *,
            locale: str = "en-GB",
            path: str = "/",
            wide: bool = True,
            typing: bool = False,
        ) -> Desk:
            # Nothing slides or fades: what moves is drawn sixty times a second, which only people need.
            view = WIDE if wide else NARROW
            context = await browser.new_context(locale=locale, viewport=view, reduced_motion="reduce")
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            desk = Desk(page, office.url)
            await (desk.log_in if typing else desk.come_back)(login, path)
            return desk

        yield log_in
    assert not errors, f"uncaught in a page: {errors}"
