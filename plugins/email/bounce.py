"""Is this a report about another mail, and about which? Delivery status notifications (RFC 3464) read by their
fields.

What follows no standard (qmail, old Exim, Exchange 2003, Yahoo, mail.ru, QQ, 163, …) is recognised by who sent it and
how it says so; `bounce_text` then finds recipient, status and the returned Message-ID in the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plugins.email import bounce_text, charsets, headers
from plugins.email.automatic import Machine, machine
from plugins.email.parse import Mail, Part


class Kind(StrEnum):
    """What a mail is, seen from the mails we sent."""

    BOUNCE = "bounce"
    AUTOREPLY = "autoreply"
    FEEDBACK_REPORT = "feedback-report"
    NOT_BOUNCE = "not-bounce"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient. `action`: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3);
    `status`: "5.1.1" (RFC 3463), "" when nobody said; `detail`: the far server's words."""

    recipient: str
    action: str
    status: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`original` is the Message-ID of the mail reported on, "" when the report does not say; `referred` are the others
    it names. `forwarded`: a person passed a bounce on; it is content."""

    kind: Kind
    outcomes: tuple[Outcome, ...] = ()
    original: str = ""
    referred: tuple[str, ...] = ()
    forwarded: bool = False


_STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status", "message/xdelivery-status")
_RETURNED_TYPES: Final = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/global-headers",
    "message/partial",
)
_DAEMON: Final = re.compile(r"mailer[-_.]?daemon", re.IGNORECASE)
_POSTMASTER: Final = re.compile(r"\bpo+stmaster@|system administrator|mail delivery (?:sub)?system", re.IGNORECASE)
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FIELD: Final = re.compile(r"^([A-Za-z-]+)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_ACTIONS: Final = ("failed", "delayed", "delivered", "relayed", "expanded", "deliverable")


def report(mail: Mail, envelope_sender: str | None = None) -> Report:
    """What `mail` reports on. A plain letter gives NOT_BOUNCE and nothing else."""
    leaves = mail.leaves()
    statuses = [leaf for leaf in leaves if leaf.media_type in _STATUS_TYPES]
    if _is_feedback(mail, leaves):
        return Report(Kind.FEEDBACK_REPORT, original=_returned_id(leaves), referred=_referred(mail))
    if statuses and (mail.report_type == "delivery-status" or _from_machine(mail, envelope_sender)):
        outcomes = tuple(outcome for part in statuses for outcome in _outcomes(part.content))
        if outcomes:
            return Report(
                Kind.BOUNCE, outcomes, _returned_id(leaves) or bounce_text.original(_words(leaves)), _referred(mail)
            )
    return _by_words(mail, leaves, envelope_sender)


def _by_words(mail: Mail, leaves: list[Part], envelope_sender: str | None) -> Report:
    text = _words(leaves)
    subject = mail.header("subject")
    forwarded = bounce_text.is_forwarded(subject, text)
    if forwarded or _is_bounce(mail, subject, text, envelope_sender):
        outcomes = tuple(
            Outcome(*found) for found in bounce_text.outcomes(mail.header("x-failed-recipients"), subject, text)
        )
        original = _returned_id(leaves) or bounce_text.original(text)
        return Report(Kind.BOUNCE, outcomes, original, _referred(mail), forwarded)
    if machine(mail, envelope_sender) is Machine.AUTOREPLY and not bounce_text.announces(subject):
        return Report(Kind.AUTOREPLY, referred=_referred(mail))
    return Report(Kind.NOT_BOUNCE)


def _words(leaves: list[Part]) -> str:
    return "\n".join(
        leaf.text for leaf in leaves if leaf.media_type in ("text/plain", "text/html", "text/rfc822-headers")
    )


def _is_bounce(mail: Mail, subject: str, text: str, envelope_sender: str | None) -> bool:
    sender = mail.header("from")
    if bounce_text.is_notification(sender, text):
        return True
    if _DAEMON.search(sender) or mail.raw_header("x-failed-recipients") or mail.report_type == "delivery-status":
        return True
    return _from_machine(mail, envelope_sender) and (bounce_text.is_subject(subject) or bounce_text.is_opening(text))


def _from_machine(mail: Mail, envelope_sender: str | None) -> bool:
    sender = mail.header("from")
    path = mail.header("return-path") if envelope_sender is None else envelope_sender or "<>"
    return bool(_DAEMON.search(sender + path) or _POSTMASTER.search(sender)) or path.strip() == "<>"


def _is_feedback(mail: Mail, leaves: list[Part]) -> bool:
    """ARF (RFC 5965), Hotmail's complaint without a report part, Apple's one-click unsubscribe."""
    if mail.report_type == "feedback-report" or any(leaf.media_type == "message/feedback-report" for leaf in leaves):
        return True
    is_complaint = mail.header("subject").lower().startswith("complaint about message from") and leaves[:1] != []
    return (is_complaint and leaves[0].media_type == "message/rfc822") or mail.raw_header(
        "x-apple-unsubscribe"
    ).strip() != ""


def _outcomes(status: bytes) -> list[Outcome]:
    """The per-recipient groups of a delivery-status part; groups are set apart by blank lines (RFC 3464 §2.1)."""
    groups = re.split(r"\n\s*\n", charsets.guess(status).replace("\r\n", "\n"))
    read = (_outcome({name.lower(): value for name, value in _FIELD.findall(group)}) for group in groups)
    return [outcome for outcome in read if outcome is not None]


def _outcome(fields: dict[str, str]) -> Outcome | None:
    if "action" not in fields and "final-recipient" not in fields:
        return None
    action = fields.get("action", "").strip().lower().split(" ", 1)[0].rstrip(";")
    status = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
    code = status[1] if status else ""
    detail = re.sub(r"\s+", " ", headers.text(fields.get("diagnostic-code", fields.get("status", "")))).strip()
    return Outcome(_recipient(fields), _action(action, code), code, detail[:500])


def _action(told: str, status: str) -> str:
    if told in _ACTIONS:
        return told
    return {"4": "delayed", "2": "delivered"}.get(status[:1], "failed")


def _recipient(fields: dict[str, str]) -> str:
    """The address *we* wrote to comes first: Original-Recipient, then where it was forwarded to."""
    for name in ("original-recipient", "x-actual-recipient", "final-recipient"):
        value = fields.get(name, "").rpartition(";")[2]
        found = bounce_text.address(value) or (value.strip(" <>\n") if name == "final-recipient" else "")
        if found:
            return found.lower()
    return ""


def _returned_id(leaves: list[Part]) -> str:
    """The Message-ID of the mail that came back with the report, whole or by its header."""
    for leaf in leaves:
        if leaf.media_type in _RETURNED_TYPES:
            found = bounce_text.message_id(charsets.guess(leaf.content[:200_000]))
            if found:
                return found
    return ""


def _referred(mail: Mail) -> tuple[str, ...]:
    found = (
        *mail.message_ids("in-reply-to"),
        *mail.message_ids("references")[::-1],
        *mail.message_ids("x-original-message-id"),
    )
    return tuple(dict.fromkeys(found))[:10]
