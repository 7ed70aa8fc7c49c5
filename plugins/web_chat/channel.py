"""The channel: what a visitor's frame means to the core, and what becomes of an agent's message."""

from collections.abc import Sequence

from pydantic import BaseModel

from hub.api import (
    Address,
    AnyAccount,
    AnyConnection,
    Attachment,
    Capabilities,
    Context,
    Inbound,
    Json,
    Malformed,
    Medium,
    MessageKind,
    Normalised,
    Outbound,
    Raw,
    Receipt,
    ReceiptState,
    Rejected,
    Sent,
    Signal,
    Unauthenticated,
    Unsupported,
)
from plugins.web_chat.cards import card
from plugins.web_chat.form import profile
from plugins.web_chat.frames import Leave, NotUnderstood, Rate, Receipts, Say, parse
from plugins.web_chat.settings import NAME, NEWS, SCHEME, VISITOR, WebChatAccount, WebChatConnection
from plugins.web_chat.visitors import Forged, Visitor, Visitors
from plugins.web_chat.wire import message_id

CAPABILITIES = Capabilities(
    medium=Medium.LIVE_TEXT,
    live=True,
    typing=True,
    receipts=True,
    attachments=True,
    max_attachment_bytes=25_000_000,
    max_text=20_000,
    kinds=(MessageKind.TEXT, MessageKind.CARD),
    resend_is_safe=True,
    choices=True,
)


class WebChat:
    """A chat on the site's pages. Agents' messages stay in the core; a wake-up makes the visitor's node read them."""

    name = NAME
    connection: type[BaseModel] = WebChatConnection
    account: type[BaseModel] = WebChatAccount
    capabilities = CAPABILITIES

    def __init__(self, context: Context, visitors: Visitors) -> None:
        self._context = context
        self._visitors = visitors

    def address(self, raw: Raw) -> Sequence[Address]:
        return [Address(SCHEME, str(raw.meta.get("account", "")))]

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        self._visitor(account, raw)

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        visitor = self._visitor(account, raw)
        if raw.meta.get("file"):
            return [_file(visitor, raw)]
        try:
            frame = parse(raw.body)
        except NotUnderstood as error:
            raise Malformed(str(error)) from None
        if isinstance(frame, Say):
            return [_said(account.settings, visitor, frame)]
        if isinstance(frame, Rate):
            return [_rating(visitor, frame)]
        if isinstance(frame, Receipts):
            return [Receipt(each, ReceiptState(frame.state)) for each in frame.ids]
        raise Malformed(f"a {frame.type} frame is no input")

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Raises Rejected for a card that leads nowhere, Unsupported for a kind no widget shows."""
        if message.kind == MessageKind.CARD and card(message.text, message.fields) is None:
            raise Rejected("a card needs an http or https address")
        if message.html and not message.text:
            raise Unsupported("a chat message is text")
        await self._context.publish(NEWS, {"thread": _thread(message)})
        return Sent(message_id(message.message_id))

    async def signal(self, account: AnyAccount, signal: Signal) -> None:
        if signal.kind == "typing":
            said: dict[str, Json] = {
                "typing": bool(signal.data.get("typing", True)),
                "name": str(signal.data.get("name", "")),
            }
            await self._context.publish(NEWS, {"thread": signal.thread, **said})

    async def end(self, account: AnyAccount, thread: str, reason: str) -> None:
        await self._context.publish(NEWS, {"thread": thread})

    def _visitor(self, account: AnyAccount, raw: Raw) -> Visitor:
        try:
            return self._visitors.read(str(raw.meta.get("token", "")), account.id)
        except Forged as error:
            raise Unauthenticated(str(error)) from None


def external_id(visitor: Visitor, own_id: str) -> str:
    """The core's id of a visitor's message: no visitor can take another's."""
    return f"{visitor.id}:{own_id}"


def _thread(message: Outbound) -> str:
    return next((key for key in message.thread if key.startswith(VISITOR)), f"{VISITOR}:{message.to.value}")


def _said(settings: WebChatAccount, visitor: Visitor, frame: Say) -> Inbound:
    said = profile(settings, visitor, frame.answers)
    page = frame.page
    fields: dict[str, Json] = {
        "choice": frame.choice,
        "page": page.url if page else "",
        "page_title": page.title if page else "",
        "opens_ticket": isinstance(frame, Leave),
    }
    return Inbound(
        external_id=external_id(visitor, frame.id),
        sender=Address(VISITOR, visitor.id, str(said.get("name", ""))),
        text=frame.text,
        thread=(visitor.thread,),
        fields={name: value for name, value in fields.items() if value},
        profile=said,
        language=frame.language,
    )


def _rating(visitor: Visitor, frame: Rate) -> Inbound:
    return Inbound(
        external_id=external_id(visitor, frame.id),
        sender=Address(VISITOR, visitor.id, visitor.name),
        text=frame.comment,
        kind=MessageKind.RATING,
        thread=(visitor.thread,),
        fields={"stars": frame.stars},
    )


def _file(visitor: Visitor, raw: Raw) -> Inbound:
    name, media_type = str(raw.meta["file"]), str(raw.meta.get("media_type", ""))
    return Inbound(
        external_id=external_id(visitor, str(raw.meta.get("id", ""))),
        sender=Address(VISITOR, visitor.id, visitor.name),
        thread=(visitor.thread,),
        attachments=(Attachment(name, media_type, raw.body),),
    )
