"""What the allow-list promises: nothing else is imported, and nothing a plugin does is a crash."""

from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hub.api import hookimpl
from hub.plugin.discovery import GROUP, discover
from hub.plugin.record import PluginState
from tests.plugin.doubles import plugin_object, site


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes a module on the path and returns its entry point."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, source: str) -> EntryPoint:
        (tmp_path / f"plugin_under_test_{name}.py").write_text(source)
        return EntryPoint(name, f"plugin_under_test_{name}", GROUP)

    return write


def test_what_is_not_listed_is_never_imported(package: Any) -> None:
    bad = package("bad", "raise SystemExit('imported')")
    good = package("good", "")
    plugins = discover(["good"], [bad, good])
    assert [(p.name, p.state) for p in plugins] == [("good", PluginState.LOADED), ("bad", PluginState.DISABLED)]


def test_an_unknown_name_is_a_state() -> None:
    plugin = discover(["nowhere"], [])["nowhere"]
    assert plugin.state is PluginState.FAILED
    assert plugin.error == "no installed package declares a plugin named 'nowhere'"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("1 / 0", "ZeroDivisionError"),
        ("def oops(:", "SyntaxError"),
    ],
)
def test_an_import_that_fails_is_a_state_and_the_others_load(package: Any, source: str, said: str) -> None:
    plugins = discover(["broken", "good"], [package("broken", source), package("good", "")])
    assert plugins["broken"].state is PluginState.FAILED
    assert said in plugins["broken"].error
    assert plugins["good"].loaded


def test_two_packages_with_one_plugin_name_are_refused(package: Any) -> None:
    entries = [package("twice", ""), EntryPoint("twice", "elsewhere", GROUP)]
    assert discover(["twice"], entries)["twice"].error.startswith("several packages declare it")


def test_one_package_found_twice_on_the_path_is_one_plugin(package: Any) -> None:
    entry = package("same", "")
    assert discover(["same"], [entry, entry])["same"].loaded


def test_a_name_that_could_not_prefix_tables_is_refused() -> None:
    assert "lower-case" in discover(["Bad-Name"], [EntryPoint("Bad-Name", "x", GROUP)])["Bad-Name"].error


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (plugin_object(hub_no_such_hook=lambda: None), "hub_no_such_hook is not a hook of this hub"),
        (plugin_object(hub_identify=lambda inbound, mood: None), "mood"),
        (SimpleNamespace(hub_event=hookimpl(wrapper=True)(lambda event: (yield))), "must not wrap"),
    ],
)
def test_a_wrong_hook_is_a_state(target: object, said: str) -> None:
    plugins = site(odd=target)
    assert plugins["odd"].state is PluginState.FAILED
    assert said in plugins["odd"].error
    assert list(plugins.implementations("hub_event")) == []


def test_a_failed_plugin_is_not_called_again() -> None:
    plugins = site(one=plugin_object(hub_event=lambda event: None))
    assert len(list(plugins.implementations("hub_event"))) == 1
    plugins.fail(plugins["one"], "enough")
    assert list(plugins.implementations("hub_event")) == []
    assert plugins.loaded == []


def test_our_own_plugins_come_in_by_the_same_door() -> None:
    installed = {plugin.name: plugin for plugin in discover([])}
    assert {"email", "web_chat", "demo"} <= installed.keys()
    assert all(plugin.state is PluginState.DISABLED for plugin in installed.values())
