"""A subset of SSML 1.1 (W3C): speak, p, s, break, say-as, lang. What else stands there is read for its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Tree

from plugins.tts.reading import language_of, plain, said_as
from plugins.tts.segments import Pause, Segment, Words

LONGEST_PAUSE = 10.0
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
_TIME = re.compile(r"^\s*(\d*\.?\d+)(ms|s)\s*$")
_TAG = re.compile(r"<[^<>]*>")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


def segments(text: str, language: str) -> list[Segment]:
    """What is to be heard. SSML that is no XML, or brings a document type along, is read without its tags."""
    spoken = language_of(language)
    if not text.lstrip().startswith("<speak"):
        return _joined([Words(plain(text, spoken), spoken)])
    try:
        if "<!" in text:
            raise Tree.ParseError
        root = Tree.fromstring(text)  # noqa: S314 - no document type, so no entity to expand
    except Tree.ParseError:
        return _joined([Words(plain(_without_tags(text), spoken), spoken)])
    return _joined(_within(root, language_of(root.get(_LANG, spoken))))


def _within(element: Tree.Element, language: str) -> Iterator[Segment]:
    yield Words(plain(element.text or "", language), language)
    for child in element:
        yield from _element(child, language)
        yield Words(plain(child.tail or "", language), language)


def _element(element: Tree.Element, language: str) -> Iterator[Segment]:
    name = element.tag.rpartition("}")[2]
    inner = language_of(element.get(_LANG, language))
    if name == "break":
        yield Pause(_pause(element))
    elif name == "say-as":
        yield Words(said_as("".join(element.itertext()), inner, element.get("interpret-as", "")), inner)
    else:
        yield from _within(element, inner)
        if name in {"p", "s"}:
            yield Pause(_STRENGTHS["strong" if name == "p" else "medium"])


def _pause(element: Tree.Element) -> float:
    found = _TIME.match(element.get("time", ""))
    if found is None:
        return _STRENGTHS.get(element.get("strength", "medium"), _STRENGTHS["medium"])
    return min(float(found[1]) / (1000 if found[2] == "ms" else 1), LONGEST_PAUSE)


def _joined(found: Iterator[Segment] | list[Segment]) -> list[Segment]:
    """Neighbours of one language become one breath; what says nothing is left out."""
    joined: list[Segment] = []
    for segment in found:
        last = joined[-1] if joined else None
        if isinstance(segment, Words) and not segment.text.strip():
            continue
        if isinstance(segment, Words) and isinstance(last, Words) and last.language == segment.language:
            joined[-1] = Words(f"{last.text.rstrip()} {segment.text.strip()}", last.language)
        elif isinstance(segment, Words):
            joined.append(Words(segment.text.strip(), segment.language))
        elif segment.seconds > 0:
            joined.append(segment)
    return joined


def _without_tags(text: str) -> str:
    bare = _TAG.sub(" ", text)
    for entity, sign in _ENTITIES.items():
        bare = bare.replace(entity, sign)
    return bare
