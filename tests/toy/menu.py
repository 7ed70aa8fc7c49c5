"""A flow that any channel could render: it asks what it is about, then for a name, and hands over or ends."""

from __future__ import annotations

from hub.api import (
    Answered,
    Ask,
    Choice,
    Dialogue,
    End,
    FlowEvent,
    FlowStep,
    HandOver,
    Json,
    Prompt,
    Started,
)

WELCOME = Prompt("What is it about?", (Choice("1", "A repair"), Choice("2", "Opening hours")))


class Menu:
    """Two questions deep, so that its state has to last."""

    name = "toy_menu"

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep:
        """What comes next."""
        if isinstance(event, Started):
            return Ask((WELCOME,), state="about")
        if isinstance(event, Answered) and state == "about" and event.choice == "2":
            return End((Prompt("We are open from 9 to 5."),))
        if isinstance(event, Answered) and state == "about" and event.choice == "1":
            return Ask((Prompt("What is broken?"),), state="broken")
        if isinstance(event, Answered) and state == "broken":
            return HandOver((Prompt(f"Somebody will look after your {event.text}."),))
        return HandOver()
