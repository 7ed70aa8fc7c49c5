"""A flow: a self-service script that speaks with a customer on any channel.

A flow is a step function over a state the core keeps: it gets what happened and says what comes next. So its state is
durable by construction: a hub killed in the middle of a dialogue goes on with the customer's next answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

from hub.api.context import Content
from hub.api.messages import Address, Attachment, Choice, Json


class EntryKind(StrEnum):
    """What kind of answer is expected; a channel renders it as it can."""

    TEXT = "TEXT"
    DIGITS = "DIGITS"
    RECORDING = "RECORDING"


@dataclass(frozen=True, slots=True)
class Entry:
    """The answer a prompt expects, for channels that must know when it is complete.

    A voice channel collects keys until `terminator`, `longest` of them, or `pause` seconds without one; a RECORDING
    lasts at most `seconds` and comes back as a message of kind VOICEMAIL with the audio attached. Where people type,
    the answer is whatever they write.
    """

    kind: EntryKind = EntryKind.TEXT
    shortest: int = 1
    longest: int = 0
    terminator: str = "#"
    pause: float = 4.0
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a flow says. Choices are rendered as buttons, keys or numbered lines, as the channel can.

    speech     how it is said where it is heard, as SSML with the keys to press; "": the text, then the choices
    language   of this prompt, "" for the dialogue's own; another one becomes the interaction's from now on
    entry      the answer it expects, when it is not one of the choices
    sound      a recording of it (WAV, PCM of 16 bits), which is heard instead of `speech`
    """

    text: str
    choices: tuple[Choice, ...] = ()
    speech: str = ""
    language: str = ""
    entry: Entry | None = None
    sound: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Whom the flow speaks with.

    language     the interaction's: as the customer's side said, else the account's
    medium       "VOICE", "LIVE_TEXT", "DEFERRED": what the channel is, never which
    queue        key of the queue the account leads to, "" for none
    sender       the address they write or call from; None when withheld
    called       the account's address that they reached; its `name` is the account's
    customer     {"name", "kind", "language", "attributes"}, empty while they are nobody in particular
    attributes   what is known of this interaction
    """

    interaction_id: int
    account_id: int
    customer_id: int | None
    language: str
    medium: str = ""
    queue: str = ""
    sender: Address | None = None
    called: Address | None = None
    customer: Mapping[str, Json] = field(default_factory=dict)
    attributes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Started:
    """The contact has begun; `text` is what the customer wrote first, if anything."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The customer answered: their words, the key of the choice those words named ("" when none), and the kind of the
    message (a recording is a VOICEMAIL, mostly without words)."""

    text: str
    choice: str = ""
    kind: str = "TEXT"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No answer came in the time the last step allowed."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The agent whom a `HandOver` with `after` led to is done, and the customer is still there."""


FlowEvent: TypeAlias = Started | Answered | TimedOut | Resumed


@dataclass(frozen=True, slots=True)
class Sending:
    """Something to be sent elsewhere, to this address: through the account with the address `sender`, else through
    the first that may write to this scheme. In the step's own commit, so exactly once; where no account can, it is
    logged and left out."""

    to: Address
    content: Content
    sender: Address | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the prompts and wait for an answer, at most `timeout` seconds; `state` comes back with it."""

    prompts: tuple[Prompt, ...]
    state: Json = None
    timeout: float = 300.0
    sends: tuple[Sending, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """Say the prompts and put the interaction into a queue (by key; "" is the account's own).

    `attributes` are what self-service found out (a car's model, a contract): they join the interaction's, where agents
    see them and routing rules ask for them. `priority` is added to the queue's. `callback`: the customer goes and is
    contacted when their turn comes: at `call`, when that is not the address they came from, and not before `call_at`.
    `ticket`: the subject of a ticket that is opened unless there is one already; the prompts may say {serial}.
    `after`: when the agent is done with them while they talk, the flow has them again: it is told `Resumed`, with this
    as its state (a rating, a payment). None: it is over then.

    `meanwhile`: what they may choose while nobody talks with them yet. It takes them out of the queue, and the flow is
    told `Answered` with the choice, with `waiting` as its state; handed over again, they have their old place. They
    read of it with the last prompt; where that is heard, the channel tells them while they wait.
    """

    prompts: tuple[Prompt, ...] = ()
    queue: str = ""
    attributes: Mapping[str, Json] = field(default_factory=dict)
    callback: bool = False
    priority: int = 0
    ticket: str = ""
    sends: tuple[Sending, ...] = ()
    after: Json = None
    meanwhile: tuple[Choice, ...] = ()
    waiting: Json = None
    call: Address | None = None
    call_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Say the prompts and close the interaction; self-service was enough. A channel that carries a connection lets go
    of it after the last prompt, or connects it on to `transfer` (a number outside)."""

    prompts: tuple[Prompt, ...] = ()
    attributes: Mapping[str, Json] = field(default_factory=dict)
    transfer: Address | None = None
    sends: tuple[Sending, ...] = ()


FlowStep: TypeAlias = Ask | HandOver | End


@runtime_checkable
class Flow(Protocol):
    """A named script. `step` may look things up but must not speak by itself: what it returns is said, exactly once.
    An exception hands the interaction over to the account's queue, or ends it when an agent has been there already."""

    name: str

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep: ...
