"""What the hub says to a visitor's client: the frames of the wire protocol, as JSON text."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from hub.api import AnyAccount, Conversation, ConversationFile, ConversationMessage
from plugins.web_chat.cards import card
from plugins.web_chat.frames import VERSION, Problem
from plugins.web_chat.settings import WebChatAccount
from plugins.web_chat.visitors import Visitor

OVER = frozenset({"CLOSED", "ABANDONED", "FAILED"})

Link = Callable[[ConversationFile], str]


def frame(kind: str, /, **members: object) -> str:
    """One frame as text; members that are None stay out."""
    present = {name: value for name, value in members.items() if value is not None}
    return orjson.dumps({"type": kind, **present}).decode()


def welcome(token: str, visitor: Visitor, is_open: bool, known: bool) -> str:
    """The answer to hello: who the visitor is to this hub, and whether anybody is there."""
    return frame("welcome", version=VERSION, token=token, name=visitor.name, open=is_open, known=known)


def problem(code: Problem, detail: str = "", own_id: str | None = None, retry_after: float | None = None) -> str:
    """Why something was not taken; with `retry_after` (seconds) the same may be said again then."""
    wait = None if retry_after is None else round(retry_after, 1)
    return frame("error", code=code, detail=detail, id=own_id, retry_after=wait)


def state(conversation: Conversation) -> str:
    """How the conversation stands. `ahead` is how many wait before this visitor, `wait` how long it may take."""
    wait = conversation.estimated_wait
    return frame(
        "state",
        interaction=conversation.interaction_id,
        state=conversation.state,
        over=conversation.state in OVER,
        agent=conversation.agent,
        ahead=conversation.waiting_ahead,
        wait={"low": wait.low_seconds, "high": wait.high_seconds} if wait else None,
        serial=conversation.ticket_serial,
    )


def messages(interaction: int, items: Iterable[ConversationMessage], visitor: Visitor, link: Link) -> str:
    """Messages in the order of their positions."""
    return frame("messages", interaction=interaction, items=[item(each, visitor, link) for each in items])


def shown(messages: Iterable[ConversationMessage]) -> list[ConversationMessage]:
    """Those that reached, or will reach, the visitor: what could not be sent stays out."""
    return [message for message in messages if message.delivery != "FAILED"]


def item(message: ConversationMessage, visitor: Visitor, link: Link) -> dict[str, Any]:
    """One message. Its `id` is the client's own for what the visitor wrote, else what receipts name."""
    own = message.direction == "INBOUND"
    said: dict[str, Any] = {
        "id": message.external_id.removeprefix(f"{visitor.id}:") if own else message_id(message.id),
        "position": message.position,
        "own": own,
        "kind": message.kind,
        "text": message.text,
        "author": "" if own else message.author,
        "at": moment(message.at),
        "files": [_file(each, link) for each in message.attachments],
    }
    return said | _extras(message, own)


def _extras(message: ConversationMessage, own: bool) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if not own and message.delivery:
        extras["delivery"] = message.delivery
    if message.kind == "CARD" and (leads := card(message.text, message.fields)):
        extras["card"] = leads
    if message.kind == "RATING":
        extras["stars"] = message.fields.get("stars")
    if choices := message.fields.get("choices"):
        extras["choices"] = choices
    return extras


def message_id(stored: int) -> str:
    """Under which id a message of ours is known to the visitor's client, and named in its receipts."""
    return f"m{stored}"


def moment(at: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _file(file: ConversationFile, link: Link) -> dict[str, Any]:
    return {"name": file.name, "type": file.media_type, "size": file.size, "url": link(file)}


def configuration(account: AnyAccount, is_open: bool) -> dict[str, Any]:
    """What the widget must know before it opens a socket: looks, questions, limits. No secret is in it."""
    settings: WebChatAccount = account.settings
    limits = settings.limits
    return {
        "version": VERSION,
        "account": account.address.value,
        "language": account.language,
        "open": is_open,
        "title": _both(settings.title.en, settings.title.zh),
        "greeting": _both(settings.greeting.en, settings.greeting.zh),
        "away_notice": _both(settings.away_notice.en, settings.away_notice.zh),
        "colour": settings.colour,
        "side": settings.side,
        "form": [_question(each) for each in settings.model_dump(mode="json")["form"]],
        "live_typing": settings.live_typing,
        "rating": settings.rating,
        "transcript": settings.transcript,
        "call_me": settings.call_me,
        "limits": {"text": limits.text, "upload_bytes": limits.upload_bytes, "upload_types": limits.upload_types},
    }


def _question(field: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"kind": field["kind"], "name": field["key"] or field["kind"], "required": field["required"]}
    return kept | {"label": _both(**field["label"]), "choices": field["choices"]}


def _both(en: str, zh: str) -> dict[str, str]:
    """Each language falls back to the other; both empty leave it to the widget."""
    return {"en": en or zh, "zh": zh or en}
