"""Header fields as people read them: encoded words, raw 8-bit text, addresses, message ids and dates, whatever their
state.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from plugins.email import charsets

MAX_VALUE: Final = 65_536  # characters of one header that are looked at: address parsing is quadratic in its input
MAX_KEY: Final = 300
_FOLD: Final = re.compile(r"\r?\n[ \t]*|\r")
_WORD: Final = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_GAP: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,80}\?[bBqQ]\?)")
_QUOTED_BYTE: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MESSAGE_ID: Final = re.compile(r"<\s*([^<>\s]{1,996})\s*>")
_ADDRESS: Final = re.compile(r"[^\s@<>\",;()\[\]]{1,128}@[^\s@<>\",;()]{1,255}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address: `address` lower-case "a@b.c", `name` decoded and without line breaks, may be empty."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@lru_cache(maxsize=256)  # one mail's headers are asked for by several readers, and senders write again
def text(value: str) -> str:
    """The readable text of a raw header value (RFC 2047, RFC 6532, or bytes nobody labelled), on one line."""
    value = _FOLD.sub(" ", value[:MAX_VALUE])
    if "=?" in value:
        value = _encoded_words(value)
    return _CONTROL.sub(" ", _eight_bit(value)).strip()


@lru_cache(maxsize=256)
def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The addresses of a From, To or Cc value, in order, each once; what is no address is left out."""
    found: dict[str, Mailbox] = {}
    for name, address in _address_pairs(value[:MAX_VALUE]):
        plain = _ADDRESS.search(_CONTROL.sub("", _eight_bit(address)))
        if plain is not None:
            key = plain.group().lower().rstrip(".")
            found.setdefault(key, Mailbox(key, text(name)))
    return tuple(found.values())


def message_ids(value: str) -> tuple[str, ...]:
    """Message-IDs without their brackets, in order; also when a mailer left the brackets off (RFC 5322 §3.6.4)."""
    value = _CONTROL.sub("", _FOLD.sub(" ", _eight_bit(value[:MAX_VALUE])))
    found = _MESSAGE_ID.findall(value) or [word for word in re.split(r"[\s,;<>]+", value) if "@" in word]
    return tuple(dict.fromkeys(map(_key, found)))


def _key(message_id: str) -> str:
    """An id as long as some mailers make them does not fit into a key; its digest does."""
    return message_id if len(message_id) <= MAX_KEY else f"{sha256(message_id.encode()).hexdigest()}@long"


def date(value: str) -> datetime | None:
    """A Date value as an aware UTC time; None when it is none, or lies outside what a database can hold."""
    try:
        parsed = parsedate_to_datetime(value[:200])
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _address_pairs(value: str) -> list[tuple[str, str]]:
    try:
        pairs = getaddresses([_FOLD.sub(" ", value)])
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    if any("@" in address for _, address in pairs):
        return pairs
    return [("", found) for found in _ADDRESS.findall(text(value))]


def _encoded_words(value: str) -> str:
    """White space between encoded words is not text, and a character may be cut in two by them: join bytes, then
    decode.
    """
    value = _GAP.sub(r"\1", value)
    pieces: list[str] = []
    pending, label, end = b"", "", 0
    for match in _WORD.finditer(value):
        charset, data = match[1].lower(), _word_bytes(match[2], match[3])
        if pending and (match.start() != end or charset != label):
            pieces.append(charsets.decode(pending, label)[0])
            pending = b""
        pieces.append(value[end : match.start()])
        pending, label, end = pending + data, charset, match.end()
    pieces.append(charsets.decode(pending, label)[0] if pending else "")
    return "".join(pieces) + value[end:]


def _word_bytes(encoding: str, body: str) -> bytes:
    raw = body.encode("ascii", "surrogateescape") if _is_wire(body) else body.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _QUOTED_BYTE.sub(lambda hexed: bytes([int(hexed[1], 16)]), raw.replace(b"_", b" "))
    raw = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return base64.b64decode(raw[: len(raw) // 4 * 4 + (len(raw) % 4 if len(raw) % 4 > 1 else 0)] + b"==")
    except binascii.Error:
        return raw


def _is_wire(value: str) -> bool:
    return all(char < "\x80" or "\udc80" <= char <= "\udcff" for char in value)


def _eight_bit(value: str) -> str:
    """The parser hands bytes over 127 as lone surrogates; turn them back into the text they were."""
    if value.isascii():
        return value
    if _is_wire(value):
        return charsets.guess(value.encode("ascii", "surrogateescape"))
    return charsets.guess(value.encode("utf-8", "surrogateescape"))
