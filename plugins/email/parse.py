"""A mail's bytes as values: headers and parts. Never raises, whatever the bytes; what was wrong with them is in
`problems`.

The standard library's parser does the MIME (RFC 2045 to 2049); around it stand limits, guarded headers and charsets
that lie.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32
from typing import Final

from plugins.email import charsets, filenames, headers, transfer
from plugins.email.limits import DEFAULT, Limits, exceeded, header_end

_MBOX_FROM: Final = re.compile(rb"\A(?:\s*\r?\n)*(?:>?From [^\r\n]*\r?\n)?")


class _AsOnTheWire(Compat32):
    """Headers stay what was sent: the stock policy puts U+FFFD for 8-bit bytes, and writes headers anew its own way."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = sourcelines[0].split(":", 1)
        return name, "".join((value.removeprefix(" "), *sourcelines[1:])).rstrip("\r\n")

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}{self.linesep}".encode("ascii", "surrogateescape")


_POLICY: Final = _AsOnTheWire()
_PARSER: Final = BytesParser(transfer.WireMessage, policy=_POLICY)
_HEADER_PARSER: Final = BytesHeaderParser(transfer.WireMessage, policy=_POLICY)
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_TRACE: Final = ("message-id", "date", "from", "subject")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the MIME tree. `content` is decoded from its transfer encoding; `text` from its charset, for text/*
    only.

    `named` says that the sender gave `name`, else it is made up.
    """

    media_type: str
    content: bytes
    text: str = ""
    name: str = ""
    named: bool = False
    content_id: str = ""
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class Multipart:
    """A branch: `subtype` "mixed", "alternative", "related", "report", … and its children in order."""

    subtype: str
    children: tuple[Part | Multipart, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A parsed mail. `fields` are (lower-case name, raw value) in order, `first` the first of each name."""

    fields: tuple[tuple[str, str], ...]
    first: Mapping[str, str]
    body: Part | Multipart
    report_type: str = ""
    problems: tuple[str, ...] = ()

    def raw_header(self, name: str) -> str:
        """The first value of a header as it stands on the wire, "" when there is none."""
        return self.first.get(name, "")

    def header(self, name: str) -> str:
        """The first value of a header as readable text."""
        return headers.text(self.raw_header(name))

    def mailboxes(self, name: str) -> tuple[headers.Mailbox, ...]:
        """The addresses of all headers of that name."""
        found = [box for key, value in self.fields if key == name for box in headers.mailboxes(value)]
        return tuple(dict.fromkeys(found))

    def message_ids(self, name: str) -> tuple[str, ...]:
        """The Message-IDs in the first header of that name, without brackets."""
        return headers.message_ids(self.raw_header(name))

    def leaves(self) -> list[Part]:
        """Every part that holds content, in order."""
        return list(_leaves(self.body))


def parse(raw: bytes, limits: Limits = DEFAULT) -> Mail:
    """`raw` (RFC 5322, also mbox-style or without CRLF) as a Mail."""
    raw = _MBOX_FROM.sub(b"", raw, count=1)
    end = header_end(raw)
    if end > limits.header_bytes:
        return _headers_only(raw, limits.header_bytes, f"header longer than {limits.header_bytes} bytes", limits)
    problem = exceeded(raw, limits)
    if problem is not None:
        return _headers_only(raw, end, problem, limits)
    try:
        message = _PARSER.parsebytes(raw)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        return _headers_only(raw, end, f"unreadable structure ({type(error).__name__})", limits)
    return _Reader(limits).mail(message)


def fingerprint(raw: bytes) -> str:
    """A hash that two deliveries of one mail share though their trace headers differ: names, date, subject and the
    body.
    """
    raw = _MBOX_FROM.sub(b"", raw, count=1)
    end = header_end(raw)
    lines = re.sub(rb"\r?\n[ \t]+", b" ", raw[:end]).splitlines()
    kept = sorted(line.strip() for line in lines if line.split(b":", 1)[0].strip().lower().decode("latin-1") in _TRACE)
    body = raw[end:].replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(b"\n".join(kept) + b"\n\n" + body).hexdigest()


def _headers_only(raw: bytes, end: int, problem: str, limits: Limits) -> Mail:
    message = _HEADER_PARSER.parsebytes(raw[: min(end, limits.header_bytes)])
    whole = Part("message/rfc822", raw, name="original.eml", named=True, disposition="attachment")
    return _mail(message, whole, "", (problem,))


def _mail(message: Message, body: Part | Multipart, report_type: str, problems: tuple[str, ...]) -> Mail:
    fields = tuple((name.lower(), str(value)) for name, value in message.raw_items())
    return Mail(fields, dict(reversed(fields)), body, report_type, problems)


class _Reader:
    """Walks one parsed message and notes what it had to put up with."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.problems: list[str] = []
        self.count = 0

    def mail(self, message: Message) -> Mail:
        body = self.node(message, 1)
        problems = (*self.problems, *(type(defect).__name__ for defect in message.defects))
        return _mail(message, body, _parameter(message, "report-type"), tuple(dict.fromkeys(problems)))

    def node(self, message: Message, depth: int) -> Part | Multipart:
        if message.get_content_maintype() != "multipart" or not message.is_multipart():
            return self.leaf(message)
        if depth >= self.limits.depth:
            self.problems.append(f"nested deeper than {self.limits.depth}")
            return self.whole(message)
        children = [self.node(child, depth + 1) for child in _children(message)]
        if message.defects:
            self.problems.extend(type(defect).__name__ for defect in message.defects)
        return Multipart(message.get_content_subtype(), tuple(children))

    def whole(self, message: Message) -> Part:
        return Part("message/rfc822", transfer.serialised(message), name="nested.eml", named=True)

    def leaf(self, message: Message) -> Part:
        self.count += 1
        media_type = _media_type(message)
        content, problem = transfer.content(message)
        text = self.text(message, content) if media_type.startswith("text/") else ""
        if problem:
            self.problems.append(problem)
        return Part(
            media_type,
            content,
            text,
            filenames.of(message, media_type, self.count),
            _is_named(message),
            headers.text(str(message.get("content-id", ""))).strip("<> "),
            str(message.get("content-disposition", "")).split(";", 1)[0].strip().lower(),
        )

    def text(self, message: Message, content: bytes) -> str:
        decoded, problem = charsets.decode(content, _parameter(message, "charset"))
        if problem:
            self.problems.append(problem)
        return decoded.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _parameter(message: Message, name: str) -> str:
    try:
        value = message.get_param(name, "")
        return str(value[2] if isinstance(value, tuple) else value).strip().lower()
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""


def _children(message: Message) -> list[Message]:
    return [child for child in message.get_payload() if isinstance(child, Message)]


def _media_type(message: Message) -> str:
    """A multipart whose boundary never comes is text after all (RFC 2046 §5.1.1 leaves it to the reader)."""
    told = message.get_content_type()
    if told.startswith("multipart/"):
        return "text/plain"
    return told if _MEDIA_TYPE.fullmatch(told) else "application/octet-stream"


def _is_named(message: Message) -> bool:
    told = f"{message.get('content-disposition', '')};{message.get('content-type', '')}".lower()
    return "name=" in told or "name*" in told


def _leaves(node: Part | Multipart) -> list[Part]:
    if isinstance(node, Part):
        return [node]
    return [leaf for child in node.children for leaf in _leaves(child)]
