"""A part's bytes out of its transfer encoding (RFC 2045 §6), losing nothing when the encoding is broken."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO
from typing import Final

_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_UU_NAMES: Final = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_PLAIN: Final = frozenset(("", "7bit", "8bit", "binary", "7-bit", "8-bit"))


class WireMessage(Message):
    """A parsed message that gives its payload as it was sent: the stock one decodes 8-bit text by its label."""

    _payload: object  # the standard library's own attribute, which nothing public gives unchanged

    def wire(self) -> bytes:
        """The payload before any decoding; b"" for a multipart."""
        payload = self._payload
        return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def content(message: Message) -> tuple[bytes, str | None]:
    """The decoded bytes of a leaf and, where they had to be guessed, one English line saying so."""
    encoding = str(message.get("content-transfer-encoding", "")).split(";", 1)[0].strip().lower()
    if message.is_multipart():
        return _enclosed([part for part in message.get_payload() if isinstance(part, Message)], encoding)
    return decoded(message.wire() if isinstance(message, WireMessage) else b"", encoding)


def decoded(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """`data` out of base64, quoted-printable or uuencode; anything else is taken as it is."""
    if encoding == "base64":
        return _base64(data)
    if encoding == "quoted-printable":
        return quopri.decodestring(data), None
    if encoding in _UU_NAMES:
        return _uuencoded(data)
    return data, None if encoding in _PLAIN else f"unknown transfer encoding {encoding[:40]!r}"


def serialised(message: Message) -> bytes:
    """The wire form of a parsed message."""
    out = BytesIO()
    try:
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message, linesep="\r\n")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        out.write(message.wire() if isinstance(message, WireMessage) else b"")
    return out.getvalue()


def _enclosed(messages: list[Message], encoding: str) -> tuple[bytes, str | None]:
    """message/*: the parser has read it as a mail. RFC 2046 §5.2.1 forbids encoding it; some do, and the bytes are
    wanted.
    """
    wire = b"".join(serialised(message) for message in messages)
    return decoded(wire.lstrip(b"\r\n"), encoding) if encoding in ("base64", "quoted-printable") else (wire, None)


def _base64(data: bytes) -> tuple[bytes, str | None]:
    """Strict first; then without foreign characters; the rest after padding in the middle (RFC 2045 §6.8) is decoded
    too.
    """
    compact = data.translate(None, b"\r\n \t")
    try:
        return base64.b64decode(compact, validate=True), None
    except binascii.Error:
        cleaned = _NOT_BASE64.sub(b"", compact)
    runs = [_padded(run) for run in re.split(rb"=+", cleaned) if run]
    return b"".join(runs), "damaged base64"


def _padded(run: bytes) -> bytes:
    usable = run[: len(run) - 1] if len(run) % 4 == 1 else run
    return base64.b64decode(usable + b"=" * (-len(usable) % 4))


def _uuencoded(data: bytes) -> tuple[bytes, str | None]:
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data, "uuencoded part without a beginning"
    out, problem = bytearray(), None
    for line in data[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            problem = "damaged uuencoding"
    return bytes(out), problem
