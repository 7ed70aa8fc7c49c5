"""Mails as customers write and read them (RFC 5322, RFC 2045)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import format_datetime, formataddr, parseaddr
from uuid import uuid4

from plugins.demo.settings import MAIL_DOMAIN

_CID = re.compile(r"cid:([^\"'\s)>]+)", re.IGNORECASE)
_REPLY = re.compile(r"^(re|aw|回复|答复)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader sees it; `html` is as it came, with its inline pictures put in."""

    sender: str
    sender_name: str
    to: str
    subject: str
    message_id: str
    references: str
    text: str
    html: str
    files: tuple[File, ...]


def read(raw: bytes) -> Letter:
    """What stands in a mail; never raises for what the hub sends."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
    name, address = parseaddr(str(message.get("from", "")))
    return Letter(
        sender=address,
        sender_name=name,
        to=str(message.get("to", "")),
        subject=str(message.get("subject", "")),
        message_id=str(message.get("message-id", "")).strip(),
        references=str(message.get("references", "")).strip(),
        text=_body(message, "plain"),
        html=_with_pictures(message, _body(message, "html")),
        files=tuple(_files(message)),
    )


def write(
    sender: str, to: str, subject: str, text: str, *,
    answers: Letter | None = None, files: Sequence[File] = (), name: str = "", message_id: str = "",
) -> EmailMessage:  # fmt: skip
    """A customer's mail, in the thread of what it answers. Raises ValueError for an address that is none."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = formataddr((name, sender))
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id or f"<{uuid4().hex}@{MAIL_DOMAIN}>"
    if answers and answers.message_id:
        message["In-Reply-To"] = answers.message_id
        message["References"] = f"{answers.references} {answers.message_id}".strip()
    message.set_content(f"{text}{quoted(answers) if answers else ''}")
    for file in files:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    return message


def reply_subject(subject: str) -> str:
    """ "Re: " once."""
    return subject if _REPLY.match(subject) else f"Re: {subject}"


def quoted(letter: Letter) -> str:
    """The answered mail below the answer, as mail programs put it."""
    lines = "\n".join(f"> {line}" for line in letter.text.splitlines())
    who = f"{letter.sender_name} <{letter.sender}>".lstrip()
    return f"\n\n{who} wrote:\n{lines}\n"


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _files(message: EmailMessage) -> Iterator[File]:
    for part in message.iter_attachments():
        content = _content(part)
        name = part.get_filename() or ("message.eml" if part.get_content_maintype() == "message" else "file")
        if not (part.get("content-id") and part.get_content_disposition() == "inline"):
            yield File(name, part.get_content_type(), content)


def _with_pictures(message: EmailMessage, html: str) -> str:
    """cid: links (RFC 2392) become data: links, for the page that shows the mail may fetch nothing."""
    pictures = {
        str(part["content-id"]).strip("<> "): f"data:{part.get_content_type()};base64,{_base64(part)}"
        for part in message.walk()
        if part.get("content-id") and part.get_content_maintype() == "image"
    }
    return _CID.sub(lambda found: pictures.get(found[1], found[0]), html)


def _content(part: MIMEPart) -> bytes:
    """The bytes, as they were attached: decoding a text would guess at its charset. A mail in a mail is shown whole."""
    if part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.iter_parts()) or part.as_bytes()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _base64(part: MIMEPart) -> str:
    return base64.b64encode(_content(part)).decode("ascii")
