"""What a caller is led through in an agent's own box: its greeting, the tone, their message."""

from __future__ import annotations

from hub.api import (
    Answered,
    Ask,
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
    """`hub.api.Flow`. Its state is {"name", "greeting"}: whose box it is, and what that says."""

    name = NAME

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep:
        """Greets, and ends with the message; who only presses keys is greeted again."""
        if isinstance(event, Answered) and event.kind == MessageKind.VOICEMAIL:
            return End((Prompt(THANKS[_language(dialogue.language)]),))
        if isinstance(event, TimedOut) or not isinstance(event, (Started, Answered)):
            return End()
        return Ask((_greeting(dialogue, state),), state, PATIENCE)


def _greeting(dialogue: Dialogue, state: Json) -> Prompt:
    box = state if isinstance(state, dict) else {}
    own = str(box.get("greeting", ""))
    language = _written_in(own, dialogue.language) if own else _language(dialogue.language)
    words = own or GREETING[language].format(name=box.get("name", ""))
    entry = Entry(EntryKind.RECORDING, seconds=LONGEST)
    return Prompt(words, language="" if language == dialogue.language else language, entry=entry)


def _language(language: str) -> str:
    """Theirs, where these words stand in it."""
    return "zh" if language.startswith("zh") else "en"


def _written_in(text: str, language: str) -> str:
    """What an agent has written is read by a voice that can read it."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return language if language.startswith("zh") else "zh"
    return "en" if language.startswith("zh") else language
