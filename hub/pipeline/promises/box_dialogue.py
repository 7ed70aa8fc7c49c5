"""What a caller is led through in an agent's own box: its greeting, the tone, their message."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.api import (
    Answered,
    Ask,
    Attachment,
    Dialogue,
    End,
    Entry,
    EntryKind,
    FlowEvent,
    FlowStep,
    Json,
    MessageKind,
    Prompt,
    Started,
    TimedOut,
)
from hub.store import own_boxes
from hub.store.database import Store
from hub.store.own_boxes import OwnBox

NAME = "hub.own_box"  # with a dot, so that no script is called so
LONGEST = 120.0
PATIENCE = 300.0
"""Seconds: of a message; of greeting and message together, when the line tells of neither."""
GREETING = {
    "en": "{name} cannot take your call now. Please leave a message after the tone.",
    "zh": "{name}现在无法接听您的电话，请在提示音后留言。",
}
THANKS = {"en": "Thank you. Your message will be heard.", "zh": "谢谢，您的留言会转达。"}


class BoxDialogue:
    """`hub.api.Flow`. Its state is {"user", "name"}: whose box it is."""

    name = NAME

    def __init__(self, store: Store) -> None:
        self._store = store

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep:
        """Greets, and ends with the message; who only presses keys is greeted again."""
        if isinstance(event, Answered) and event.kind == MessageKind.VOICEMAIL:
            return End((Prompt(THANKS[_language(dialogue.language)]),))
        if isinstance(event, TimedOut) or not isinstance(event, (Started, Answered)):
            return End()
        whose = state if isinstance(state, dict) else {}
        box, sound = await self._store.read(lambda conn: _box(conn, whose.get("user")))
        return Ask((_greeting(dialogue, str(whose.get("name", "")), box, sound),), state, PATIENCE)


def _box(conn: Connection, user_id: Json) -> tuple[OwnBox, bytes | None]:
    number = user_id if isinstance(user_id, int) else 0
    return own_boxes.of(conn, number), own_boxes.sound_of(conn, number)


def _greeting(dialogue: Dialogue, name: str, box: OwnBox, sound: bytes | None) -> Prompt:
    own = box.greeting
    language = _written_in(own, dialogue.language) if own else _language(dialogue.language)
    return Prompt(
        own or GREETING[language].format(name=name),
        language="" if language == dialogue.language else language,
        entry=Entry(EntryKind.RECORDING, seconds=LONGEST),
        sound=Attachment("greeting.wav", "audio/wav", sound) if sound else None,
    )


def _language(language: str) -> str:
    """Theirs, where these words stand in it."""
    return "zh" if language.startswith("zh") else "en"


def _written_in(text: str, language: str) -> str:
    """What an agent has written is read by a voice that can read it."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return language if language.startswith("zh") else "zh"
    return "en" if language.startswith("zh") else language
