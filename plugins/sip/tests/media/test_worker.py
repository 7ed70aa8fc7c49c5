"""The media process by itself."""

from __future__ import annotations

import os
import subprocess
import sys

import orjson

from plugins.sip.media.worker_process import COMMAND

ARGUMENTS = ("127.0.0.1", "0", "1", "1", "30")
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def talk(*requests: list[object], options: tuple[str, ...] = ()) -> tuple[list[object], str]:
    """What it answers before its input ends, and what it says on standard error."""
    command = [COMMAND[0], *options, *COMMAND[1:], *ARGUMENTS]
    said = b"".join(orjson.dumps(request) + b"\n" for request in requests)
    done = subprocess.run(command, input=said, capture_output=True, env=ENVIRONMENT, timeout=60, check=True)
    return [orjson.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_it_answers_refuses_and_ends_with_its_input() -> None:
    opened: list[object] = [1, "open", {"leg": "a"}]
    closed: list[object] = [5, "close", {"leg": "a"}]
    answers, errors = talk(opened, [2, "part", {"leg": "b"}], [3, "open", {}], [4, "stop", {}], closed)
    port = answers[1][1]  # type: ignore[index]  # [1, port]
    assert answers[0] == [0] and isinstance(port, int)
    assert answers[2] == [2, None, "there is no leg b"]
    assert answers[3][2].startswith("Switchboard.open() missing")  # type: ignore[index]  # [3, null, sentence]
    assert answers[4] == [4, None, "a worker cannot stop"]
    assert answers[5][1]["sent"] == 0  # type: ignore[index]  # [5, statistics]
    assert errors == ""


def test_it_reads_neither_database_nor_web_libraries() -> None:
    _, imported = talk(options=("-X", "importtime"))
    assert "numpy" in imported
    assert not {name for name in ("sqlalchemy", "starlette", "pydantic", "hub.api") if f" {name}\n" in imported}
