"""A wheel is whole: code, migrations, built pages, and our plugins behind the same door as strangers'."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support import databases
from tools import build_ui

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel() -> ZipFile:
    """Built once a run, whichever worker needs it first."""
    with databases.run_folder() as folder:
        if not list((folder / "wheel").glob("*.whl")):
            build(folder / "wheel")
        return ZipFile(next((folder / "wheel").glob("*.whl")))


def build(folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "HUB_SKIP_UI": "1"}, check=True, capture_output=True)


@pytest.mark.slow
def test_it_carries_what_the_hub_needs_to_run(wheel: ZipFile) -> None:
    names = set(wheel.namelist())
    wanted = [*ROOT.glob("migrations/versions/*.py"), *ROOT.glob("hub/**/*.py"), ROOT / "hub/py.typed"]
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= names


@pytest.mark.slow
def test_it_carries_every_built_page_and_no_page_source(wheel: ZipFile) -> None:
    built = [path for ui in build_ui.folders(ROOT) for path in build_ui.target(ui).rglob("*.js")]
    assert built, "make ui builds them"
    assert {path.relative_to(ROOT).as_posix() for path in built} <= set(wheel.namelist())
    assert [name for name in wheel.namelist() if "/ui/" in name or "node_modules" in name or "/tests/" in name] == []


@pytest.mark.slow
def test_our_plugins_stand_in_the_group_that_any_package_may_use(wheel: ZipFile) -> None:
    [entry_points] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    text = wheel.read(entry_points).decode()
    assert "[hub.plugins]" in text
    assert "email = plugins.email" in text
    assert "[hub.commands]\nflow = plugins.self_service" in text
