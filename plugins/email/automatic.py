"""Was this written by a machine? Then nothing answers it by itself (RFC 3834 §2), and it opens no ticket.

QQ Mail marks its holiday replies by headers of its own and *not* by Auto-Submitted: RFC 3834 alone would start a mail
war.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from plugins.email.parse import Mail


class Machine(StrEnum):
    """What kind of machine wrote a mail. PERSON: none we know of."""

    PERSON = "PERSON"
    AUTOREPLY = "AUTOREPLY"
    GENERATED = "GENERATED"
    BULK = "BULK"


_REPLY_HEADERS: Final = (
    "x-qq-holidayreply",
    "x-qq-auto-reply",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-auto-reply-from",
)
_LIST_HEADERS: Final = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "feedback-id",
    "x-campaignid",
)
_BULK_WORDS: Final = frozenset(("bulk", "list", "junk"))
_REPLY_WORDS: Final = frozenset(("auto_reply", "auto-reply", "autoreply"))
_OFF: Final = frozenset(("", "no", "false", "0", "none"))
_SUBJECT: Final = re.compile(
    r"^\s*(?:automatic reply|auto[- ]?reply|auto[- ]?response|autorespon\w*|out of (?:the )?office"
    r"|abwesenheitsnotiz|réponse automatique|respuesta automática)\b"
    r"|^\s*(?:自动回复|自動回覆|自動回復|自动答复|自动应答|休假自动回复)|^来自.{1,120}的自动回复\s*$",
    re.IGNORECASE,
)
_MACHINES: Final = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?|auto[-_.]?reply|notifications?)(?:[-+=.].*)?@",
    re.IGNORECASE,
)


def machine(mail: Mail, envelope_sender: str | None = None) -> Machine:
    """Who wrote `mail`; `envelope_sender` is the SMTP MAIL FROM ("" for the null path) where it is known."""
    if _replies(mail):
        return Machine.AUTOREPLY
    if _submitted(mail) == "auto-generated" or _null_path(mail, envelope_sender):
        return Machine.GENERATED
    if _is_bulk(mail):
        return Machine.BULK
    return Machine.PERSON


def may_be_answered(mail: Mail, envelope_sender: str | None = None) -> bool:
    """Whether an automatic answer is allowed at all (RFC 3834 §2): a person wrote, from an address that people read."""
    suppressed = mail.raw_header("x-auto-response-suppress").strip().lower() not in _OFF
    sender = (mail.mailboxes("reply-to") or mail.mailboxes("from"))[:1]
    machines = not sender or any(_MACHINES.match(box.address) for box in (*sender, *mail.mailboxes("from")))
    return machine(mail, envelope_sender) is Machine.PERSON and not suppressed and not machines


def _submitted(mail: Mail) -> str:
    """The keyword of Auto-Submitted (RFC 3834 §5); an unknown one still means that no person sent it."""
    return re.split(r"[;\s(]", mail.raw_header("auto-submitted").strip().lower(), maxsplit=1)[0]


def _replies(mail: Mail) -> bool:
    if _submitted(mail) not in ("", "no", "auto-generated") or _precedence(mail) in _REPLY_WORDS:
        return True
    if any(mail.raw_header(name).strip().lower() not in _OFF for name in _REPLY_HEADERS):
        return True
    return mail.raw_header("x-apple-action").strip().upper() == "VACATION" or bool(
        _SUBJECT.match(mail.header("subject"))
    )


def _is_bulk(mail: Mail) -> bool:
    return _precedence(mail) in _BULK_WORDS or any(mail.raw_header(name) for name in _LIST_HEADERS)


def _precedence(mail: Mail) -> str:
    return mail.raw_header("precedence").strip().lower()


def _null_path(mail: Mail, envelope_sender: str | None) -> bool:
    return envelope_sender == "" or mail.raw_header("return-path").strip() == "<>"
