"""Questions: how each is put, and what counts as an answer to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from hub.api import Answered, Choice, Entry, EntryKind, FlowEvent, Prompt, Started
from plugins.self_service import nodes
from plugins.self_service.memory import MOST
from plugins.self_service.nodes import Ask, Collect, Menu, Rate, Record, Staff
from plugins.self_service.phrases import is_greeting, key, phrase
from plugins.self_service.texts import ssml
from plugins.self_service.walk import Walk

VOICE, DEFERRED = "VOICE", "DEFERRED"
PATIENCE = {VOICE: 8.0, "LIVE_TEXT": 300.0, DEFERRED: 3 * 86_400.0}
LETTERS_A_SECOND = {"en": 13.0, "zh": 4.0}
STARS = 5
PIN_DIGITS = (4, 12)
BREATH = '<break time="350ms"/>'


def prompt(walk: Walk, node: Ask) -> Prompt:
    """The question as the customer gets it."""
    language = walk.memory.language
    choices, more = _choices(walk, node)
    return Prompt(walk.text(node.say), choices, walk.speech(node, more), language, _entry(node))


def patience(node: Ask, medium: str, prompts: Sequence[Prompt]) -> float:
    """How long an answer may take; where the question is heard first, from its end."""
    wait = node.timeout or PATIENCE.get(medium, PATIENCE[DEFERRED])
    return wait + sum(map(_listening, prompts)) if medium == VOICE else wait


def at_once(walk: Walk, node: Ask, event: FlowEvent) -> str | None:
    """Where it goes on when the customer began by saying what they want; None when they did not."""
    if not isinstance(event, Started) or not isinstance(node, Menu):
        return None
    if meant := _by_words(node.choices, event.text):
        return _choose(walk, node, meant)
    return node.opening if node.opening and not is_greeting(event.text) else None


async def hear(walk: Walk, name: str, node: Ask, event: FlowEvent) -> str:
    """Where it goes on after this answer, or none."""
    if not isinstance(event, Answered):
        return _again(walk, name, node, "nothing_heard")
    leads = _by_words(walk.script.head.anywhere, event.text)
    go = leads.go if leads else _UNDERSTOOD[type(node)](walk, node, event)
    if go is None:
        return _again(walk, name, node, "wrong_pin" if isinstance(node, Staff) else "not_understood")
    walk.memory.at, walk.memory.tries = "", 0
    return go


def _again(walk: Walk, name: str, node: Ask, why: str) -> str:
    """The question once more, or on without an answer. Nobody is asked by mail whether they are still there."""
    silent = why == "nothing_heard"
    walk.memory.tries += 1
    if walk.memory.tries > node.retries or (silent and walk.dialogue.medium not in {VOICE, "LIVE_TEXT"}):
        walk.memory.at, walk.memory.tries = "", 0
        return (silent and node.silence) or node.otherwise
    language = walk.memory.language
    heard = ssml(language, escape(phrase(why, language))) if walk.dialogue.medium == VOICE else ""
    walk.prompts.append(Prompt(phrase(why, language), speech=heard, language=language))
    return name


# --- answers --------------------------------------------------------------------------------------------------------


def _menu(walk: Walk, node: Menu, event: Answered) -> str | None:
    by_key = (choice for choice in node.choices if choice.key == event.choice)
    meant = next(by_key, None) or _by_words(node.choices, event.text)
    return _choose(walk, node, meant) if meant else None


def _choose(walk: Walk, node: Menu, meant: nodes.Choice) -> str:
    walk.memory.values[node.into] = meant.key
    walk.memory.language = meant.language or walk.memory.language
    return meant.go


def _collect(walk: Walk, node: Collect, event: Answered) -> str | None:
    """The whole answer, or its first line where a letter goes on after it."""
    whole = unicodedata.normalize("NFKC", event.text).strip()
    said = _entered(node, whole) or _entered(node, whole.partition("\n")[0].strip())
    if said is None:
        return None
    walk.memory.values[node.into] = said[:MOST]
    return node.next


def _entered(node: Collect, said: str) -> str | None:
    if node.digits:
        said = re.sub(r"[\s-]", "", said.removesuffix(node.terminator or "#"))
        shortest, longest = _digits(node)
        if not re.fullmatch(rf"[0-9]{{{shortest},{longest}}}", said):
            return None
    if not 0 < len(said) <= node.length or (node.pattern and not re.fullmatch(node.pattern, said)):
        return None
    return said


def _record(walk: Walk, node: Record, event: Answered) -> str | None:
    if event.kind != "VOICEMAIL" and not event.text.strip():
        return None
    walk.memory.values[node.into] = event.text.strip()[:MOST]
    return node.next


def _rate(walk: Walk, node: Rate, event: Answered) -> str | None:
    if not event.choice:
        return None
    walk.memory.attributes[node.into] = int(event.choice)
    return node.next


def _staff(walk: Walk, node: Staff, event: Answered) -> str | None:
    return node.next if walk.world.knows_pin(node.pin, event.text.removesuffix("#")) else None


_UNDERSTOOD: Mapping[type[Any], Callable[[Walk, Any, Answered], str | None]] = {
    Menu: _menu,
    Collect: _collect,
    Record: _record,
    Rate: _rate,
    Staff: _staff,
}


def _by_words(several: Sequence[Any], text: str) -> Any:
    """The first whose words occur in the text; a word of letters stands by itself ("agent", not "agents' fee")."""
    said = unicodedata.normalize("NFKC", text).casefold()
    for each in several:
        if any(_occurs(word.casefold(), said) for word in each.words):
            return each
    return None


def _occurs(word: str, said: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", said) is not None
    return word in said


# --- questions ------------------------------------------------------------------------------------------------------


def _choices(walk: Walk, node: Ask) -> tuple[tuple[Choice, ...], str]:
    """What can be chosen, and how that is said."""
    language = walk.memory.language
    if isinstance(node, Rate):
        choices = tuple(Choice(str(stars), "★" * stars) for stars in range(1, STARS + 1))
        return choices, BREATH + escape(phrase("rate", language))
    if not isinstance(node, Menu):
        return (), ""
    pressed = [_press(walk, each, language) for each in node.choices]
    return tuple(Choice(each.key, walk.text(each.label)) for each in node.choices), "".join(pressed)


def _press(walk: Walk, choice: nodes.Choice, language: str) -> str:
    """ "For the status of a ticket, press 1."; a choice of a language is said in it."""
    said_in = choice.language or language
    said = phrase("press", said_in).replace("{key}", escape(key(choice.key, said_in)))
    said = said.replace("{label}", walk.piece(choice.label))
    return BREATH + (f'<lang xml:lang="{said_in}">{said}</lang>' if said_in != language else said)


def _entry(node: Ask) -> Entry | None:
    if isinstance(node, Record):
        return Entry(EntryKind.RECORDING, seconds=node.seconds)
    if isinstance(node, Staff):
        return Entry(EntryKind.DIGITS, *PIN_DIGITS)
    if isinstance(node, Collect) and node.digits:
        return Entry(EntryKind.DIGITS, *_digits(node), terminator=node.terminator)
    return Entry(longest=node.length) if isinstance(node, Collect) else None


def _digits(node: Collect) -> tuple[int, int]:
    """At least, at most."""
    least, _, most = node.digits.partition("-")
    return int(least), int(most or least)


def _listening(prompt: Prompt) -> float:
    """About how long it takes to say, keys and all."""
    letters = len(prompt.text) + sum(len(choice.label) + 16 for choice in prompt.choices)
    return letters / LETTERS_A_SECOND.get(prompt.language, LETTERS_A_SECOND["en"])
