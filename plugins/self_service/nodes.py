"""What a script consists of: one model for each thing a node can do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from plugins.self_service.texts import Texts

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Go = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Speaking(Model):
    """`speak` is how it is said where it is heard, when that differs from `say` (SSML elements may stand in it)."""

    say: Texts = ""
    speak: Texts = ""


class Asking(Speaking):
    """Waits for the customer. `retries`: how often the question is put again; then it goes on at `otherwise`, or at
    `silence` when nothing came at all. `timeout` in seconds; none: by the medium."""

    retries: int = Field(default=2, ge=0, le=10)
    timeout: float | None = Field(default=None, ge=1, le=30 * 86_400)
    otherwise: Go
    silence: Go = ""


class Choice(Model):
    """`words`: what a typed answer may contain to mean this one. `language`: the dialogue goes on in it."""

    key: Key
    label: Texts
    words: tuple[str, ...] = ()
    go: Go
    language: str = ""


class Anywhere(Model):
    """Where these words lead from every question."""

    words: tuple[str, ...] = Field(min_length=1)
    go: Go


class Say(Speaking):
    do: Literal["say"]
    next: Go


class Menu(Asking):
    """`opening`: where it goes on, asking nothing, with who began by writing more than a greeting that no choice's
    words are in: they have said what they want, and a menu would be in their way."""

    do: Literal["menu"]
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=20)
    into: Name = "choice"
    opening: Go = ""


class Collect(Asking):
    """`digits`: how many, as "9" or "4-11"; none: any text of at most `length` characters. `pattern`: what the answer,
    without blanks and hyphens where it is digits, must be as a whole."""

    do: Literal["collect"]
    into: Name
    digits: str = Field(default="", pattern=r"^(\d{1,2}(-\d{1,2})?)?$")
    length: int = Field(default=1000, ge=1, le=10_000)
    terminator: str = Field(default="#", pattern=r"^[*#]?$")
    pattern: str = Field(default="", max_length=200)
    next: Go


class Record(Asking):
    """A voicemail where it is heard, a message where it is written."""

    do: Literal["record"]
    into: Name = "message"
    seconds: float = Field(default=120, ge=3, le=1800)
    next: Go


class Rate(Asking):
    """One to five; joins the interaction's attributes under `into`."""

    do: Literal["rate"]
    into: Name = "rating"
    next: Go


class Staff(Asking):
    """Goes on at `next` for who knows the site's PIN of this name."""

    do: Literal["staff"]
    pin: Name
    next: Go


class When(Model):
    condition: str = Field(alias="if")
    go: Go


class Branch(Model):
    do: Literal["branch"]
    when: tuple[When, ...] = Field(min_length=1)
    otherwise: Go


class Remember(Model):
    """`attributes` join the interaction's when self-service ends; `values` are for this script alone."""

    do: Literal["remember"]
    values: dict[Name, str] = {}
    attributes: dict[str, str] = {}
    language: str = ""
    next: Go


class Ticket(Model):
    """Looks a ticket up: `found.serial`, `found.status`, `found.subject`, `found.updated_at`."""

    do: Literal["ticket"]
    serial: str
    proof: str
    into: Name = "ticket"
    found: Go
    missing: Go


class Fetch(Model):
    """Asks one of the site's own systems; what it answers, as JSON, is `into`."""

    do: Literal["fetch"]
    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: dict[str, str] = {}
    body: dict[str, JsonValue] = {}
    timeout: float = Field(default=4.0, gt=0, le=10)
    into: Name = "answer"
    found: Go
    missing: Go


class Send(Model):
    """A document, or a text, to an address: `mailto:{mail}`, `tel:{sender.value}`. `sender`: the account's address.
    `link_hours`: the text has addresses instead, under which the files can be fetched for so long. `on_call`: pages go
    on the call that a `transfer` then hands to `sender`."""

    do: Literal["send"]
    to: str
    sender: str = ""
    subject: Texts = ""
    text: Texts
    files: tuple[str, ...] = Field(default=(), max_length=5)
    link_hours: float = Field(default=0, ge=0, le=24 * 90)
    on_call: bool = False
    next: Go


class Switch(Model):
    """Switches a script (none: this one) on or off."""

    do: Literal["switch"]
    flow: str = ""
    on: bool
    next: Go


class Instead(Model):
    """`say`: what the key does, as "to …" would go on."""

    say: Texts
    next: Go


class Queue(Speaking):
    """Hands over. `callback`: they may go, and are contacted when it is their turn: at `number`, when that is not the
    one they call from, and not before `at` ("16:30" by the script's zone, or a whole date and time). `ticket`: its
    subject. `after`: where it goes on with who is still there when the agent is done. `while_waiting`: by key, what
    they may choose until somebody has them."""

    do: Literal["queue"]
    queue: str = ""
    priority: int = Field(default=0, ge=-100, le=100)
    callback: bool = False
    number: str = ""
    at: str = ""
    ticket: str = ""
    attributes: dict[str, str] = {}
    after: Go = Field(default="", min_length=0)
    while_waiting: dict[Key, Instead] = Field(default={}, max_length=10)


class Transfer(Speaking):
    """To a number outside: `tel:+861065521234`. Where nothing can be connected, the words must do. `to_be_sent`: to a
    number of ours that sends pages, what a `send` with `on_call` left there."""

    do: Literal["transfer"]
    to: str
    to_be_sent: bool = False


class End(Speaking):
    do: Literal["end"]


Ask = Menu | Collect | Record | Rate | Staff
Act = Say | Branch | Remember | Ticket | Fetch | Send | Switch
Leave = Queue | Transfer | End
Node = Ask | Act | Leave

KINDS: dict[str, type[Any]] = {
    kind.model_fields["do"].annotation.__args__[0]: kind  # type: ignore[union-attr]  # a Literal of one word
    for kind in (Menu, Collect, Record, Rate, Staff, Say, Branch, Remember, Ticket, Fetch, Send, Switch, Queue,
                 Transfer, End)
}  # fmt: skip


_WAYS = ("next", "otherwise", "silence", "opening", "found", "missing", "after")


def follows(node: Node) -> list[tuple[tuple[str | int, ...], str]]:
    """Where it may go on, each with its path within the node."""
    named = {(name,): getattr(node, name, "") for name in _WAYS}
    found: list[tuple[tuple[str | int, ...], str]] = [(path, go) for path, go in named.items() if go]
    if isinstance(node, Menu):
        found += [(("choices", number, "go"), choice.go) for number, choice in enumerate(node.choices)]
    if isinstance(node, Queue):
        found += [(("while_waiting", key, "next"), instead.next) for key, instead in node.while_waiting.items()]
    if isinstance(node, Branch):
        found += [(("when", number, "go"), when.go) for number, when in enumerate(node.when)]
    return found
