"""Serves the inbox: one page for every address of it, its assets for ever, and a clear word when it is not built."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from hub.model.errors import NotFound
from hub.web.errors import MethodNotAllowed, error_response
from hub.web.headers import PAGE

FOREVER = "public, max-age=31536000, immutable"  # names under assets/ carry a hash of their content
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact Hub</title>
<body style="font:16px/1.6 system-ui,sans-serif;max-width:40em;margin:15vh auto;padding:0 1em">
<h1>The inbox is not built yet</h1>
<p>The hub is running, and its API answers at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.
To build the pages, type <code>make ui</code> where the hub was installed from, then reload.</p>
</body></html>"""


class Inbox:
    """An ASGI application over the folder the UI is built into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        response = self._answer(Request(scope))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return error_response(MethodNotAllowed(("GET",)))
        path = request.url.path
        file = self._file(path)
        if file is not None:
            return FileResponse(file, headers={"cache-control": FOREVER if path.startswith("/assets/") else "no-cache"})
        if PurePosixPath(path).suffix or path.startswith("/api/"):
            return error_response(NotFound("There is nothing at this address."))
        return self._page()

    def _file(self, path: str) -> Path | None:
        """A built file other than the page itself, never one outside the folder."""
        found = (self._folder / path.lstrip("/")).resolve()
        inside = found.is_relative_to(self._folder) and found.name != "index.html"
        return found if inside and found.is_file() else None

    def _page(self) -> Response:
        page = self._folder / "index.html"
        headers = {"content-security-policy": PAGE, "cache-control": "no-cache"}
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, 503, headers)
        return FileResponse(page, headers=headers, media_type="text/html")
