"""`make check` and `make test`: every tool that judges the project, with how long each took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import system_packages

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
LAST_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"
TESTS_FAILED, MOST_ALONE = 1, 20
BEHIND = ("nice", "-n", "10") if shutil.which("nice") else ()
FAST = ("-m", "not slow and not postgresql and not browser and not process and not peer")
FEWER = ("--hypothesis-profile", "quick", "--quiet", "-p", "no:xdist")  # examples; no third process that tells of tests
NONE_FAST = ("--ignore", "tests/browser", "--ignore", "tests/voice")


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    command: list[str]


WEB_PAGES = Stage("web pages", [PYTHON, "-m", "tools.build_ui", "--check"])
TYPES = Stage("types (mypy)", [PYTHON, "-m", "mypy", "--no-error-summary"])
STATIC = [
    Stage("lint (ruff)", [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."]),
    Stage("format (ruff)", [str(BIN / "ruff"), "format", "--check", "--quiet", "--output-format", "concise", "."]),
    Stage("layers (import-linter)", [str(BIN / "lint-imports"), "--no-logo"]),
]


def main() -> None:
    try:
        {"quick": quick, "everything": everything, "format": reformat}[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit(130)


def quick() -> None:
    """Everything that takes no server and no browser. Two processes that read half of the tests each need a third less
    than two workers, which both read all of them."""
    halves = {"hub": ("tests", *NONE_FAST), "plugins": ("plugins",)}
    tests = [
        Stage(f"fast tests ({half})", [PYTHON, "-m", "pytest", *where, *FAST, *FEWER]) for half, where in halves.items()
    ]
    sys.exit(0 if all_pass([*tests, TYPES, *STATIC]) else 1)


def everything() -> None:
    """Programs first, so that nobody waits to hear that one is missing. Types are looked at where tests leave a core
    idle: without what they remember from the last time that is a minute and a half of one core."""
    system_packages.require()
    with ThreadPoolExecutor(1) as aside:
        types = aside.submit(passes, Stage(TYPES.name, [*BEHIND, *TYPES.command]))
        if not all_pass([WEB_PAGES, *STATIC]):
            sys.exit(1)
        code = subprocess.run(pytest(workers(), *sys.argv[2:]), cwd=ROOT).returncode
        code = alone() if code == TESTS_FAILED else code
    if not types.result():
        print(f"FAILED {TYPES.name}: what it said stands above.", flush=True)
    sys.exit(code or not types.result())


def alone() -> int:
    """What failed while others ran, once more with the machine to itself: telephones and browsers keep real time, and a
    processor that is shared may not. All of it has to pass then, and both runs are shown."""
    failed = [name for name in json.loads(LAST_FAILED.read_text()) if "::" in name] if LAST_FAILED.exists() else []
    if not 0 < len(failed) <= MOST_ALONE:
        return TESTS_FAILED
    print(f"\n{len(failed)} failed while others ran. Alone:", flush=True)
    again = [PYTHON, "-m", "pytest", "-p", "no:xdist", "--last-failed", "--quiet"]
    code = subprocess.run(again, cwd=ROOT).returncode
    if code == 0:
        print("Passed alone, and wants a look:", *failed, sep="\n  ", flush=True)
    return code


def reformat() -> None:
    subprocess.run([BIN / "ruff", "check", "--fix", "--quiet", "."], cwd=ROOT)
    sys.exit(subprocess.run([BIN / "ruff", "format", "."], cwd=ROOT).returncode)


def workers() -> int:
    """Two more than cores: while tests wait for pages and timers, others have their cores. PostgreSQL bears eight."""
    return min((os.cpu_count() or 1) + 2, 8)


def pytest(processes: int, *options: str) -> list[str]:
    """The tests, handed out one by one in their order (the long ones first), so that all workers end together."""
    return [PYTHON, "-m", "pytest", "--numprocesses", str(processes), "--maxschedchunk", "1", *options]


def all_pass(stages: list[Stage]) -> bool:
    """Run the stages two at a time; a failed one shows what it said, and the others still have their turn."""
    with ThreadPoolExecutor(2) as pool:
        return all(list(pool.map(passes, stages)))


def passes(stage: Stage) -> bool:
    started = time.monotonic()
    done = subprocess.run(stage.command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"{'FAILED' if done.returncode else 'ok':<7}{stage.name:<24}{time.monotonic() - started:6.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
