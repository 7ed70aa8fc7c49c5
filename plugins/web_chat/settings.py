"""What a site sets on a web chat account: looks, questions, limits, and who may embed it."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

NAME = "web_chat"
"""The channel's name, and the plugin's."""

NEWS = "news"
"""The topic on which every node hears of a thread: {"thread"}, with "typing" and "name" when an agent types, with
"asked" when a node wants to know whether the visitor is elsewhere."""

SCHEME = "widget"
"""The scheme of an account's address: ("widget", "shop") is reached at /c/web_chat/shop/…"""

VISITOR = "visitor"
"""The scheme of a visitor's identity: an opaque id that only this hub gives out."""

_ORIGIN = re.compile(r"^(\*|self|https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?)$")


def _origin(value: str) -> str:
    folded = value.strip().lower().rstrip("/")
    if not _ORIGIN.match(folded):
        raise ValueError("an origin is https://shop.example, https://*.shop.example, self or *")
    return folded


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Settings):
    """A sentence in both languages; an empty one falls back to the other, then to the widget's own."""

    en: str = Field(default="", max_length=500)
    zh: str = Field(default="", max_length=500)


class FieldKind(StrEnum):
    """What a question of the form asks for; the browser's keyboard and checks follow from it."""

    NAME = "name"
    TEL = "tel"
    MAILTO = "mailto"
    TEXT = "text"
    CHOICE = "choice"


class FormField(_Settings):
    """One question before the chat. `key` names the answer among the customer's attributes, unless the kind is an
    identity (tel, mailto) or the name. Questions of one kind of identity may stand once."""

    kind: FieldKind
    key: str = Field(default="", pattern=r"^[a-z0-9_]{0,40}$")
    label: Text = Text()
    required: bool = False
    choices: tuple[str, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind in {FieldKind.TEXT, FieldKind.CHOICE} and not self.key:
            raise ValueError("a free field needs a key")
        if (self.kind is FieldKind.CHOICE) != bool(self.choices):
            raise ValueError("choices belong to a field of kind choice, and only there")
        return self

    @property
    def name(self) -> str:
        """Under which key the answer travels."""
        return self.key or self.kind.value


class Limits(_Settings):
    """How much one visitor and one client address may do. Per minute; 0 means no limit. Bursts are a quarter of it."""

    messages: int = Field(default=40, ge=0, description="messages a visitor may send")
    uploads: int = Field(default=12, ge=0, description="files a visitor may send")
    calls: int = Field(default=6, ge=0, description="calls a client address may ask for")
    all_calls: int = Field(default=30, ge=0, description="calls all of them together may ask for")
    connections: int = Field(default=240, ge=0, description="websockets a client address may open")
    new_sessions: int = Field(default=60, ge=0, description="new visitor ids a client address may get")
    text: int = Field(default=4_000, ge=100, le=100_000, description="characters in a message")
    upload_bytes: int = Field(default=10_000_000, ge=0, le=50_000_000, description="bytes in a file; 0 forbids files")
    upload_types: tuple[str, ...] = Field(
        default=("image/*", "application/pdf", "text/plain", "text/csv", "application/zip", "application/msword",
         "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.*", "audio/*", "video/mp4"),
        description="media types of files, * at the end as a wildcard",
    )  # fmt: skip


class WebChatConnection(_Settings):
    """A web chat needs no way out of its own: browsers come to the hub."""


class WebChatAccount(_Settings):
    """One widget. `origins` lists the pages that may embed it: "self" is the hub's own pages."""

    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ("self",)
    title: Text = Text()
    greeting: Text = Text()
    away_notice: Text = Text()
    colour: str = Field(default="#2f5fe0", pattern=r"^#[0-9a-fA-F]{6}$")
    side: str = Field(default="right", pattern=r"^(left|right)$")
    form: tuple[FormField, ...] = Field(default=(), max_length=12)
    live_typing: bool = Field(default=True, description="agents read along while the visitor types")
    rating: bool = True
    transcript: bool = Field(default=True, description="visitors may have the conversation mailed to them")
    transcript_account: str = Field(
        default="", description="the account transcripts are mailed from, as channel:address; empty: any that can mail"
    )
    call_me: bool = Field(default=False, description="visitors may ask to be called, in the chat and by a button")
    call_queue: str = Field(
        default="", description="the queue that calls them, by key; empty: that of the account the call is made from"
    )
    customer_secret: SecretStr | None = Field(default=None, description="with it the shop signs its customers in")
    away_seconds: int = Field(default=300, ge=10, le=86_400, description="a visitor gone this long has left")
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [field.name for field in self.form]
        if len(set(names)) != len(names):
            raise ValueError("two fields of the form have one key")
        return self
