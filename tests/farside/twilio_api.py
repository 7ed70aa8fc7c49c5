"""Twilio, a process of its own that writes down what it was told: its REST API, its pictures, its signed webhooks.

`python -m tests.farside.twilio_api LEDGER` prints {"event": "listening", "port": …} and then every line of its ledger;
on its standard input it takes commands, a JSON object a line:
{"do": "post", "url", "fields", "times": 1, "token"?} posts a signed webhook, so many times at once.

What becomes of a text is in its recipient's last four digits: 1610 has opted out, 0429 too many requests (the first
time only), 0500 taken, and the connection cut before the answer, 0503 not now (the first time only), 0404 reported
undelivered; any other is taken and reported delivered, by signed callbacks. `/media/cat` is a picture, `/media/late`
one that is not there the first time, `/media/elsewhere` passes on to another port, `/media/page` is no picture.

Signatures are made by Twilio's own library.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # does not say it has types

from tests.farside.ledger import Ledger

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ACCOUNT, TOKEN = "AC00000000000000000000000000000001", "a token"
ERRORS = {"1610": (400, 21610, "Attempt to send to unsubscribed recipient"), "0429": (429, 20429, "Too Many Requests")}


class Twilio:
    """One account of theirs."""

    def __init__(self, ledger: Path) -> None:
        self._ledger, self._numbers = Ledger(ledger), count(1)
        self._texts: list[dict[str, Any]] = []
        self._once: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=100))

    def note(self, event: str, **facts: object) -> None:
        self._ledger.note(event, **facts)
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()

    async def create(self, request: Request) -> Response:
        if not self._is_known(request):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        fields = dict(pairs)
        code = fields["To"][-4:]
        if code in ERRORS and not (code == "0429" and self._again(fields["To"])):
            status, number, message = ERRORS[code]
            return JSONResponse({"code": number, "message": message, "status": status}, status)
        if code == "0503" and not self._again(fields["To"]):
            return Response("not now", 503)
        text = self._text(fields)
        shown = [value for name, value in pairs if name == "MediaUrl"]
        self.note("text", **fields, sid=text["sid"])
        for url in shown:
            self._soon(self._fetch(url))
        if "StatusCallback" in fields:
            states = ["sent", "undelivered" if code == "0404" else "delivered"]
            self._soon(self._report(fields, text["sid"], states))
        if code == "0500":
            return _Cut()
        return JSONResponse(text, 201)

    async def texts(self, request: Request) -> Response:
        to = request.query_params.get("To")
        found = [text for text in reversed(self._texts) if to in (None, text["to"])]
        return JSONResponse({"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})

    async def account(self, request: Request) -> Response:
        if not self._is_known(request):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        return JSONResponse({"sid": ACCOUNT, "friendly_name": "Test", "status": "active"})

    async def media(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.note("media", name=name, known=self._is_known(request))
        if name == "late" and not self._again(name):
            return Response("soon", 503)
        if name == "elsewhere":
            return RedirectResponse("http://127.0.0.1:1/secret", 307)
        if name == "page":
            return Response("<script>", media_type="text/html")
        return Response(PICTURE, media_type="image/png")

    def command(self, told: dict[str, Any]) -> None:
        """Post a webhook, so many times at once."""
        for _ in range(told.get("times", 1)):
            self._soon(self._post(told["url"], told["fields"], told.get("token", TOKEN)))

    async def _report(self, fields: dict[str, str], sid: str, states: list[str]) -> None:
        for state in states:
            told = {"MessageSid": sid, "MessageStatus": state, "To": fields["To"], "From": fields.get("From", "")}
            told |= {"ErrorCode": "30005"} if state == "undelivered" else {}
            await self._post(fields["StatusCallback"], told, TOKEN)

    async def _fetch(self, url: str) -> None:
        """A picture of a text: whoever sends it has put it up for us, who are not logged in there."""
        found = await self._client.get(url)
        digest = sha256(found.content).hexdigest()
        self.note("fetched", status=found.status_code, type=found.headers["content-type"], sha256=digest, url=url)

    async def _post(self, url: str, fields: dict[str, str], token: str) -> None:
        signed = RequestValidator(token).compute_signature(url, fields)
        answer = await self._client.post(url, data=fields, headers={"X-Twilio-Signature": signed})
        self.note("answered", status=answer.status_code, body=answer.text[:100], sid=fields.get("MessageSid", ""))

    def _text(self, fields: dict[str, str]) -> dict[str, Any]:
        text = {
            "sid": f"SM{next(self._numbers):032x}",
            "to": fields["To"],
            "from": fields.get("From"),
            "body": fields["Body"],
            "num_media": str(len([name for name in fields if name == "MediaUrl"])),
            "num_segments": "2" if len(fields["Body"]) > 70 else "1",
            "price": "-0.00750",
            "price_unit": "USD",
            "date_created": format_datetime(datetime.now(UTC)),
            "status": "queued",
        }
        self._texts.append(text)
        return text

    def _again(self, what: str) -> bool:
        known = what in self._once
        self._once.add(what)
        return known

    def _is_known(self, request: Request) -> bool:
        login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {login}"

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def routes(self) -> list[Route]:
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        return [
            Route(f"{base}/Messages.json", self.create, methods=["POST"]),
            Route(f"{base}/Messages.json", self.texts, methods=["GET"]),
            Route(f"{base}.json", self.account, methods=["GET"]),
            Route("/media/{name}", self.media, methods=["GET"]),
        ]


class _Cut(Response):
    """Ends the connection where an answer should be."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"10000")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


async def main(options: argparse.Namespace) -> None:
    """Serve until the standard input ends."""
    twilio = Twilio(options.ledger)
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=twilio.routes()), port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    twilio.note("listening", port=server.servers[0].sockets[0].getsockname()[1])
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    while line := await stdin.readline():
        twilio.command(json.loads(line))
    server.should_exit = True
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path)
    asyncio.run(main(parser.parse_args()))
