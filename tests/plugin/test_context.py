"""A plugin's context is the core, narrowed to the plugin's own name."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.api import Address, Contact, Content, Context, Raw
from hub.pipeline.core import PipelineCore
from hub.pipeline.directory import Directory
from hub.plugin.context import PluginContext
from hub.plugin.record import Plugin, PluginState
from hub.plugin.topics import Topics
from hub.store.database import Store
from tests.plugin.doubles import ACCOUNT, Nothing
from tests.plugin.doubles_core import NotingCore

WHEN = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def core(store: Store) -> NotingCore:
    return NotingCore(store)


def context_of(core: NotingCore, plugin: str) -> Context:
    return PluginContext(Plugin(plugin, PluginState.LOADED), Nothing(), core, [])


async def test_what_was_made_up_for_is_on_the_plugins_line_and_an_event_at_every_doubling(core: NotingCore) -> None:
    record = Plugin("post", PluginState.LOADED)
    context = PluginContext(record, Nothing(), core, [])
    for number in range(1, 4):
        context.fault("stamp", OSError(f"no ink {number}"))
    assert (record.faults, record.last_fault) == (3, "stamp: OSError: no ink 3")
    assert core.asked == [("faulted", "post", "stamp")] * 2


async def test_what_a_route_received_goes_in_for_its_account(core: NotingCore) -> None:
    await context_of(core, "post").emit(ACCOUNT, Raw(b"x"))
    assert core.asked == [("accept", "letters", Raw(b"x"), ACCOUNT, None, None)]


async def test_a_contact_carries_what_the_veto_needs_to_see(core: NotingCore) -> None:
    to, content = Address("letter", "them"), Content("Hello")
    await context_of(core, "post").contact(ACCOUNT, to, content, "notice", automatic=True)
    assert core.asked == [("contact", ACCOUNT, Contact(1, "letters", to, "notice", automatic=True), content)]


async def test_timers_belong_to_the_plugin(core: NotingCore) -> None:
    await context_of(core, "post").schedule(WHEN, "remind", {"id": 1})
    assert core.asked == [("schedule", "post", WHEN, "remind", {"id": 1}, "")]


async def test_topics_of_two_plugins_never_meet(core: NotingCore) -> None:
    post, other = context_of(core, "post"), context_of(core, "other")
    async with post.subscribe("news") as wakeups:
        await other.publish("news", {"n": 1})
        await post.publish("news", {"n": 2})
        assert await anext(wakeups) == {"n": 2}


async def test_keys_differ_by_plugin_and_purpose_and_stay_the_same(core: NotingCore) -> None:
    post, other = context_of(core, "post"), context_of(core, "other")
    keys = {post.key("visitor"), post.key("token"), other.key("visitor"), core.store.key("plugins")}
    assert len(keys) == 4
    assert post.key("visitor") == context_of(core, "post").key("visitor")
    assert {len(key) for key in keys} == {32}


async def test_the_plugins_store_is_the_cores_writer(core: NotingCore) -> None:
    store = context_of(core, "post").store
    await store.write(lambda conn: conn.execute(text("CREATE TABLE post_stamps (name VARCHAR(20))")))
    await store.write(lambda conn: conn.execute(text("INSERT INTO post_stamps VALUES ('black penny')")))
    assert await store.read(lambda conn: conn.scalar(text("SELECT name FROM post_stamps"))) == "black penny"


async def test_what_fails_leaves_nothing_behind(core: NotingCore) -> None:
    store = context_of(core, "post").store
    await store.write(lambda conn: conn.execute(text("CREATE TABLE post_stamps (name VARCHAR(20))")))

    def fail(conn: object) -> None:
        conn.execute(text("INSERT INTO post_stamps VALUES ('forged')"))  # type: ignore[attr-defined]  # a Connection
        raise KeyError("x")

    with pytest.raises(KeyError):
        await store.write(fail)
    assert await store.read(lambda conn: conn.scalar(text("SELECT count(*) FROM post_stamps"))) == 0


async def test_the_event_log_hears_of_a_fault_from_the_core_itself(store: Store, tmp_path: Path) -> None:
    core = PipelineCore(store, Directory(store, {}), Topics("test"), tmp_path)
    record = Plugin("tts", PluginState.LOADED)
    PluginContext(record, Nothing(), core, []).fault("espeak", OSError("gone"))
    async with asyncio.timeout(10):
        event = await anext(store.tail.follow(since=0))
    assert (event.type, event.data) == ("plugin.fault", {"plugin": "tts", "what": "espeak"})
