"""The routes of the web chat: the script, its settings, the websocket, files and history."""

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import orjson

from hub.api import AnyAccount, PluginRoutes, Request, Response, Route, WebSocket, WebSocketRoute
from plugins.web_chat import origins, session, wire
from plugins.web_chat.calling import call_me
from plugins.web_chat.desk import Desk
from plugins.web_chat.earlier import earlier
from plugins.web_chat.frames import Problem
from plugins.web_chat.replies import refusal
from plugins.web_chat.settings import NAME
from plugins.web_chat.uploads import upload
from plugins.web_chat.visitors import Forged

BUTTON = Path(__file__).parent / "static" / "call.js"
SCRIPT = Path(__file__).parent / "static" / "build" / "widget.js"
MAX_UPLOAD = 51_000_000  # the largest an account may allow, and what multipart puts around it
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types a browser may show in place; everything else, SVG too, is a download."""

Answer = Callable[[Desk, AnyAccount, Request], Awaitable[Response]]


def routes(desk: Desk) -> PluginRoutes:
    """Everything under /c/web_chat/{account}/ is public: the Origin header and the visitor's token are checked here."""
    script, button = Script(SCRIPT), Script(BUTTON)

    async def socket(websocket: WebSocket) -> None:
        await session.serve(desk, websocket)

    return [
        Route("GET", "/widget.js", script.answer, public=True, docs="The widget, to be added with one script tag."),
        Route("GET", "/call.js", button.answer, public=True, docs="A button to be called, with one script tag."),
        WebSocketRoute("/{account}/ws", socket, channel=NAME, docs="The wire protocol."),
        _route(desk, "GET", "/{account}/config", _config, "What the widget must know before it connects."),
        _route(desk, "POST", "/{account}/history", earlier, "Earlier conversations of a returning visitor."),
        _route(desk, "POST", "/{account}/call", call_me, "A visitor wants to be called."),
        _route(desk, "POST", "/{account}/upload", upload, "A file from a visitor.", MAX_UPLOAD),
        _route(desk, "GET", "/{account}/files/{link}", _file, "A file of the conversation."),
    ]


class Script:
    """The built widget, read once and kept compressed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _packed(self) -> tuple[bytes, bytes, str]:
        plain = self._path.read_bytes()
        return plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"'

    async def answer(self, request: Request) -> Response:
        """The script; browsers ask again after an hour, and mostly get a 304."""
        plain, packed, tag = self._packed
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=3600",
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})
        return Response(plain, media_type="text/javascript", headers=headers)


def _route(desk: Desk, method: str, path: str, answer: Answer, docs: str, max_body: int = 10_000) -> Route:
    async def endpoint(request: Request) -> Response:
        account, _ = await desk.account(request.params["account"])
        if account is None:
            return refusal(404, Problem.NOT_ALLOWED, "there is no such chat")
        if not origins.allowed(account.settings.origins, request.headers):
            return refusal(403, Problem.NOT_ALLOWED, "this page may not embed the chat")
        answered = await answer(desk, account, request)
        return replace(answered, headers={**answered.headers, **_cross_origin(request.headers)})

    return Route(method, path, endpoint, public=True, channel=NAME, max_body=max_body, docs=docs)


def _cross_origin(headers: Mapping[str, str]) -> dict[str, str]:
    """Who may read the answer: the page that asked, which is on the list. There are no cookies in it."""
    if origin := headers.get("origin"):
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "Cross-Origin-Resource-Policy": "cross-origin"}
    return {"Cross-Origin-Resource-Policy": "cross-origin"}


async def _config(desk: Desk, account: AnyAccount, request: Request) -> Response:
    _, is_open = await desk.account(account.address.value)
    return Response(orjson.dumps(wire.configuration(account, is_open)), headers={"Cache-Control": "no-cache"})


async def _file(desk: Desk, account: AnyAccount, request: Request) -> Response:
    try:
        thread, attachment = desk.visitors.file(request.params["link"])
    except Forged as error:
        return refusal(404, Problem.BAD_TOKEN, str(error))
    found = await desk.context.attachment(account, thread, attachment)
    if found is None:
        return refusal(404, Problem.NOT_ALLOWED, "there is no such file")
    shown = found.media_type in SHOWN
    media_type = found.media_type if shown else "application/octet-stream"
    headers = {
        "Content-Disposition": "inline" if shown else "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(found.content, media_type=media_type, headers=headers)
