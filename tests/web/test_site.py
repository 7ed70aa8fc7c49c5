"""The inbox's page, health and numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hub.store.database import Store
from hub.web.app import create_app
from hub.web.node import Node
from hub.web.services import Services
from tests.web.people import People

BASE = "http://hub.test"


@pytest.fixture
def built(services: Services, tmp_path: Path) -> httpx.AsyncClient:
    """A site whose inbox was built."""
    folder = tmp_path / "inbox"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Inbox</title>")
    (folder / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret.js").write_text("no")
    site = replace(services, settings=replace(services.settings, inbox=folder))
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(site)), base_url=BASE)


async def test_every_address_of_the_inbox_is_its_page(built: httpx.AsyncClient) -> None:
    for path in ("/", "/interactions/7", "/admin/queues"):
        page = await built.get(path)
        assert page.text == "<title>Inbox</title>" and page.headers["cache-control"] == "no-cache"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_assets_are_kept_for_ever_and_missing_ones_are_missing(built: httpx.AsyncClient) -> None:
    assert "immutable" in (await built.get("/assets/app-1a2b.js")).headers["cache-control"]
    assert (await built.get("/assets/app-0000.js")).status_code == 404
    assert (await built.get("/..%2fsecret.js")).status_code == 404
    assert (await built.post("/")).status_code == 405


async def test_an_inbox_that_is_not_built_says_what_to_type(services: Services, tmp_path: Path) -> None:
    site = replace(services, settings=replace(services.settings, inbox=tmp_path / "nothing"))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(site)), base_url=BASE)
    page = await client.get("/")
    assert page.status_code == 503 and "make ui" in page.text


async def test_a_node_is_ready_while_its_database_answers(people: People, store: Store) -> None:
    client = people.stranger()
    assert (await client.get(f"{BASE}/healthz")).json() == {"status": "ok"}
    assert (await client.get(f"{BASE}/readyz")).json() == {"status": "ready"}


async def test_metrics_are_for_this_machine_and_for_who_reads_reports(node: Node, people: People) -> None:
    own = httpx.AsyncClient(transport=httpx.ASGITransport(people.app, client=("127.0.0.1", 1)), base_url=BASE)
    assert "hub_stream_clients 0.0" in (await own.get("/metrics")).text
    afar = httpx.AsyncClient(transport=httpx.ASGITransport(people.app, client=("203.0.113.9", 1)), base_url=BASE)
    assert (await afar.get("/metrics")).status_code == 403
    supervisor = await people.client("supervisor")
    headers = {"authorization": supervisor.headers["authorization"]}
    assert (await afar.get("/metrics", headers=headers)).status_code == 200
