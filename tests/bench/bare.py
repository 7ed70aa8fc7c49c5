"""The floor of everything that goes through a websocket: the hub's web server, and behind it nothing.

`python -m tests.bench.bare` prints "listening PORT" and serves until terminated. At the web chat's address it says what
the hub says, at once and without keeping anything; at /fan every frame but the first of a connection goes to everybody.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).parents[2]
WELCOME = {"type": "welcome", "version": 1, "token": "t" * 60, "name": "", "open": True, "known": False}
STATE = {"type": "state", "interaction": 1, "state": "QUEUED", "over": False, "agent": "", "serial": ""}
_together: set[WebSocket] = set()


@dataclass(slots=True)
class BareServer:
    """It, as a process; a context manager."""

    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def http(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    def __enter__(self) -> BareServer:
        command = [sys.executable, "-m", "tests.bench.bare"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().split()[1])
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()


async def chat(visit: WebSocket) -> None:
    """The frames of a conversation."""
    await visit.accept()
    with suppress(WebSocketDisconnect):
        while True:
            said = json.loads(await visit.receive_text())
            for frame in _frames(said):
                await visit.send_text(json.dumps(frame, ensure_ascii=False))


def _frames(said: dict[str, Any]) -> list[dict[str, Any]]:
    if said["type"] == "hello":
        return [WELCOME, {"type": "ready"}]
    if said["type"] != "message":
        return []
    item = {"id": said["id"], "position": 1, "own": True, "kind": "TEXT", "text": said["text"], "author": ""}
    shown = {"type": "messages", "interaction": 1, "items": [item | {"at": "2000-01-01T00:00:00Z", "files": []}]}
    return [{"type": "ack", "id": said["id"]}, shown, STATE]


async def fan(listener: WebSocket) -> None:
    """Everybody hears everybody."""
    await listener.accept()
    _together.add(listener)
    with suppress(WebSocketDisconnect):
        await listener.receive_text()
        await listener.send_text('{"type":"hello","seq":0}')
        while True:
            text = await listener.receive_text()
            for one in list(_together):
                await one.send_text(text)
    _together.discard(listener)


async def main() -> None:
    """Serve on a port the system chose."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    app = Starlette(routes=[WebSocketRoute("/c/web_chat/{account}/ws", chat), WebSocketRoute("/fan", fan)])
    print("listening", listening.getsockname()[1], flush=True)
    server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_config=None, lifespan="off"))
    await server.serve([listening])


if __name__ == "__main__":
    asyncio.run(main())
