"""The far side's SMSC as a process: started, told what handsets send, read by its ledger, and ended."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.farside.ledger import read_ledger
from tests.farside.processes import ROOT


@dataclass(slots=True)
class TextCenter:
    """A running `tests.farside.smsc`. Use it as a context manager; `port` stays the same after `start` again."""

    ledger: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> TextCenter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", "tests.farside.smsc", str(self.ledger), "--port", str(self.port)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*command, *self.options], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        assert self.process.stdout is not None
        word, _, port = self.process.stdout.readline().split()
        assert word == "listening"
        self.port = int(port)

    def stop(self) -> None:
        """End it and wait."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process = None

    def say(self, token: str, sender: str, to: str, octets: bytes, **fields: Any) -> None:
        """A handset sends this; further fields are deliver_sm's."""
        assert self.process is not None
        assert self.process.stdin is not None
        line = {"token": token, "from": sender, "to": to, "hex": octets.hex(), **fields}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def noted(self, event: str) -> list[dict[str, Any]]:
        """What stands in the ledger of one kind: "submit", "answered", "bound"."""
        if not self.ledger.exists():
            return []
        return [line for line in read_ledger(self.ledger) if line["event"] == event]
