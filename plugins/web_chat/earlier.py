"""What a returning visitor said before, newest conversation first."""

import orjson
from pydantic import BaseModel, Field, ValidationError

from hub.api import Address, AnyAccount, Conversation, ConversationFile, Request, Response
from plugins.web_chat import wire
from plugins.web_chat.desk import Desk, file_url
from plugins.web_chat.frames import Problem
from plugins.web_chat.replies import refusal
from plugins.web_chat.settings import VISITOR
from plugins.web_chat.visitors import Forged, Visitor

MOST = 20
PER_MINUTE = 20


class _Asked(BaseModel):
    token: str = Field(max_length=1_000)


async def earlier(desk: Desk, account: AnyAccount, request: Request) -> Response:
    """`{"token"}` → `{"conversations": [{"interaction", "state", "over", "serial", "messages"}]}`."""
    try:
        visitor = desk.visitors.read(_Asked.model_validate_json(request.body).token, account.id)
    except ValidationError:
        return refusal(400, Problem.BAD_FRAME, "a visitor token is needed")
    except Forged as error:
        return refusal(401, Problem.BAD_TOKEN, str(error))
    if wait := desk.wait("history", visitor.thread, PER_MINUTE):
        return refusal(429, Problem.RATE_LIMITED, "too many requests", wait)
    found = await desk.context.history(account, Address(VISITOR, visitor.id), MOST)
    return Response(orjson.dumps({"conversations": [_conversation(desk, account, visitor, each) for each in found]}))


def _conversation(desk: Desk, account: AnyAccount, visitor: Visitor, found: Conversation) -> dict[str, object]:
    def link(file: ConversationFile) -> str:
        return file_url(desk.visitors, account, visitor.thread, file.id)

    return {
        "interaction": found.interaction_id,
        "state": found.state,
        "over": found.state in wire.OVER,
        "serial": found.ticket_serial,
        "messages": [wire.item(message, visitor, link) for message in wire.shown(found.messages)],
    }
