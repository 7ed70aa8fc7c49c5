"""A gateway that sends approved templates and no words of anybody's, a process of its own, as most in China are.

`python -m tests.farside.template_gateway LEDGER` prints {"event": "listening", "port": …} and then every line of its
ledger: what it was asked, and the words the handset would read. `GET /` takes TemplateCode with TemplateParam, a JSON
object (as Alibaba Cloud does), `POST /` a JSON document with TemplateId and TemplateParamSet, a list of strings (as
Tencent Cloud does). A template it does not know, or other places than the template's, are refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from itertools import count
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.farside.ledger import Ledger

APPROVED: Final = {
    "SMS_4711": "您的验证码是${code}，请勿泄露。",
    "SMS_4712": "${customer_name}，您的订单${ticket_serial}已发货。",
}
LISTED: Final = {"100401": "{1}，您的订单{2}已发货。"}
ILLEGAL: Final = "isv.SMS_TEMPLATE_ILLEGAL"


class Gateway:
    """What it was asked, and what came of it."""

    def __init__(self, ledger: Path) -> None:
        self._ledger, self._ids = Ledger(ledger), count(1)

    def note(self, event: str, **facts: object) -> None:
        self._ledger.note(event, **facts)
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()

    async def named(self, request: Request) -> Response:
        asked = dict(request.query_params)
        given = json.loads(asked["TemplateParam"])
        return self._answer(asked["PhoneNumbers"], _filled(APPROVED.get(asked["TemplateCode"]), r"\$\{(\w+)\}", given))

    async def listed(self, request: Request) -> Response:
        asked = await request.json()
        given = asked["TemplateParamSet"]
        places = {str(place): value for place, value in enumerate(given, 1)} if isinstance(given, list) else {}
        return self._answer(asked["PhoneNumberSet"][0], _filled(LISTED.get(asked["TemplateId"]), r"\{(\d+)\}", places))

    def _answer(self, to: str, words: str | None) -> Response:
        if words is None:
            self.note("refused", to=to)
            return JSONResponse({"Code": ILLEGAL, "Message": "template is illegal"})
        self.note("text", to=to, words=words)
        return JSONResponse({"Code": "OK", "BizId": f"biz-{next(self._ids)}"})


def _filled(template: str | None, place: str, values: dict[str, Any]) -> str | None:
    """The words, where every place has a string and there is nothing besides."""
    if template is None or set(re.findall(place, template)) != set(values):
        return None
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return re.sub(place, lambda found: str(values[found[1]]), template)


async def main(options: argparse.Namespace) -> None:
    """Serve until the standard input ends."""
    gateway = Gateway(options.ledger)
    routes = [Route("/", gateway.named, methods=["GET"]), Route("/", gateway.listed, methods=["POST"])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    gateway.note("listening", port=server.servers[0].sockets[0].getsockname()[1])
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    await stdin.read()
    server.should_exit = True
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path)
    asyncio.run(main(parser.parse_args()))
