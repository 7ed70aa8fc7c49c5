"""What a visitor's client may say, read strictly. The wire protocol is docs/plugins/web_chat_protocol.md."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

VERSION = 1
MAX_FRAME = 65_536
"""Characters in one frame; a client that sends more is cut off."""


class Problem(StrEnum):
    """Why a frame was not taken; the widget has a sentence for each."""

    BAD_FRAME = "BAD_FRAME"
    BAD_TOKEN = "BAD_TOKEN"  # noqa: S105 - a name, no password
    FORM_REQUIRED = "FORM_REQUIRED"
    NOT_ALLOWED = "NOT_ALLOWED"
    NO_CONVERSATION = "NO_CONVERSATION"
    OVERLOADED = "OVERLOADED"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_VERSION = "UNSUPPORTED_VERSION"


class Close(int):
    """Close codes of the websocket, 4000 + the HTTP status that says the same."""


NOT_OPENED = Close(4403)
FORGED = Close(4401)
NO_SUCH_ACCOUNT = Close(4404)
SILENT = Close(4408)
FRAME_TOO_LARGE = Close(4413)
FLOODING = Close(4429)
NOT_UNDERSTOOD = Close(4400)


def _printable(text: str) -> str:
    """PostgreSQL stores no NUL, and no screen needs the other control characters."""
    return "".join(char for char in text if char >= " " or char in "\n\t").strip()


Line = Annotated[str, Field(max_length=400), AfterValidator(_printable)]
Long = Annotated[str, Field(max_length=MAX_FRAME), AfterValidator(_printable)]
ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Answers: TypeAlias = dict[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")], Line]


class _Frame(BaseModel):
    """Unknown members are passed over, so that a newer client of the same version can speak to an older hub."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Page(_Frame):
    """The page the widget stands on, as its visitor sees it."""

    url: Annotated[str, Field(max_length=2_000), AfterValidator(_printable)] = ""
    title: Line = ""


class Customer(_Frame):
    """Who the shop says this is; `signature` is what `sign_in.sign` computes on the shop's server."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(max_length=200)] = ""
    mailto: Annotated[str, Field(max_length=200)] = ""
    signed_at: Annotated[int, Field(ge=0, le=2**53)]
    signature: Annotated[str, Field(max_length=100)]


class Cursor(_Frame):
    """How far this client has read: the interaction and the position in it."""

    interaction: Annotated[int, Field(ge=0, le=2**53)]
    position: Annotated[int, Field(ge=0, le=2**53)]


class Hello(_Frame):
    """The first frame. Without a token a new visitor id is given out."""

    type: Literal["hello"]
    version: int = VERSION
    token: Annotated[str, Field(max_length=1_000)] = ""
    customer: Customer | None = None
    since: Cursor | None = None
    language: Annotated[str, Field(max_length=20)] = ""


class Say(_Frame):
    """One message; `id` stays the same when it is sent again. `choice` is the key of a flow's button."""

    type: Literal["message"]
    id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=MAX_FRAME), AfterValidator(_printable)]
    choice: Line = ""
    answers: Answers = {}
    page: Page | None = None
    language: Annotated[str, Field(max_length=20)] = ""


class Leave(Say):
    """A message left outside hours: it becomes a ticket."""

    type: Literal["leave"]  # type: ignore[assignment] # a frame of its own with the members of a message


class Typing(_Frame):
    """The visitor types; `text` is what stands in the box so far."""

    type: Literal["typing"]
    typing: bool = True
    text: Annotated[str, Field(max_length=2_000), AfterValidator(_printable)] = ""


class Receipts(_Frame):
    """What became of messages shown to the visitor, by the ids they came with."""

    type: Literal["receipt"]
    state: Literal["DELIVERED", "READ"]
    ids: Annotated[list[Annotated[str, Field(pattern=r"^m[0-9]{1,18}$")]], Field(min_length=1, max_length=200)]


class End(_Frame):
    """The visitor ends the conversation."""

    type: Literal["end"]


class Rate(_Frame):
    """How the visitor liked it: 1 to 5 stars, and words if they want."""

    type: Literal["rating"]
    id: ClientId
    stars: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=2_000), AfterValidator(_printable)] = ""


class Transcript(_Frame):
    """Have the conversation mailed to this address."""

    type: Literal["transcript"]
    mailto: Annotated[str, Field(max_length=200, pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$")]


class Ping(_Frame):
    """Is anybody there? Answered by pong."""

    type: Literal["ping"]


Spoken: TypeAlias = Say | Leave | Typing | Receipts | End | Rate | Transcript | Ping
Frame: TypeAlias = Hello | Spoken
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class NotUnderstood(ValueError):
    """A frame that follows no form of the protocol; `id` names the message when one can be made out."""


def parse(text: str | bytes) -> Frame:
    """The frame in one websocket message. Raises NotUnderstood, whatever the text is."""
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        raise NotUnderstood(_reason(error)) from None


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
