"""What a far side wrote, JSON, a form, XML or plain text, and the places in it that a description names.

Reading is total: any octets give a document or `Unreadable`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from hub.api import Json
from plugins.sms.http.pattern import values_in
from plugins.sms.http.template import Template

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST: Final = 256 * 1024
"""Octets of an answer or of a webhook's body."""
DEEPEST: Final = 20


class Format(StrEnum):
    """How a document is written. QUERY: in the address, whatever the body is."""

    JSON = "json"
    FORM = "form"
    XML = "xml"
    TEXT = "text"
    QUERY = "query"


class Unreadable(ValueError):
    """These octets are no document of the format that was agreed."""


def document(body: bytes, form: Format, charset: str = "utf-8", pattern: Template | None = None) -> Json:
    """The document. A text is read by its pattern, else it is itself. Raises Unreadable."""
    if len(body) > LARGEST:
        raise Unreadable(f"{len(body)} octets")
    text = body.decode(charset, "replace")
    if form is Format.JSON:
        return _json(text)
    if form is Format.XML:
        return _xml(text)
    if form is Format.TEXT:
        return _text(text.strip(), pattern)
    return form_of(text.strip(), charset)


def form_of(text: str, charset: str = "utf-8") -> Json:
    """The fields of a form, of several of one name the last. Raises Unreadable."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, encoding=charset, errors="replace", max_num_fields=500))
    except ValueError:
        raise Unreadable("no form") from None


def at(found: Json, path: str) -> Json:
    """What stands at a path ("data.0.id"); the document itself for "", None where there is nothing."""
    for step in path.split(".") if path else ():
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal() and int(step[:6]) < len(found):
            found = found[int(step[:6])]
        else:
            return None
    return found


def text_at(found: Json, path: str) -> str:
    """The same as text: "" where there is nothing, or more than one value."""
    value = at(found, path) if path else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()  # half a pair of JSON is no text


def each_at(found: Json, path: str) -> Sequence[Json]:
    """The entries of a list that stands there; one thing alone is a list of one."""
    value = at(found, path)
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _json(text: str) -> Json:
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    return parsed


def _text(text: str, pattern: Template | None) -> Json:
    if pattern is None:
        return {"text": text}
    found = values_in(pattern, text)
    if found is None:
        raise Unreadable("an answer that does not look as agreed")
    return {**found}


def _xml(text: str) -> Json:
    """Elements as objects by their names, several of one name as a list; attributes beside them, text as itself."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("XML with a document type")
    from xml.etree import ElementTree  # most sites have no such gateway

    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # no document type, so no entities
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Unreadable("no XML") from None
    return {_bare(root.tag): _element(root)}


def _element(element: Element, depth: int = 0) -> Json:
    if depth > DEEPEST:
        raise Unreadable("XML that is too deep")
    found: dict[str, Json] = {**element.attrib}
    for child in element:
        name, value = _bare(child.tag), _element(child, depth + 1)
        before = found.get(name)
        found[name] = value if before is None else [*before, value] if isinstance(before, list) else [before, value]
    return found or (element.text or "").strip()


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
