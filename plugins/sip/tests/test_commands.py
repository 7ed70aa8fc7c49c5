"""`hub sip phone` against a running site: what it prints is what a phone registers with."""

from __future__ import annotations

import argparse
import asyncio
import io
from pathlib import Path

import pytest

from plugins.sip import hub_commands
from plugins.sip.tests.test_phones_page import SITE
from tests.browser.office import PASSWORD
from tests.support.fixtures import StartHub


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a terminal shows does not depend on the database."""
    return sqlite_url


def run(*words: str) -> int:
    """`hub sip phone …`."""
    [command] = hub_commands()
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(words))


async def test_an_administrator_gives_a_phone_sees_it_and_takes_it_away(
    hub_process: StartHub, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hub.toml").write_text(SITE.format(password=PASSWORD), encoding="utf-8")
    site = (await hub_process()).http

    async def phone(*words: str, password: str = PASSWORD) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        code = await asyncio.to_thread(run, *words, "--site", site, "--as", "ada")
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = await phone("set", "ann", "--outside", "+8613800138000")
    assert code == 0
    shown = dict(line.split() for line in said.splitlines()[:4])
    assert (shown["user"], shown["realm"], shown["server"]) == ("ann", "hub", "127.0.0.1")
    assert len(shown["password"]) >= 12
    assert await phone("list") == (0, "ann                  rings +8613800138000\n")
    assert await phone("set", "nobody") == (1, "There is no user nobody whom you manage.\n")
    assert await phone("set", "ada", "--username", "ann") == (1, "this username is taken\n")
    assert await phone("remove", "ann") == (0, "ann has no phone any more.\n")
    assert (await phone("remove", "ann"))[0] == 1
    assert (await phone("list", password="wrong"))[0] == 1


def test_who_does_not_say_who_they_are_is_told_how(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUB_TOKEN", raising=False)
    assert run("list", "--site", "http://127.0.0.1:1") == 1
    assert "HUB_TOKEN" in capsys.readouterr().err
