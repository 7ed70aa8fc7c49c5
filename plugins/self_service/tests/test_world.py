"""What a script may reach of the world, and what it may not."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from hub.api import Answered, Ask, Dialogue, HandOver, QueueFacts, Started, TicketFacts
from hub.testing import FakeContext
from plugins.self_service.fetching import Fetcher, origin
from plugins.self_service.flow import ScriptedFlow
from plugins.self_service.library import Library
from plugins.self_service.pace import Pace
from plugins.self_service.settings import SelfServiceSettings
from plugins.self_service.world import HubWorld, read_file

HERE = Path(__file__).parents[1]
SCRIPT = """\
flow: tiny
languages: [en]
start: ask
nodes:
  ask: { do: collect, say: 'Name?', into: n, next: x, otherwise: x }
"""
END = "  x: { do: end, say: 'Bye' }\n"
NOBODY = Dialogue(1, 1, None, "en")


def settings(**given: object) -> SelfServiceSettings:
    return SelfServiceSettings.model_validate(given)


def answering(content: bytes, status: int = 200) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, content=content, headers={"Location": "https://elsewhere.test/"})

    return httpx.MockTransport(answer), asked


@pytest.mark.parametrize(
    ("url", "whose"),
    [
        ("https://ERP.test/a?b", "https://erp.test"),
        ("https://erp.test:443/", "https://erp.test"),
        ("http://erp.test:8080", "http://erp.test:8080"),
        ("https://erp.test@elsewhere.test/", ""),
        ("https://erp.test\\@elsewhere.test/", ""),
        ("file:///etc/passwd", ""),
        ("//erp.test", ""),
        ("https://[", ""),
        ("https://erp.test:port/", ""),
    ],
)
def test_whose_an_address_is(url: str, whose: str) -> None:
    assert origin(url) == whose


@pytest.mark.parametrize(
    "url", ["https://elsewhere.test/", "http://erp.test/", "https://erp.test:8443/", "ftp://erp.test/"]
)
async def test_only_the_sites_own_systems_are_asked(url: str, caplog: pytest.LogCaptureFixture) -> None:
    transport, asked = answering(b"{}")
    fetcher = Fetcher(settings(hosts=["https://erp.test"]), transport)
    assert await fetcher.fetch(url, "GET", {}, None, 1.0) is None
    assert asked == []
    assert "may not ask" in caplog.text


async def test_an_answer_is_taken_as_json(caplog: pytest.LogCaptureFixture) -> None:
    transport, asked = answering(b'{"place": "Hangzhou"}')
    fetcher = Fetcher(settings(hosts=["https://erp.test"]), transport)
    said = await fetcher.fetch("https://erp.test/o", "POST", {"X-Key": "k"}, {"order": "7"}, 1.0)
    assert said == {"place": "Hangzhou"}
    [request] = asked
    assert (request.method, request.headers["x-key"], request.content) == ("POST", "k", b'{"order":"7"}')


@pytest.mark.parametrize(("content", "status"), [(b"{}", 404), (b"{}", 302), (b"<html>", 200), (b"1" * 200, 200)])
async def test_what_is_no_answer_finds_nothing_and_redirects_are_not_followed(
    content: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    transport, asked = answering(content, status)
    fetcher = Fetcher(settings(hosts=["https://erp.test"], largest_answer=100), transport)
    assert await fetcher.fetch("https://erp.test/secret", "GET", {}, None, 1.0) is None
    assert len(asked) == 1
    assert "in vain" in caplog.text
    assert "secret" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("plugins")
    )


async def test_a_system_that_does_not_answer_in_time_finds_nothing() -> None:
    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    fetcher = Fetcher(settings(hosts=["https://erp.test"]), httpx.MockTransport(late))
    assert await fetcher.fetch("https://erp.test/", "GET", {}, None, 0.1) is None


def test_no_file_but_those_beside_the_script_is_sent(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "manual.pdf").write_bytes(b"%PDF")
    (tmp_path / "site.key").write_text("secret")
    (tmp_path / "flows" / "link.pdf").symlink_to(tmp_path / "site.key")
    found = read_file(tmp_path / "flows", "manual.pdf")
    assert found is not None
    assert (found.name, found.media_type, found.content) == ("manual.pdf", "application/pdf", b"%PDF")
    for name in ("../site.key", "link.pdf", str(tmp_path / "site.key"), "none.pdf", "."):
        assert read_file(tmp_path / "flows", name) is None


def test_nobody_walks_through_all_the_numbers() -> None:
    now = 0.0
    pace = Pace(2, lambda: now)
    assert [pace.allows() for _ in range(3)] == [True, True, False]
    now = 30.0
    assert [pace.allows() for _ in range(2)] == [True, False]


async def test_the_hubs_world_knows_tickets_queues_pins_and_switches() -> None:
    context = FakeContext("self_service", migrations=HERE / "migrations")
    at = datetime(2026, 3, 4, tzinfo=UTC)
    context.tickets["482190356", "1234"] = TicketFacts("482190356", "OPEN", "Ear", at)
    context.queues["desk"] = QueueFacts(False, 3, 1, at)
    world = HubWorld(context, settings(pins={"night": SecretStr("4711")}, look_ups_per_minute=3))
    found = await world.ticket("482190356", "1234")
    assert found == {"serial": "482190356", "status": "OPEN", "subject": "Ear", "updated_at": at.isoformat()}
    assert await world.ticket("482190356", "0000") is None
    await world.ticket("1", "1")
    assert await world.ticket("482190356", "1234") is None, "tried too often"
    assert await world.queue("desk") == {"open": False, "waiting": 3, "agents": 1, "opens_at": at.isoformat()}
    assert await world.queue("attic") is None
    assert [world.knows_pin("night", said) for said in ("4711", "1234")] == [True, False]
    assert not world.knows_pin("day", "")
    assert await world.is_on("f")
    await world.switch("f", False, "Ann")
    await world.switch("f", False, "Bo")
    assert not await world.is_on("f")


async def test_a_changed_file_is_heard_by_the_next_contact_and_a_broken_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(SCRIPT + END)
    library = Library(tmp_path)
    context = FakeContext("self_service", migrations=HERE / "migrations")
    flow = ScriptedFlow("tiny", library, HubWorld(context, settings()))
    asked = await flow.step(NOBODY, None, Started())
    assert isinstance(asked, Ask)
    path.write_text(SCRIPT + END.replace("Bye", "Goodbye then"))
    await flow.step(NOBODY, None, Started())
    ended = await flow.step(NOBODY, asked.state, Answered("Bo"))
    assert [prompt.text for prompt in ended.prompts] == ["Goodbye then"]
    caplog.set_level(logging.ERROR)
    path.write_text("flow: tiny\nstart: nowhere\n")
    assert isinstance(await flow.step(NOBODY, None, Started()), Ask), "the script before is still in use"
    assert "tiny.yaml:1:1: `nodes` is missing here." in caplog.text


async def test_a_flow_that_is_switched_off_gives_way_to_a_person(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(SCRIPT + END)
    context = FakeContext("self_service", migrations=HERE / "migrations")
    world = HubWorld(context, settings())
    flow = ScriptedFlow("tiny", Library(tmp_path), world)
    await world.switch("tiny", False, "Ann")
    assert isinstance(await flow.step(NOBODY, None, Started()), HandOver)


def test_two_files_with_one_name_and_one_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SCRIPT + END)
    (tmp_path / "b.yaml").write_text(SCRIPT + END)
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\xff")
    library = Library(tmp_path)
    assert list(library.scripts) == ["tiny"]
    assert library.file_of("tiny").name == "a.yaml"
    assert [each.sentence for each in library.complaints["b.yaml"]] == ["There is a flow `tiny` already."]
    assert [each.sentence for each in library.complaints["c.yaml"]] == ["The file is not UTF-8."]
