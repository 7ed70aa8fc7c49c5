"""The virtual environment in .venv: made, filled from the locks, and left alone while nothing changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN, DEV = ROOT / "requirements/run.txt", ROOT / "requirements/dev.txt"
PIP = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]


class SetupError(Exception):
    """Something a person has to put right first; the text is the one sentence that says what."""


def prepare(lock: Path) -> None:
    """Bring .venv to what `lock` says, with the project itself installed in place. Raises SetupError."""
    project = fingerprint(ROOT / "pyproject.toml", ROOT / "tools/hatch_hook.py")
    if not (current(lock.stem, fingerprint(lock)) and current("project", project)):
        create()
        install(lock)
        install_project(project)


def current(name: str, wanted: str) -> bool:
    stamp = VENV / f".installed-{name}"
    return stamp.is_file() and stamp.read_text() == wanted and (BIN / "python").exists()


def mark(name: str, content: str) -> None:
    (VENV / f".installed-{name}").write_text(content)


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def create() -> None:
    """Make .venv anew unless a working one stands there. Raises SetupError."""
    if (BIN / "python").exists() and succeeds(*PIP, "--version"):
        return
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            raise SetupError(
                f"Python's {module} module is missing: install it (Debian: apt-get install {package}) and try again."
            )
    say("Making the virtual environment .venv")
    if not succeeds(sys.executable, "-m", "venv", "--clear", str(VENV)):
        raise SetupError(f"{sys.executable} -m venv --clear {VENV} failed: run it by hand to see why.")


def install(lock: Path) -> None:
    """Install every pinned package. Raises SetupError."""
    if current(lock.stem, fingerprint(lock)):
        return
    packages = len(re.findall(r"^\w", lock.read_text(), re.MULTILINE))
    started = time.monotonic()
    say(f"Installing {packages} packages from {lock.relative_to(ROOT)}")
    if not install_by_uv(lock):
        say("  uv could not, so pip does it")
        pip("install", "--require-hashes", "--no-deps", "--requirement", str(lock))
    say(f"  done in {time.monotonic() - started:.0f} s")
    mark(lock.stem, fingerprint(lock))
    if lock == DEV:  # whatever runs the hub is part of what develops it
        mark(RUN.stem, fingerprint(RUN))


def install_by_uv(lock: Path) -> bool:
    """Whether uv, itself installed from the lock by pip, could do it: for a tenth of the processor time pip takes.

    uv reads nothing that was set up for pip, such as a company's own package index, so it is told.
    """
    with TemporaryDirectory() as folder:
        alone = Path(folder, "uv.txt")
        alone.write_text(pinned("uv", DEV.read_text()))
        pip("install", "--require-hashes", "--no-deps", "--requirement", str(alone))
    settings = pip_settings(subprocess.run([*PIP, "config", "list"], capture_output=True, text=True).stdout)
    command = [str(BIN / "uv"), "pip", "install", "--python", str(BIN / "python"), "--require-hashes", "--no-deps"]
    done = subprocess.run(
        [*command, "--requirement", str(lock), *uv_options(settings)],
        cwd=ROOT,
        env={**os.environ, **({"SSL_CERT_FILE": settings["cert"]} if "cert" in settings else {})},
        stderr=None if sys.stderr.isatty() else subprocess.DEVNULL,  # its bars are for who watches a terminal
    )
    return done.returncode == 0


def pinned(name: str, lock: str) -> str:
    """One package of a lock, with its hashes."""
    packages = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]
    return next(package for package in packages if package.startswith(f"{name}=="))


def pip_settings(listed: str) -> dict[str, str]:
    """What `pip config list` says, by option; the last place that sets one counts, as for pip."""
    return dict(re.findall(r"^\S+?\.([a-z-]+)='(.*)'$", listed, flags=re.MULTILINE))


def uv_options(settings: dict[str, str]) -> list[str]:
    """The same places to install from, for uv. Of several indexes it looks into all, as pip does: hashes are pinned."""
    said = {
        "--default-index": settings.get("index-url", ""),
        "--index": settings.get("extra-index-url", ""),
        "--find-links": settings.get("find-links", ""),
        "--allow-insecure-host": settings.get("trusted-host", ""),
    }
    places = [word for option, values in said.items() for value in values.split() for word in (option, value)]
    return ["--index-strategy", "unsafe-best-match", *places]


def install_project(content: str) -> None:
    """Install the project in place: its `hub` command and its plugins' entry points. Raises SetupError."""
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    mark("project", content)


def pip(*arguments: str) -> None:
    """Run pip, showing what it is at. Raises SetupError with its last words."""
    environment = {**os.environ, "HUB_SKIP_UI": "1"}  # the pages are built on their own, with progress
    process = subprocess.Popen(
        [*PIP, *arguments], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    last: deque[str] = deque(maxlen=12)
    for line in process.stdout or ():
        last.append(line)
        show_progress(line)
    if process.wait():
        raise SetupError(f"{''.join(last)}pip could not install this; is the package index reachable?")


def show_progress(line: str) -> None:
    """One moving line, for who watches a terminal."""
    if sys.stdout.isatty() and (found := re.match(r"(Collecting|Installing)\s(\S+)", line)):
        print(f"\r  {found[1].lower()} {found[2]:<50.50}", end="\r", flush=True)


def say(text: str) -> None:
    print(text, flush=True)


def succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0
