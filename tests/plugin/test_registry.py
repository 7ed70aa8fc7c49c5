"""What plugins declare is checked, and taken in whole or not at all."""

import argparse
from typing import Any, Protocol, runtime_checkable

import pytest

from hub.api import Capabilities, Command, Context, Medium, Panel, Request, Response, Route, Signal
from hub.plugin.channels import problems
from hub.plugin.record import PluginState
from hub.plugin.registry import Registry, commands, compose
from hub.store.database import Store
from tests.plugin.doubles import Letters, plugin_object, raising, site
from tests.plugin.doubles_core import NotingCore

PANEL = Panel("bar", "x-bar", "/p/x/bar.js", {"en": "Bar", "zh": "栏"})


async def answer(request: Request) -> Response:
    return Response()


ROUTE = Route("GET", "/hello", answer)


def composed(store: Store, **targets: object) -> Registry:
    return compose(site(**targets), NotingCore(store))


async def test_everything_declared_is_found_by_its_plugin(store: Store) -> None:
    given = plugin_object(
        hub_channels=lambda context: [Letters()],
        hub_services=lambda context: [given],
        hub_routes=lambda context: [ROUTE],
        hub_panels=lambda: [PANEL],
    )
    registry = composed(store, post=given)
    assert registry.channels["letters"].plugin.name == "post"
    assert registry.services == [given]
    assert registry.routes == {"post": (ROUTE,)}
    assert registry.panels == {"post": (PANEL,)}


@pytest.mark.parametrize(
    "declared",
    [
        {"hub_panels": raising(KeyError("x"))},
        {"hub_routes": lambda context: ["/hello"]},
        {"hub_flows": lambda context: [object()]},
        {"hub_services": lambda: 7},
        {"hub_channels": lambda context: [Letters(), object()]},
    ],
)
async def test_one_mistake_takes_none_of_the_plugin_and_all_of_the_others(
    store: Store, declared: dict[str, Any]
) -> None:
    wrong = plugin_object(**{"hub_channels": lambda context: [Letters()], **declared})
    registry = composed(store, wrong=wrong, good=plugin_object(hub_panels=lambda: [PANEL]))
    assert registry.plugins["wrong"].state is PluginState.FAILED
    assert registry.channels == {}
    assert registry.panels == {"good": (PANEL,)}


async def test_two_plugins_cannot_carry_one_channel(store: Store) -> None:
    post = plugin_object(hub_channels=lambda context: [Letters()])
    other = plugin_object(hub_channels=lambda context: [Letters()])
    registry = composed(store, post=post, other=other)
    assert registry.channels["letters"].plugin.name == "post"
    assert registry.plugins["other"].error.endswith("'letters' is already carried by the plugin post")


class Speech:
    """A service by protocol."""

    async def speak(self, text: str) -> bytes:
        """Audio."""
        return text.encode()


async def test_a_plugin_finds_a_service_that_another_gives_later(store: Store) -> None:
    @runtime_checkable
    class Speaks(Protocol):
        async def speak(self, text: str) -> bytes: ...

    @runtime_checkable
    class Sings(Protocol):
        async def sing(self) -> bytes: ...

    registry = composed(store, asks=plugin_object(), gives=plugin_object(hub_services=lambda context: [Speech()]))
    context: Context = registry.contexts["asks"]
    assert isinstance(context.service(Speaks), Speech)
    assert context.service(Sings) is None  # type: ignore[type-abstract]  # mypy's limit (python/mypy#4717)
    every = context.services_of(Speaks)  # type: ignore[type-abstract]  # the same
    assert [type(each) for each in every] == [Speech]


def changed(**what: Any) -> Letters:
    channel = Letters()
    for name, value in what.items():
        setattr(channel, name, value)
    return channel


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (object(), "it is no hub.api.Channel (missing: name"),
        (changed(name="Letters!"), "its name must be"),
        (changed(account=dict), "its account settings must be a pydantic model class"),
        (changed(capabilities={}), "its capabilities must be"),
        (changed(capabilities=Capabilities(Medium.VOICE, live=True)), "it says it is live"),
        (changed(capabilities=Capabilities(Medium.VOICE, attachments=True)), "attachments and max_attachment_bytes"),
        (changed(capabilities=Capabilities(Medium.VOICE, can_start=True)), "can_start needs start_scheme"),
        (changed(capabilities=Capabilities(Medium.VOICE, kinds=())), "it must be able to send"),
        (changed(capabilities=Capabilities(Medium.VOICE, dedup_scope="site")), "dedup_scope must be one of"),
        (changed(capabilities=Capabilities("SMELL")), "its medium must be"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_a_channel_that_contradicts_itself_is_refused(channel: object, said: str) -> None:
    found = list(problems(channel))
    assert len(found) == 1
    assert found[0].startswith(said)


def test_a_live_channel_with_signal_and_end_is_fine() -> None:
    class Live(Letters):
        capabilities = Capabilities(Medium.LIVE_TEXT, live=True)

        async def signal(self, account: object, signal: Signal) -> None: ...

        async def end(self, account: object, thread: str, reason: str) -> None: ...

    assert list(problems(Live())) == []


def test_commands_need_no_running_site() -> None:
    command = Command("ping", "Say hello", lambda parser: None, lambda arguments: 0)
    plugins = site(
        good=plugin_object(hub_commands=lambda: [command]), bad=plugin_object(hub_commands=raising(ValueError()))
    )
    assert commands(plugins) == {"good": (command,)}
    assert command.run(argparse.Namespace()) == 0
    assert plugins["bad"].state is PluginState.FAILED
