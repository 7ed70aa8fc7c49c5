"""`hub flow check` and `run`: a script is tried before a customer meets it."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plugins.self_service.marks import ScriptError
from plugins.self_service.outcome import lines
from plugins.self_service.rehearsal import Rehearsal, StageWorld, dialogue
from plugins.self_service.script import Script, load


def configure_check(parser: argparse.ArgumentParser) -> None:
    """Files."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scripts (YAML)")


def check(options: argparse.Namespace) -> int:
    """Every mistake with file, line and column; 1 when there is one."""
    wrong = False
    for path in options.files:
        script = _load(path)
        wrong |= script is None
        if script is not None:
            sys.stdout.write(f"{path}: flow {script.name}, {len(script.nodes)} nodes, sound.\n")
    return int(wrong)


def configure_run(parser: argparse.ArgumentParser) -> None:
    """A file, and the answers."""
    parser.add_argument("file", type=Path, help="the script (YAML)")
    parser.add_argument(
        "--answers", nargs="+", default=[], help="what the customer answers; none: you are asked. <silence> is one"
    )
    parser.add_argument("--language", default="en", choices=["en", "zh"])
    parser.add_argument("--medium", default="LIVE_TEXT", choices=["VOICE", "LIVE_TEXT", "DEFERRED"])
    parser.add_argument("--closed", action="store_true", help="outside the opening hours")
    parser.add_argument("--world", type=Path, help="tickets, queues, answers and pins to rehearse with (JSON)")


def run(options: argparse.Namespace) -> int:
    """Step through it in text; 1 when the script is wrong."""
    script = _load(options.file)
    if script is None:
        return 1
    asyncio.run(_play(script, options))
    return 0


async def _play(script: Script, options: argparse.Namespace) -> None:
    rehearsal = Rehearsal(script, _world(options), dialogue(options.language, options.medium))
    _show(await rehearsal.start())
    for answer in _answers(options.answers):
        if options.answers:
            sys.stdout.write(f"> {answer}\n")
        _show(await rehearsal.hear(answer))
        if rehearsal.over:
            return


def _show(step: Any) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines(step)))


def _answers(given: list[str]) -> Iterator[str]:
    """Those on the command line, or a person's until they have enough."""
    if given:
        yield from given
        return
    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line.strip()


def _world(options: argparse.Namespace) -> StageWorld:
    said = json.loads(options.world.read_text(encoding="utf-8")) if options.world else {}
    if options.closed:
        said["queues"] = {"rehearsal": {"open": False, "waiting": 0, "agents": 0, "opens_at": None}}
    return StageWorld(**said)


def _load(path: Path) -> Script | None:
    try:
        script = load(path)
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return None
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{path}: {error}\n")
        return None
    sys.stderr.write("".join(f"{warning}\n" for warning in script.warnings))
    return script
