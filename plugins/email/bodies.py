"""Which parts are the letter and which are enclosures: text, HTML and attachments chosen from the MIME tree (RFC 2046
§5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from plugins.email.markup import clean, to_text
from plugins.email.parse import Mail, Multipart, Part


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is there whenever the mail says anything; `html` is sanitised and "" for plain mails.

    `attachments` hold every other part, inline pictures included; `html` names those as `cid:<content_id>`.
    """

    text: str
    html: str
    attachments: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str = ""
    html: str = ""
    files: tuple[Part, ...] = ()


def letter(mail: Mail, max_text: int = 1_000_000) -> Letter:
    """The letter in `mail`; text beyond `max_text` characters stays in the stored original only."""
    reading = _read(mail.body)
    html = clean(reading.html[:max_text]) if reading.html.strip() else ""
    text = reading.text if reading.text.strip() else to_text(html)
    return Letter(text[:max_text].strip("\n"), html, reading.files)


def _read(node: Part | Multipart) -> _Reading:
    if isinstance(node, Part):
        return _leaf(node)
    children = [_read(child) for child in node.children]
    return _alternative(children) if node.subtype == "alternative" else _joined(children)


def _leaf(part: Part) -> _Reading:
    """Text without a name and not sent as a file is the letter; everything else is enclosed, empty unnamed parts
    excepted.
    """
    if part.media_type in ("text/plain", "text/html") and not part.named and part.disposition != "attachment":
        return _Reading(html=part.text) if part.media_type == "text/html" else _Reading(text=part.text)
    return _Reading(files=(part,) if part.content or part.named else ())


def _alternative(children: list[_Reading]) -> _Reading:
    """The same thing said twice: the first text, the last HTML (RFC 2046 §5.1.4), and every file of any version."""
    text = next((child.text for child in children if child.text.strip()), "")
    html = next((child.html for child in reversed(children) if child.html.strip()), "")
    return _Reading(text, html, _files(children))


def _joined(children: list[_Reading]) -> _Reading:
    """One after the other. As soon as one says it in HTML, the rest is set in HTML too, so that neither form lacks a
    piece.
    """
    said = [child for child in children if child.text.strip() or child.html.strip()]
    if len(said) < 2:
        only = said[0] if said else _Reading()
        return _Reading(only.text, only.html, _files(children))
    text = "\n".join(child.text.rstrip("\n") or to_text(clean(child.html)) for child in said)
    html = "\n".join(child.html or f"<pre>{escape(child.text)}</pre>" for child in said)
    return _Reading(text, html if any(child.html for child in said) else "", _files(children))


def _files(children: list[_Reading]) -> tuple[Part, ...]:
    return tuple(part for child in children for part in child.files)
