"""Another system's end of a webhook: refuses as often as it was told to, then takes, and keeps a ledger of both."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any


class Receiver(BaseHTTPRequestHandler):
    """Started as `receiver.py LEDGER REFUSALS`; prints its port."""

    ledger: Path
    refusals: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        taken = Receiver.refusals <= 0
        Receiver.refusals -= 1
        entry = {"taken": taken, "signature": self.headers["hub-signature"], "host": self.headers["host"], "body": body}
        with self.ledger.open("a") as ledger:
            ledger.write(json.dumps(entry) + "\n")
        self.send_response(204 if taken else 503)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it
        """Say nothing."""


if __name__ == "__main__":
    Receiver.ledger, Receiver.refusals = Path(sys.argv[1]), int(sys.argv[2])
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_port, flush=True)
    server.serve_forever()
