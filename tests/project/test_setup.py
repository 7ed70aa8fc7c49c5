"""A newcomer whose machine lacks something reads one sentence that says what, and no traceback."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap, build_ui, commands, environment, system_packages

ROOT = Path(__file__).resolve().parents[2]


def test_an_old_python_understands_the_file_that_turns_it_away() -> None:
    source = (ROOT / "tools/bootstrap.py").read_text()
    ast.parse(source, feature_version=(3, 5))
    assert "__future__" not in source  # annotations from the future are an error before 3.7


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "argv", ["bootstrap", "run"])
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"^Python 3\.11 or newer is needed, and this is 3\.9: .* make run PYTHON="):
        bootstrap.main()


def test_an_old_python_hands_over_to_a_newer_one_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "argv", ["bootstrap", "run"])
    monkeypatch.setattr(shutil, "which", lambda name: "/opt/python3.12" if name == "python3.12" else None)
    became: list[list[str]] = []

    def become(path: str, command: list[str]) -> None:
        became.append(command)
        raise SystemExit  # exec does not return

    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert became == [["/opt/python3.12", "-m", "tools.bootstrap", "run"]]


def test_a_taken_port_is_named_before_anything_is_installed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "tools.bootstrap", "run"],
            cwd=ROOT, env={**os.environ, "HUB_PORT": port}, text=True, capture_output=True,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == f"Port {port} cannot be used (Address already in use): choose another, HUB_PORT=… make run.\n"


@pytest.mark.parametrize("value", ["http", "-1", "65536", "80.5"])
def test_what_is_no_port_is_refused(value: str) -> None:
    with pytest.raises(environment.SetupError, match="is not a port"):
        commands.check_port("HUB_PORT", value)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_debian_without_its_venv_package_is_told_its_name(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "BIN", tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(
        environment.SetupError, match=rf"{module} module is missing: .* apt-get install python3\.\d+-venv"
    ):
        environment.create()


def test_missing_programs_are_named_in_one_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "present", lambda sign: "dovecot" in sign)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    line = "apt-get install -y postgresql chromium-headless-shell strace sip-tester baresip rtpengine-daemon"
    line += " libfaketime efax hylafax-server kannel fonts-noto-cjk tshark libspandsp2"
    with pytest.raises(SystemExit, match=rf"\n  {line}$"):
        system_packages.require()


def test_a_page_is_built_again_only_when_a_source_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ui = tmp_path / "plugins/sample/ui"
    ui.mkdir(parents=True)
    (ui / "package.json").write_text("{}")
    (ui / "package-lock.json").write_text("{}")
    (ui / "main.ts").write_text("one")
    ran: list[str] = []

    def npm(folder: Path, *arguments: str) -> None:
        ran.append(arguments[-1] if arguments[0] == "run" else arguments[0])
        (folder / "node_modules").mkdir(exist_ok=True)
        build_ui.target(folder).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(build_ui, "npm", npm)
    build_ui.build_all(tmp_path)
    build_ui.build_all(tmp_path)
    assert ran == ["ci", "build"]
    (ui / "main.ts").write_text("two")
    build_ui.build_all(tmp_path)
    assert ran == ["ci", "build", "build"]
    shutil.rmtree(build_ui.target(ui))
    build_ui.build_all(tmp_path)
    assert ran == ["ci", "build", "build", "build"]


def test_uv_installs_from_where_pip_would() -> None:
    listed = """global.index-url='https://site.test/simple'
global.extra-index-url='https://one.test/simple https://two.test/simple'
global.find-links='/site/wheels'
:env:.find-links='/my/wheels'
:env:.default-timeout='180'
"""
    assert environment.uv_options(environment.pip_settings(listed)) == [
        *("--index-strategy", "unsafe-best-match"),
        *("--default-index", "https://site.test/simple"),
        *("--index", "https://one.test/simple", "--index", "https://two.test/simple"),
        *("--find-links", "/my/wheels"),
    ]
    assert environment.uv_options(environment.pip_settings("")) == ["--index-strategy", "unsafe-best-match"]


def test_uv_itself_is_installed_as_pinned() -> None:
    lines = environment.pinned("uv", environment.DEV.read_text()).split("\n")
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line for line in lines[1:] if line)
