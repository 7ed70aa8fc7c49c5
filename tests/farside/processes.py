"""Starting a far side as a process, learning its port, reading its ledger, and ending exactly that process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.farside.ledger import read_ledger

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class SmtpSink:
    """A running `tests.farside.smtp_sink`. Use it as a context manager; `port` stays the same after `restart`."""

    ledger: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> SmtpSink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", "tests.farside.smtp_sink", str(self.ledger), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *self.options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        word, _, port = self.process.stdout.readline().split()
        assert word == "listening"
        self.port = int(port)

    def stop(self) -> None:
        """End it and wait."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def mails(self) -> list[dict[str, Any]]:
        """What it has taken so far, in order: "sender", "to", "body" (the bytes as latin-1), "tls", "login", "peer"."""
        if not self.ledger.exists():
            return []
        return [line for line in read_ledger(self.ledger) if line["event"] == "mail"]
