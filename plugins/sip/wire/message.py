"""Bytes → a SIP message (RFC 3261 §7, §25), or the verdict on them (RFC 4475). Strict where a lax reading would let two
systems see two different messages; whatever comes in, the only exception is `Unreadable`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from sipmessage import URI, Address, CSeq, Headers, Request, Response, Via
from sipmessage.message import COMPACT_FORMS

from plugins.sip.wire import session
from plugins.sip.wire.addresses import REMEMBERED, TOKEN, name_addr, single_uri, split

Message: TypeAlias = Request | Response

LONGEST: Final = 65_535
LONGEST_LINE: Final = 8_192
METHODS: Final = frozenset(
    ("INVITE", "ACK", "CANCEL", "BYE", "REGISTER", "OPTIONS", "PRACK", "UPDATE", "REFER", "NOTIFY", "INFO", "MESSAGE",
     "SUBSCRIBE", "PUBLISH")
)  # fmt: skip
SINGLE: Final = ("Call-ID", "CSeq", "From", "To", "Max-Forwards", "Content-Length", "Expires")
MANDATORY: Final = ("Via", "From", "To", "Call-ID", "CSeq")
COMPACT: Final = {**COMPACT_FORMS, "n": "Identity-Info"}

_REQUEST = re.compile(rf"({TOKEN}) (\S+) (SIP/\d+\.\d+)", re.IGNORECASE)
_RESPONSE = re.compile(r"SIP/2\.0 (\d+) (.*)", re.IGNORECASE)
_HEADER = re.compile(rf"({TOKEN})[ \t]*:[ \t]*(.*?)[ \t]*", re.DOTALL)
_FOLD = re.compile(r"\r\n[ \t]+")
_NUMBER = re.compile(r"\d{1,10}")


class Unreadable(Exception):
    """The bytes are no message we may act upon. `status` and `draft` allow an answer: a request's headers as far as
    they could be read; None where nothing may be answered (a response, an ACK, no Via to answer to)."""

    def __init__(self, why: str, status: int = 400, draft: Request | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a readable request is not served (RFC 3261 §8.2), with headers the answer needs."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


def read(data: bytes, *, stream: bool = False) -> Message:
    """The one message in a datagram (what follows Content-Length is cut off), or a whole one off a stream."""
    if len(data) > LONGEST:
        raise Unreadable("longer than any message we take", 513)
    head, separator, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise Unreadable("no empty line after the headers")
    lines = _FOLD.sub(" ", head.decode("utf-8", "surrogateescape")).split("\r\n")
    message = _started(lines[0], lines[1:])
    draft = message if isinstance(message, Request) and message.method != "ACK" else None
    try:
        _fill(message.headers, lines[1:])
        _check(message)
        message.body = _body(message.headers, body, stream)
    except (ValueError, KeyError, RecursionError) as error:
        status = getattr(error, "status", 400)
        raise Unreadable(str(error), status, draft if _answerable(message) else None) from None
    return message


def refusal(request: Request, served: frozenset[str], extensions: frozenset[str]) -> Refusal | None:
    """What keeps a readable request from being served: method, scheme, Max-Forwards, extensions, body (§8.2)."""
    if request.method not in served and request.method != "ACK":
        return Refusal(405 if request.method in METHODS else 501, (("Allow", ", ".join(sorted(served))),))
    if request.uri.scheme not in ("sip", "sips", "tel"):
        return Refusal(416)
    unknown = [tag for tag in [*request.require, *request.proxy_require] if tag not in extensions]
    if unknown and request.method not in ("ACK", "CANCEL"):
        return Refusal(420, (("Unsupported", ", ".join(unknown)),))
    if request.method == "INVITE" and request.headers.get("Max-Forwards") == "0":
        return Refusal(483)  # a call we pass on came back to us (RFC 7332 §4); whoever asks only us is answered
    if request.method in ("INVITE", "UPDATE") and session.too_short(request):
        return Refusal(422, (("Min-SE", str(session.LEAST)),))
    return _body_refused(request) if request.method == "INVITE" else None


def response(request: Request, code: int, phrase: str, *, tag: str = "") -> Response:
    """An answer to a request (§8.2.6): Via, From, To, Call-ID, CSeq as they came, and our tag unless there is one."""
    answer = Response(code, phrase)
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        if values := request.headers.getlist(name):
            answer.headers.setlist(name, list(values))
    to = answer.headers.get("To", "") or ""
    if tag and ";tag=" not in to.replace(" ", "").lower():
        answer.headers.set("To", f"{to};tag={tag}")
    answer.headers.set("Content-Length", "0")
    return answer


def with_body(message: Message, body: bytes, content_type: str) -> None:
    """Give a message its body."""
    message.body = body
    message.headers.set("Content-Type", content_type)
    message.headers.set("Content-Length", str(len(body)))


def encode(message: Message) -> bytes:
    """As it goes on the wire, whatever bytes its headers came with."""
    first = (
        f"{message.method} {message.uri} SIP/2.0"
        if isinstance(message, Request)
        else f"SIP/2.0 {message.code} {message.phrase}"
    )
    return f"{first}\r\n{message.headers}".encode("utf-8", "surrogateescape") + message.body


def _started(line: str, rest: list[str]) -> Message:
    if found := _RESPONSE.fullmatch(line):
        if not 100 <= int(found[1][:10]) <= 699:
            raise Unreadable("no such status code")
        return Response(int(found[1]), found[2])
    found = _REQUEST.fullmatch(line)
    if found is None or found[3].upper() != "SIP/2.0":
        status = 505 if found else 400
        raise Unreadable("neither request nor response", status, _draft(line, rest))
    try:
        return Request(found[1], single_uri(found[2]))
    except ValueError as error:
        raise Unreadable(str(error), 400, _draft(line, rest)) from None


def _draft(line: str, rest: list[str]) -> Request | None:
    """So much of a request with a broken first line as an answer needs; None for what looks like no request."""
    method = line.partition(" ")[0]
    if not re.fullmatch(TOKEN, method) or method == "ACK" or method.upper().startswith("SIP"):
        return None
    draft = Request(method, URI("sip", "invalid"))
    try:
        _fill(draft.headers, rest)
        vias(draft)
    except (ValueError, KeyError):
        return None
    return draft if _answerable(draft) else None


def _answerable(message: Message) -> bool:
    return isinstance(message, Request) and all(message.headers.getlist(name) for name in MANDATORY[:1])


def _fill(headers: Headers, lines: list[str]) -> None:
    for line in lines:
        matched = _HEADER.fullmatch(line)
        if matched is None or len(line) > LONGEST_LINE:
            raise ValueError("a header line that is none")
        headers.add(COMPACT.get(matched[1].lower(), matched[1]), " ".join(matched[2].split()))


def _check(message: Message) -> None:
    """What must hold before anything may rely on the headers (§8.1.1, §8.2.2, RFC 4475 §3.1.2 and §3.3)."""
    _numbers(message)
    for name in MANDATORY:
        if not message.headers.getlist(name):
            raise ValueError(f"no {name}")
    for name in SINGLE:
        if len(message.headers.getlist(name)) > 1:
            raise ValueError(f"more than one {name}")
    _sequence(message)
    for address in _addresses(message):
        if address.uri.scheme == "":
            raise ValueError("an address without a scheme")
    vias(message)


def _numbers(message: Message) -> None:
    for name, most in (("Max-Forwards", 255), ("Content-Length", LONGEST), ("Expires", 2**32 - 1)):
        for value in message.headers.getlist(name)[:1]:
            if not _NUMBER.fullmatch(value) or int(value) > most:
                raise ValueError(f"{name} is out of range")
    for value in message.headers.getlist("Contact"):
        for expires in re.findall(r";\s*expires\s*=\s*([^;,\s]+)", value, re.IGNORECASE):
            if not _NUMBER.fullmatch(expires) or int(expires) >= 2**32:
                raise ValueError("expires is out of range")


def _sequence(message: Message) -> None:
    cseq = CSeq.parse(message.headers["CSeq"])
    if cseq.sequence >= 2**31:
        raise ValueError("CSeq is out of range")
    if isinstance(message, Request) and cseq.method != message.method:
        raise ValueError("CSeq names another method")


def _addresses(message: Message) -> Iterator[Address]:
    yield name_addr(message.headers["From"])
    yield name_addr(message.headers["To"])
    for value in message.headers.getlist("Contact"):
        if value != "*":
            yield from (name_addr(each) for each in split(value))


def _body(headers: Headers, body: bytes, stream: bool) -> bytes:
    length = headers.get("Content-Length")
    if length is None:
        if stream:
            raise ValueError("no Content-Length on a stream")
        return body
    if int(length) > len(body):
        raise ValueError("Content-Length is more than there is")
    return body[: int(length)]


def _body_refused(request: Request) -> Refusal | None:
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if request.body and kind not in ("application/sdp", "multipart/mixed", "multipart/alternative", ""):
        return Refusal(415, (("Accept", "application/sdp"),))
    accept = request.headers.getlist("Accept")
    wanted = " ".join(accept).lower()
    if accept and not any(good in wanted for good in ("application/sdp", "application/*", "*/*")):
        return Refusal(406)
    return None


def vias(message: Message) -> list[Via]:
    """The way the message came, last hop first (§20.42). Raises ValueError without any."""
    found = [_via(each) for value in message.headers.getlist("Via") for each in split(value)]
    if not found:
        raise ValueError("no Via")
    return found


@functools.lru_cache(REMEMBERED)
def _via(text: str) -> Via:
    return Via.parse(text)
