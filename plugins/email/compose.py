"""An outgoing message as the bytes of a mail (RFC 5322, MIME) with its envelope. Pure: time and Message-ID are
arguments.

No value a person typed can start a header line: every one passes `_line`, addresses pass a pattern, file names
`filenames.safe`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import encoders
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from typing import Final

from hub.api.errors import Rejected
from hub.api.messages import Attachment, Json, Outbound
from plugins.email import filenames, headers, markup, threading
from plugins.email.headers import Mailbox

MAX_REFERENCES: Final = 20
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_ADDRESS: Final = re.compile(r"[^\s\x00-\x1f<>()\[\]\\,;:\"@]{1,64}@[^\s\x00-\x1f<>()\[\]\\,;:\"@]{1,255}")
_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}")
_CONTENT_ID: Final = re.compile(r"[^\s<>]{1,200}")
_POLICY: Final = compat32.clone(linesep="\r\n", max_line_length=None)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the account adds: whom a mail is from, and the signature below it ("" for none)."""

    sender: Mailbox
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes to the relay. `utf8`: an address needs SMTPUTF8 (RFC 6531)."""

    sender: str
    recipients: tuple[str, ...]
    body: bytes
    message_id: str
    utf8: bool


def compose(message: Outbound, head: Letterhead, message_id: str, at: datetime) -> Envelope:
    """The mail for one delivery. Raises Rejected when an address cannot be one."""
    first = _checked(Mailbox(message.to.value, message.to.name))
    to = (first, *_boxes(message.fields.get("to"), without=(first,)))
    cc = _boxes(message.fields.get("cc"), without=to)
    bcc = _boxes(message.fields.get("bcc"), without=to + cc)
    sender = _checked(head.sender)
    recipients = tuple(box.address for box in (*to, *cc, *bcc))
    fields = _fields(message, sender, to, cc, message_id, at)
    body = _body(message, head).as_bytes(policy=_POLICY)
    wire = b"".join(f"{name}: {value}\r\n".encode() for name, value in fields) + body
    return Envelope(
        sender.address, recipients, wire, message_id, not all(map(str.isascii, (sender.address, *recipients)))
    )


def subject_of(message: Outbound) -> str:
    """The subject line: marked as an answer when it is one, and with the ticket's serial, each once."""
    told = _line(str(message.fields.get("subject") or message.subject))
    if message.in_reply_to and told and threading.bare_subject(told) == told:
        told = f"Re: {told}"
    serial = re.sub(r"^(\d{4})-?(\d{4})-?(\d)$", r"\1-\2-\3", _line(message.serial))
    return f"{told} [#{serial}]".strip() if serial and serial not in told else told


def _fields(
    message: Outbound, sender: Mailbox, to: Sequence[Mailbox], cc: Sequence[Mailbox], message_id: str, at: datetime
) -> list[tuple[str, str]]:
    references = _references(message)
    fields = [
        ("From", _address_list((sender,))),
        ("To", _address_list(to)),
        ("Cc", _address_list(cc)),
        ("Subject", _encoded(subject_of(message))),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{message_id}>"),
        ("In-Reply-To", f"<{message.in_reply_to}>" if message.in_reply_to in references else ""),
        ("References", "\r\n ".join(f"<{reference}>" for reference in references)),
        ("Auto-Submitted", _submitted(message)),
        ("X-Auto-Response-Suppress", "All" if message.automatic else ""),
    ]
    return [(name, value) for name, value in fields if value]


def _submitted(message: Outbound) -> str:
    """RFC 3834 §5: what no person wrote says so, or two machines answer each other for ever."""
    if not message.automatic:
        return ""
    return "auto-replied" if message.in_reply_to else "auto-generated"


def _references(message: Outbound) -> list[str]:
    """Oldest first, ending with the mail this answers; a long chain keeps its root (RFC 5322 §3.6.4)."""
    known = [*reversed(message.references), message.in_reply_to]
    ids = list(dict.fromkeys(key for key in reversed(known) if "@" in key and _CONTENT_ID.fullmatch(key)))[::-1]
    return ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]


def _body(message: Outbound, head: Letterhead) -> MIMEBase:
    signature = "" if message.automatic else head.signature
    text = message.text or markup.to_text(markup.clean(message.html))
    letter: MIMEBase = _text(_signed(text, signature), "plain")
    inline = [part for part in message.attachments if part.inline and part.content_id and message.html]
    if message.html:
        html = _text(_signed_html(markup.clean(message.html), signature), "html")
        letter = _bundle("alternative", [letter, _bundle("related", [html, *map(_file, inline)])])
    return _bundle("mixed", [letter, *(_file(part) for part in message.attachments if part not in inline)])


def _bundle(subtype: str, parts: list[MIMEBase]) -> MIMEBase:
    if len(parts) == 1:
        return parts[0]
    bundle = MIMEMultipart(subtype)
    for part in parts:
        del part["MIME-Version"]
        bundle.attach(part)
    return bundle


def _text(text: str, subtype: str) -> MIMEText:
    """Quoted-printable where most of it is ASCII, else base64; both keep lines under 998 octets (RFC 5321
    §4.5.3.1.6).
    """
    charset = Charset("utf-8")
    charset.body_encoding = QP if sum(map(str.isascii, text)) * 4 > len(text) * 3 else BASE64
    text = text.encode("utf-8", "replace").decode()
    return MIMEText(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n", subtype, charset)  # type: ignore[arg-type]  # typeshed says str; the class takes a Charset


def _file(attachment: Attachment) -> MIMEBase:
    told = attachment.media_type if _MEDIA_TYPE.fullmatch(attachment.media_type) else "application/octet-stream"
    # A multipart or an enclosed mail may not be base64 (RFC 2046 §5.2.1), and a file has to arrive byte for byte.
    main, sub = ("application", "octet-stream") if told.startswith(("message/", "multipart/")) else told.split("/")
    part = MIMEBase(main, sub)
    part.set_payload(attachment.content)
    encoders.encode_base64(part)
    name = filenames.safe(attachment.name) or "attachment"
    part.set_param("name", name if name.isascii() else _encoded(name).replace("\r\n ", " "))
    part.add_header("Content-Disposition", "inline" if attachment.inline else "attachment", filename=_parameter(name))
    if _CONTENT_ID.fullmatch(attachment.content_id):
        part.add_header("Content-ID", f"<{attachment.content_id}>")
    return part


def _parameter(name: str) -> str | tuple[str, None, str]:
    return name if name.isascii() else ("utf-8", None, name)


def _signed(text: str, signature: str) -> str:
    return f"{text.rstrip()}\n\n-- \n{signature}" if signature else text


def _signed_html(html: str, signature: str) -> str:
    lines = "<br>".join(markup.escaped(line) for line in signature.splitlines())
    return f"<!DOCTYPE html><html><body>{html}{f'<div><br>-- <br>{lines}</div>' if signature else ''}</body></html>"


def _boxes(value: Json, without: Sequence[Mailbox] = ()) -> tuple[Mailbox, ...]:
    """Addresses an agent filled in: one string, or a list of strings; nobody gets the mail twice."""
    told = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")
    taken = {box.address for box in without}
    found = headers.mailboxes(_line(told))
    if told.strip() and not found:
        raise Rejected(f"not a mail address: {told[:100]}")
    return tuple(_checked(box) for box in found if box.address not in taken)


def _checked(box: Mailbox) -> Mailbox:
    local, _, domain = box.address.rpartition("@")
    try:
        address = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        address = ""
    if not _ADDRESS.fullmatch(address):
        raise Rejected(f"not a mail address: {box.address[:100]!r}")
    return Mailbox(address, _line(box.name))


def _address_list(boxes: Sequence[Mailbox]) -> str:
    return ",\r\n ".join(_named(box) for box in boxes)


def _named(box: Mailbox) -> str:
    if not box.name:
        return box.address
    if not box.name.isascii():
        return f"{_encoded(box.name)} <{box.address}>"
    quoted = re.sub(r'([\\"])', r"\\\1", box.name)
    return f'"{quoted}" <{box.address}>'


def _encoded(text: str) -> str:
    """RFC 2047, folded at 76 columns; plain ASCII of reasonable length stays as it is."""
    if text.isascii() and len(text) < 900 and "=?" not in text:
        return text
    return Header(text.encode("utf-8", "replace").decode(), "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _line(value: str) -> str:
    """One line: whatever could end a header field becomes a space."""
    return _BREAKS.sub(" ", value).strip()
