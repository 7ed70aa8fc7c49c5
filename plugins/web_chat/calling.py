"""A visitor wants to be called: from the chat, whose place in the queue they keep, or by a button on a web page."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import orjson
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from hub.api import Address, AnyAccount, CallMe, HubError, Overloaded, Request, Response
from plugins.web_chat.desk import Desk
from plugins.web_chat.frames import Problem
from plugins.web_chat.rates import MINUTE
from plugins.web_chat.replies import refusal
from plugins.web_chat.settings import WebChatAccount
from plugins.web_chat.visitors import Forged

FURTHEST = timedelta(days=30)
TEL = "tel"


class _Asked(BaseModel):
    number: str = Field(pattern=r"^[+(]?[0-9][0-9 ()./-]{3,28}[0-9]$")
    at: AwareDatetime | None = None
    name: str = Field(default="", max_length=80)
    token: str = Field(default="", max_length=1_000)


async def call_me(desk: Desk, account: AnyAccount, request: Request) -> Response:
    """`{"number", "at", "name", "token"}` → `{"promised": true}`. `token` is the visitor's, where there is one."""
    settings: WebChatAccount = account.settings
    if not settings.call_me or not request.headers.get("origin"):
        return refusal(403, Problem.NOT_ALLOWED, "nobody is called from this page")
    if wait := desk.wait("call", request.client, settings.limits.calls):
        return refusal(429, Problem.RATE_LIMITED, "too many calls were asked for", wait)
    if wait := desk.wait("calls", account.address.value, settings.limits.all_calls):
        return refusal(429, Problem.RATE_LIMITED, "too many people asked for calls", wait)
    try:
        asked = _Asked.model_validate_json(request.body)
        thread = desk.visitors.read(asked.token, account.id).thread if asked.token else ""
    except ValidationError:
        return refusal(400, Problem.BAD_FRAME, "a telephone number is needed")
    except Forged as error:
        return refusal(401, Problem.BAD_TOKEN, str(error))
    if asked.at is not None and asked.at > datetime.now(UTC) + FURTHEST:
        return refusal(400, Problem.BAD_FRAME, "that is too far ahead")
    return await _promise(desk, account, request, asked, thread)


async def _promise(desk: Desk, account: AnyAccount, request: Request, asked: _Asked, thread: str) -> Response:
    settings: WebChatAccount = account.settings
    page = urlsplit(request.headers.get("origin", "")).netloc
    to = Address(TEL, asked.number, "".join(char for char in asked.name if char.isprintable()))
    wanted = CallMe(to, asked.at, queue=settings.call_queue, about=page)
    try:
        promised = await desk.context.call_back(wanted, account, thread)
    except Overloaded:
        return refusal(503, Problem.OVERLOADED, "try again shortly", 2.0)
    except HubError as error:
        if not error.retryable:
            raise
        return refusal(429, Problem.RATE_LIMITED, "too many people wait for a call", MINUTE)
    if promised is None:
        return refusal(422, Problem.BAD_FRAME, "this number cannot be called")
    return Response(orjson.dumps({"promised": True}))
