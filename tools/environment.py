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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN, DEV = ROOT / "requirements/run.txt", ROOT / "requirements/dev.txt"
AT_ONCE = 4
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
    install_at_once(portions(lock.read_text()))
    say(f"  done in {time.monotonic() - started:.0f} s")
    mark(lock.stem, fingerprint(lock))
    if lock == DEV:  # whatever runs the hub is part of what develops it
        mark(RUN.stem, fingerprint(RUN))


def portions(lock: str) -> list[str]:
    """The packages of a lock, each with its hashes, dealt out like cards."""
    packages = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]
    return ["".join(packages[start::AT_ONCE]) for start in range(AT_ONCE)]


def install_at_once(locks: list[str]) -> None:
    """One pip alone waits for the network half its time. What is pinned needs no other's say, so several may go."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(len(locks)) as pool:
        files = [Path(folder, f"{number}.txt") for number in range(len(locks))]
        for file, lock in zip(files, locks, strict=True):
            file.write_text(lock)
        list(pool.map(lambda file: pip("install", "--require-hashes", "--no-deps", "--requirement", str(file)), files))


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
