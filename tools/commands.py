"""The commands of the Makefile: what each needs installed, and what it then becomes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.environment import BIN, DEV, ROOT, RUN, SetupError, prepare

PORTS = {"HUB_PORT": "8080", "HUB_SMTP_PORT": "2525", "HUB_SIP_PORT": "5060"}
DATAGRAMS = {"HUB_SIP_PORT"}


def run(name: str, arguments: list[str]) -> None:
    """Carry out `make <name>`; whatever is missing ends it with one sentence and exit code 1."""
    # Set on many container images; hundreds of processes would each compile all they import, and pytest rewrite it
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        COMMANDS[name](arguments)
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def serve_demo(arguments: list[str]) -> None:
    for variable, default in PORTS.items():
        check_port(variable, os.environ.get(variable) or default)
    prepare(RUN)
    build_ui()
    become(BIN / "hub", "serve", "--demo", *arguments)


def check_port(variable: str, value: str) -> None:
    """A taken port is better said now than after minutes of installing. Port 0 lets the system choose."""
    if not value.isdecimal() or int(value) > 65535:
        raise SetupError(f"{variable}={value} is not a port: give a number from 0 to 65535.")
    for kind in (socket.SOCK_STREAM, *([socket.SOCK_DGRAM] if variable in DATAGRAMS else [])):
        try_port(variable, value, kind)


def try_port(variable: str, value: str, kind: socket.SocketKind) -> None:
    with socket.socket(type=kind) as probe:
        if os.name != "nt" and kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError as error:
            raise SetupError(
                f"Port {value} cannot be used ({error.strerror}): choose another, {variable}=… make run."
            ) from error


def build_ui(*_: object) -> None:
    prepare(RUN)
    if subprocess.run([BIN / "python", "-m", "tools.build_ui"], cwd=ROOT).returncode:
        raise SetupError("The web pages could not be built; what npm said stands above.")


def clean(_: list[str]) -> None:
    """Remove what was built; the environment, node_modules and the site's data stay."""
    caches = [
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".import_linter_cache",
        "dist",
        "test-results",
    ]
    for path in [*map(ROOT.joinpath, caches), ROOT / "hub/web/static/inbox", *ROOT.glob("plugins/*/static/build")]:
        shutil.rmtree(path, ignore_errors=True)


def module(name: str, *fixed: str) -> Callable[[list[str]], None]:
    """A command that is a Python module of the development environment."""

    def command(arguments: list[str]) -> None:
        prepare(DEV)
        become(BIN / "python", "-m", name, *fixed, *arguments)

    return command


def become(program: Path, *arguments: str) -> None:
    """Turn into `program`, so that Ctrl-C and the exit code are its own."""
    os.chdir(ROOT)
    command = [str(program), *arguments]
    if os.name == "nt":  # there, exec returns to the shell at once
        sys.exit(subprocess.run(command).returncode)
    os.execv(command[0], command)


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "run": serve_demo,
    "test": module("tools.checks", "everything"),
    "check": module("tools.checks", "quick"),
    "format": module("tools.checks", "format"),
    "ui": build_ui,
    "lock": module("tools.lock"),
    "chaos": module("tests.chaos"),
    "bench": module("tests.bench"),
    "clean": clean,
}
