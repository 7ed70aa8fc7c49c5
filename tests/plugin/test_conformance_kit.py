"""The kit finds what it is there to find: for each promise, a channel that breaks it fails that very test."""

import inspect
import itertools
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from hub.api import Address, Capabilities, Inbound, Malformed, Medium, Raw, Unauthenticated, hookimpl
from hub.testing import ChannelSuite, FakeContext, Requirements
from hub.testing.meaning import complaints
from hub.testing.purity import NetworkUsed
from hub.testing.sources import forbidden, imports_of
from tests.plugin.doubles import ACCOUNT, CONNECTION, Letters, raising
from tests.plugin.test_migrations import MAKE, folder

COUNTER = itertools.count()
NEEDS_A_FILE = "test_of_our_packages_the_plugin_imports_hub_api_alone"
UNDERSTOOD = "test_good_input_is_for_the_account_let_in_and_understood"
WHATEVER = "test_whatever_arrives_only_the_contracts_errors_come_back"


class Bare(BaseModel):
    """A secret that is not marked."""

    api_token: str = ""


class Knocking(Letters):
    """One whose far side is not there."""

    async def send(self, *_: Any) -> Any:
        """In nobody's words."""
        raise ConnectionRefusedError


def module_with(channel: Letters) -> ModuleType:
    module = ModuleType("letters_plugin")
    module.hub_channels = hookimpl(lambda context: [channel])  # type: ignore[attr-defined]  # a plugin is a module
    return module


def suite_of(channel: Letters, **more: Any) -> ChannelSuite:
    class Suite(ChannelSuite):
        requirements = Requirements(
            plugin=module_with(channel), channel="letters", account=ACCOUNT, examples=[Raw(b"desk")], **more
        )

    return Suite()


def with_(**attributes: Any) -> Letters:
    channel = Letters()
    for name, value in attributes.items():
        setattr(channel, name, value)
    return channel


def said(text: str) -> Callable[..., Sequence[Inbound]]:
    return lambda *_: [Inbound("1", None, text)]


def counting(*_: object) -> Sequence[Inbound]:
    return [Inbound(str(next(COUNTER)), None)]


async def test_a_good_channel_passes() -> None:
    suite = suite_of(Letters())
    for name in dir(suite):
        if name.startswith("test_") and name != NEEDS_A_FILE:
            passed = getattr(suite, name)()
            if inspect.isawaitable(passed):
                await passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("promise", "channel", "more"),
    [
        ("test_the_channel_does_not_contradict_itself", with_(capabilities=Capabilities(Medium.VOICE, live=True)), {}),
        ("test_notes_are_never_sent_to_customers", with_(capabilities=Capabilities(Medium.VOICE, kinds=("NOTE",))), {}),
        ("test_secrets_are_marked_as_secrets", with_(account=Bare), {}),
        (UNDERSTOOD, Letters(address=lambda raw: []), {}),
        (UNDERSTOOD, Letters(normalise=lambda *_: []), {}),
        (
            "test_good_input_is_for_the_account_let_in_and_understood",
            Letters(authenticate=raising(Unauthenticated())),
            {},
        ),
        ("test_forged_input_is_refused", Letters(), {"forged": [Raw(b"me")]}),
        ("test_malformed_input_is_quarantined", Letters(), {"malformed": [Raw(b"\x00")]}),
        (
            "test_the_same_bytes_mean_the_same_twice",
            Letters(normalise=counting),
            {},
        ),
        ("test_what_is_understood_can_be_stored", Letters(normalise=said("\x00")), {}),
        ("test_reading_needs_no_network", Letters(address=lambda raw: socket.create_connection(("127.0.0.1", 9))), {}),
        (WHATEVER, Letters(normalise=raising(IndexError())), {}),
        (WHATEVER, Letters(authenticate=raising(KeyError())), {}),
    ],
)
def test_a_broken_promise_is_found(promise: str, channel: Letters, more: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, Unauthenticated, LookupError, TypeError)):
        getattr(suite_of(channel, **more), promise)()


async def test_an_error_that_is_no_send_error_is_found() -> None:
    suite = suite_of(Knocking(), connection=CONNECTION)
    with pytest.raises(ConnectionRefusedError):
        await suite.test_a_far_side_that_is_not_there_is_a_send_error()


def test_the_network_is_refused_by_name() -> None:
    suite = suite_of(Letters(address=lambda raw: socket.getaddrinfo("hub.example", 25)))
    with pytest.raises(NetworkUsed):
        suite.test_reading_needs_no_network()


@pytest.mark.parametrize(
    ("inbound", "wrong"),
    [
        (Inbound("", None), "external_id must have"),
        (Inbound("1", Address("", "x")), "an address needs a scheme"),
        (Inbound("1", None, thread=("",)), "a thread key must have"),
        (Inbound("1", None, text="\ud83d"), "a text has a lone surrogate"),
        (Inbound("1", None, fields={"when": float("nan")}), "fields cannot be stored"),
        (object(), "object is none of"),
    ],
)
def test_what_cannot_be_stored_is_told(inbound: object, wrong: str) -> None:
    assert any(complaint.startswith(wrong) for complaint in complaints(inbound))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from hub.api import Raw", []),
        ("import hub.api.errors, json", []),
        ("from hub import store", ["hub.store"]),
        ("def f():\n    from hub.model.errors import NotFound", ["hub.model.errors"]),
        ("from . import other", []),
    ],
)
def test_imports_of_the_hubs_inside_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, found: list[str]
) -> None:
    path = tmp_path / "hub_reaching.py"
    path.write_text(source)
    module = ModuleType("hub_reaching")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "hub_reaching", module)
    assert [name for _, name in imports_of(module) if forbidden(name, "hub_reaching")] == found


def test_a_plugin_may_import_itself_and_not_its_neighbour() -> None:
    assert not forbidden("plugins.email.parse", "plugins.email")
    assert not forbidden("plugins.email", "plugins.email")
    assert forbidden("plugins.email_archive", "plugins.email")
    assert forbidden("plugins.sms.codec", "plugins.email")


def test_malformed_is_the_way_to_refuse() -> None:
    suite = suite_of(Letters(normalise=raising(Malformed())), malformed=[Raw(b"x")])
    suite.test_malformed_input_is_quarantined()


async def test_the_fake_context_has_the_plugins_tables(tmp_path: Path) -> None:
    context = FakeContext("fax", migrations=folder(tmp_path, "fax", MAKE.format(table="fax_pages")))
    await context.store.write(lambda conn: conn.execute(text("INSERT INTO fax_pages (id) VALUES (7)")))
    assert await context.store.read(lambda conn: conn.scalar(text("SELECT id FROM fax_pages"))) == 7


async def test_the_fake_context_replaces_a_timer_with_the_same_key() -> None:
    context, when = FakeContext("fax"), datetime(2030, 1, 1, tzinfo=UTC)
    for name, key in (("a", "1"), ("a", "1"), ("a", "2"), ("b", ""), ("b", "")):
        await context.schedule(when, name, {}, key)
    assert [(timer.name, timer.key) for timer in context.timers] == [("a", "1"), ("a", "2"), ("b", ""), ("b", "")]
