"""A message of the core's, said on a line: its speech, what it expects, and what follows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from hub.api import Json, Outbound
from plugins.sip.lines.line import Line
from plugins.sip.lines.music import RECORD_TONE, record_tone
from plugins.sip.lines.speaking import Words


def say(line: Line, message: Outbound, transfer: Callable[[str, Mapping[str, Json]], Awaitable[None]]) -> None:
    """Queue it. A last prompt is followed by a transfer where it names one; the hang-up is the core's word (`end`)."""
    fields = message.fields
    line.collecting.expect(fields)
    language = str(fields.get("language") or message.language or line.account.language)
    onward = fields.get("transfer")
    entry = fields.get("entry")
    then: Callable[[], Awaitable[None]] | None = None
    if isinstance(onward, dict):
        number, about = str(onward.get("value", "")), onward

        async def pass_on() -> None:
            await transfer(number, about)

        then = pass_on
    elif isinstance(entry, dict) and entry.get("kind") == "RECORDING":
        seconds = float(str(entry.get("seconds") or 120))

        async def record() -> None:
            if line.speaking is not None:
                await line.speaking.tone(record_tone(), RECORD_TONE)
            await line.collecting.record(seconds)

        then = record
    if line.speaking is not None:
        line.speaking.say(Words(str(fields.get("speech") or _spoken(message)), language, then, _recorded(message)))


def _recorded(message: Outbound) -> bytes:
    """A recording of it, where somebody has said it once and for all."""
    return next((file.content for file in message.attachments if file.media_type == "audio/wav"), b"")


def _spoken(message: Outbound) -> str:
    """The text, and what to press for what, where no flow has written it for the ear."""
    choices = message.fields.get("choices")
    if not isinstance(choices, list):
        return message.text
    named = [f"{each.get('key')}: {each.get('label')}." for each in choices if isinstance(each, dict)]
    return " ".join([message.text, *named])
