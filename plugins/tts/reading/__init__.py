"""How what is written is read: numbers, dates, money and serials as words, in each language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugins.tts.reading import english, mandarin
from plugins.tts.reading.language import Language
from plugins.tts.reading.written import read

LANGUAGES: Mapping[str, Language] = {"en": english.LANGUAGE, "zh": mandarin.LANGUAGE}
Reader = Callable[[Language, str], str]


def language_of(tag: str) -> str:
    """`zh-CN`, `cmn` and `zh_Hans` are "zh"; what we cannot read is read as English."""
    short = tag.replace("_", "-").split("-")[0].casefold()
    return "zh" if short in {"zh", "cmn"} else "en"


def plain(text: str, language: str) -> str:
    """Running text, with everything that has a reading of its own written out."""
    return read(LANGUAGES[language], text)


def said_as(text: str, language: str, how: str) -> str:
    """What stands in `<say-as interpret-as=how>`; a way we do not know reads it as running text."""
    spoken = LANGUAGES[language]
    reader = _READERS.get(how)
    return (reader(spoken, text.strip()) if reader else None) or plain(text, language)


_READERS: Mapping[str, Callable[[Language, str], str | None]] = {
    "digits": lambda spoken, text: spoken.digits(text),
    "characters": lambda spoken, text: spoken.digits(text),
    "telephone": lambda spoken, text: spoken.telephone(text),
    "cardinal": lambda spoken, text: spoken.number(text),
    "number": lambda spoken, text: spoken.number(text),
    "date": lambda spoken, text: spoken.date(text),
    "time": lambda spoken, text: spoken.time(text),
    "currency": lambda spoken, text: spoken.money(text),
}
