"""The doctor finds what is wrong and says what to type; the writer writes what the reader reads."""

import socket
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from hub.api import AnyConnection, Misconfigured
from hub.plugin.discovery import discover
from hub.plugin.doctor import (
    Finding,
    Level,
    check_connections,
    check_database,
    check_machine,
    check_plugins,
    check_settings,
)
from hub.plugin.faults import ChannelFailed
from hub.plugin.registry import Registry, compose
from hub.plugin.site_file import load
from hub.plugin.site_model import SiteFile
from hub.plugin.site_writer import Answers, ask_all, write
from hub.store.database import Store
from tests.plugin.doubles import CONNECTION, Letters, plugin_object, raising, site
from tests.plugin.doubles_core import NotingCore


class Box(BaseModel):
    """Connection settings."""

    port: int = Field(ge=1)


class Tried(Letters):
    """A channel that can try its connections."""

    connection = Box

    async def probe(self, connection: AnyConnection) -> str:
        """As told."""
        found: str = self._do("probe", "logged in", connection)
        return found


def site_of(tmp_path: Path, **tables: object) -> SiteFile:
    return SiteFile.model_validate({"path": tmp_path / "hub.toml", **tables})


def problems(findings: list[Finding]) -> list[str]:
    return [f"{finding.about}: {finding.said}" for finding in findings if finding.level is not Level.OK]


def test_what_the_machine_lacks_for_a_plugin_is_told_with_what_to_type() -> None:
    lacking = plugin_object(hub_needs=lambda: ["Type: apt-get install libpost"])
    plugins = site(post=lacking, broken=plugin_object(hub_needs=raising(RuntimeError("no idea"))))
    found = [finding for finding in check_plugins(plugins) if finding.level is Level.WARNING]
    assert [finding.about for finding in found] == ["plugin post", "plugin broken"]
    assert found[0].said == "Type: apt-get install libpost" and "no idea" in found[1].said


def with_channel(store: Store, channel: Letters) -> Registry:
    return compose(site(post=plugin_object(hub_channels=lambda context: [channel])), NotingCore(store))


def test_a_healthy_machine_has_no_problems(tmp_path: Path) -> None:
    file = site_of(tmp_path, site={"port": 0})
    assert problems(list(check_machine(file))) == []


def test_a_key_others_may_read_is_a_warning_with_the_command(tmp_path: Path) -> None:
    file = site_of(tmp_path, site={"port": 0})
    file.data.mkdir()
    file.key_file.write_text("key")
    file.key_file.chmod(0o644)
    [finding] = [each for each in check_machine(file) if each.level is Level.WARNING]
    assert finding.do == f"chmod 600 {file.key_file}"


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        file = site_of(tmp_path, site={"port": taken.getsockname()[1]})
        [said] = problems(list(check_machine(file)))
    assert "cannot be used" in said


def test_a_plugin_that_is_not_there_is_a_problem() -> None:
    [finding] = [each for each in check_plugins(discover(["nowhere"], [])) if each.level is Level.PROBLEM]
    assert "no installed package declares" in finding.said
    assert str(finding).startswith("PROBLEM  plugin nowhere: no installed package")


def test_the_database_can_be_opened_or_not(database_url: str, tmp_path: Path) -> None:
    assert check_database(site_of(tmp_path, site={"database": database_url})).level is Level.OK
    gone = "sqlite:////nowhere/at/all.db" if "sqlite" in database_url else "postgresql://nobody@127.0.0.1:9/nothing"
    assert check_database(site_of(tmp_path, site={"database": gone})).level is Level.PROBLEM


async def test_settings_a_channel_would_refuse_are_found(store: Store, tmp_path: Path) -> None:
    connections = [
        {"name": "Good", "channel": "letters", "settings": {"port": 1}},
        {"name": "Bad", "channel": "letters", "settings": {"port": 0}},
        {"name": "Lost", "channel": "pigeons"},
    ]
    found = list(check_settings(site_of(tmp_path, connections=connections), with_channel(store, Tried())))
    assert problems(found) == [
        "connection Bad: settings port: Input should be greater than or equal to 1",
        "connection Lost: no plugin at work carries the channel pigeons",
    ]


@pytest.mark.parametrize(
    ("channel", "level", "said"),
    [
        (Tried(), Level.OK, "logged in"),
        (Tried(probe=raising(Misconfigured("535"))), Level.PROBLEM, f"{Misconfigured.line} 535"),
        (
            Tried(probe=raising(KeyError("x"))),
            Level.PROBLEM,
            ChannelFailed.line,
        ),
        (Letters(), Level.OK, "the channel letters cannot try it without using it"),
    ],
)
async def test_every_connection_is_tried(store: Store, channel: Letters, level: Level, said: str) -> None:
    registry = with_channel(store, channel)
    [finding] = [each async for each in check_connections(registry, [("letters", CONNECTION), ("gone", CONNECTION)])]
    assert finding.level is level
    assert finding.said.startswith(said)


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    answers = Answers('维修 "中心" \\', ("email", "web_chat"), "", "客服 Desk", "admin", "zh")
    path.write_text(write(answers, [("letters", Box)]))
    file = load(path, {})
    assert file.site.name == '维修 "中心" \\'
    assert file.site.plugins == ["email", "web_chat"]
    assert (file.queues[0].key, file.users[0].queues, file.users[0].language) == ("desk", ["desk"], "zh")
    assert "# port = " in path.read_text()


def test_a_person_may_keep_every_default(tmp_path: Path) -> None:
    answers = ask_all(["demo", "email", "web_chat"], ["email", "web_chat"], lambda question, default: default)
    path = tmp_path / "hub.toml"
    path.write_text(write(answers))
    assert load(path, {}).site.plugins == ["email", "web_chat"]
