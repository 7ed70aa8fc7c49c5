"""What is pinned installs anywhere: from whichever index the reader uses, and nothing unpinned slips in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools import build_ui

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)


def locks() -> list[str]:
    found = [*(ROOT / "requirements").glob("*.txt"), *(ui / "package-lock.json" for ui in build_ui.folders(ROOT))]
    return [path.relative_to(ROOT).as_posix() for path in found]


def canonical(requirement: str) -> str:
    """The normalised name (PEP 503) at the front of a requirement line."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]).lower()


def pins(lock: str) -> set[str]:
    return set(PINNED.findall((ROOT / "requirements" / lock).read_text()))


@pytest.mark.parametrize("lock", locks())
def test_a_lock_names_no_host_and_no_folder_of_a_machine(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r'index-url|find-links|file:|"resolved"|\.whl|\.tgz', text)


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_every_pin_carries_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / "requirements" / lock).read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) > 30
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    dev = project["project"]["optional-dependencies"]["dev"]
    assert {canonical(line) for line in run} <= pins("run.txt")
    assert {canonical(line) for line in [*run, *dev]} <= pins("dev.txt")


def test_development_runs_the_very_versions_that_users_run() -> None:
    lines = {
        lock: set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / lock).read_text(), re.M))
        for lock in ("run.txt", "dev.txt")
    }
    assert lines["run.txt"] <= lines["dev.txt"]
