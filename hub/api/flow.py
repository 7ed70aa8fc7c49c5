"""A flow: a self-service script that speaks with a customer on any channel.

A flow is a step function over a state the core keeps: it gets what happened and says what comes next. So its state is
durable by construction: a hub killed in the middle of a dialogue goes on with the customer's next answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from hub.api.messages import Json


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a customer may choose: `key` (a digit, a keyword) and its label in the dialogue's language."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a flow says. Choices are rendered as buttons, keys or numbered lines, as the channel can."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Whom the flow speaks with: ids, the account's language, and what the channel can carry."""

    interaction_id: int
    account_id: int
    customer_id: int | None
    language: str


@dataclass(frozen=True, slots=True)
class Started:
    """The contact has begun; `text` is what the customer wrote first, if anything."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The customer answered: their words, and the key of the choice those words named ("" when none)."""

    text: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No answer came in the time the last step allowed."""


FlowEvent: TypeAlias = Started | Answered | TimedOut


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the prompts and wait for an answer, at most `timeout` seconds; `state` comes back with it."""

    prompts: tuple[Prompt, ...]
    state: Json = None
    timeout: float = 300.0


@dataclass(frozen=True, slots=True)
class HandOver:
    """Say the prompts and put the interaction into a queue (by key; "" is the account's own).

    `attributes` are what self-service found out (a car's model, a contract): they join the interaction's, where agents
    see them and routing rules ask for them. `callback`: the customer goes and is contacted when their turn comes.
    """

    prompts: tuple[Prompt, ...] = ()
    queue: str = ""
    attributes: Mapping[str, Json] = field(default_factory=dict)
    callback: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """Say the prompts and close the interaction; self-service was enough."""

    prompts: tuple[Prompt, ...] = ()


FlowStep: TypeAlias = Ask | HandOver | End


@runtime_checkable
class Flow(Protocol):
    """A named script. `step` may look things up but must not speak by itself: what it returns is said, exactly once.
    An exception hands the interaction over to the account's queue."""

    name: str

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep: ...
