"""Bytes to text: whatever people call a text file, and HTML and mail as text."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_UNSEEN: Final = frozenset({"head", "script", "style", "template", "title"})
_HEADINGS: Final = {
    "en": {"from": "From", "to": "To", "cc": "Copy", "date": "Date", "subject": "Subject"},
    "zh": {"from": "发件人", "to": "收件人", "cc": "抄送", "date": "日期", "subject": "主题"},
}


def text_of(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 without, GB 18030; what is none of them is read as Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def html_text(html: str) -> str:
    """What a reader would see of it, line by line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.said)).splitlines()
    kept = [line for line, last in zip(lines, ["", *lines], strict=False) if line.strip() or last.strip()]
    return "\n".join(kept).strip()


def mail_text(content: bytes, language: str) -> str:
    """A letter's head and what it says; what is attached stands under its name only."""
    letter = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    words = _HEADINGS["zh" if language.startswith("zh") else "en"]
    head = [f"{word}: {letter[name]}" for name, word in words.items() if letter[name]]
    body = letter.get_body(("plain", "html"))
    said = "" if body is None else _body(body)
    files = [f"[{name}]" for part in letter.iter_attachments() if (name := part.get_filename())]
    return "\n".join([*head, "", said, "", *files])


def _body(part: MIMEPart) -> str:
    said = str(part.get_content())
    return html_text(said) if part.get_content_subtype() == "html" else said


class _Reader(HTMLParser):
    """Text outside of what is not shown; a block begins a line."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.said.append("\n")
        elif tag in {"td", "th"}:
            self.said.append("\t")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BLOCKS and tag != "br":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            space = " " if data[:1].isspace() else ""
            self.said.append(space + " ".join(data.split()) + (" " if data[-1:].isspace() else ""))
