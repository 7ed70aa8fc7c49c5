"""A stored mail as what it means to the hub: content, or receipts for mails of ours. Pure, so that it can be replayed.

`Raw.meta` keys, all optional: "to" (our accounts' addresses it was delivered to), "from" (MAIL FROM, "" the null path),
"cut" (bytes the mail had when only its header was kept), "unreadable" (why it could not be fetched).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.api import Account, Address, Attachment, Inbound, Json, Malformed, Normalised, Raw, Receipt, ReceiptState
from plugins.email import addresses, automatic, bodies, bounce, headers, quoting, threading
from plugins.email.automatic import Machine
from plugins.email.bounce import Kind, Outcome, Report
from plugins.email.message_id import MessageIds
from plugins.email.parse import Mail, Part, fingerprint, parse
from plugins.email.settings import EmailAccount

_DELIVERED_TO: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_STATES: Final = {"failed": ReceiptState.FAILED, "delivered": ReceiptState.DELIVERED}
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def delivered_to(raw: Raw) -> Sequence[Address]:
    """Whose mailbox this was for, most certain first: the envelope, then what delivery wrote into the header, then To
    and Cc.
    """
    told = raw.meta.get("to")
    if isinstance(told, list):
        return [Address(addresses.SCHEME, str(one)) for one in told]
    mail = parse(raw.body)
    return addresses.unique(addresses.of_boxes(box for name in _DELIVERED_TO for box in mail.mailboxes(name)))


def normalised(account: Account[EmailAccount], raw: Raw, ids: MessageIds) -> Sequence[Normalised]:
    """What `raw` means. Raises Malformed when nothing in it can be shown as a mail."""
    if "unreadable" in raw.meta:
        raise Malformed(str(raw.meta["unreadable"]))
    mail = parse(raw.body)
    envelope = raw.meta.get("from")
    sender = envelope if isinstance(envelope, str) else None
    if not any(mail.raw_header(name) for name in ("from", "sender", "reply-to", "subject", "message-id", "date", "to")):
        raise Malformed("no header field of a mail was found")
    report = bounce.report(mail, sender)
    ours = next((key for key in (report.original, *report.referred) if ids.is_ours(key)), "")
    if report.kind is Kind.BOUNCE and ours and not report.forwarded:
        return _receipts(report, ours, mail)
    return [_Reading(account, raw, mail, sender, report, ids).inbound()]


def _receipts(report: Report, message_id: str, mail: Mail) -> list[Receipt]:
    outcomes = report.outcomes or (Outcome("", "failed"),)
    at = _date(mail)
    return [
        Receipt(
            message_id,
            _STATES.get(outcome.action, ReceiptState.SENT),
            outcome.status,
            f"{outcome.action}: {outcome.detail}".rstrip(": "),
            outcome.recipient,
            at,
        )
        for outcome in outcomes
    ]


class _Reading:
    """One mail being turned into one Inbound."""

    def __init__(
        self,
        account: Account[EmailAccount],
        raw: Raw,
        mail: Mail,
        envelope: str | None,
        report: Report,
        ids: MessageIds,
    ) -> None:
        self.account, self.raw, self.mail, self.envelope, self.report = account, raw, mail, envelope, report
        self.own_id = next(iter(mail.message_ids("message-id")), "")
        self.is_own = ids.is_ours(self.own_id)
        self.subject = mail.header("subject")
        self.letter = bodies.letter(mail)
        self.machine = automatic.machine(mail, envelope)

    def inbound(self) -> Inbound:
        folded = quoting.fold(self.letter.text)
        content_hash = fingerprint(self.raw.body)
        sender, external_id = self.sender(), self.own_id or f"sha256-{content_hash}"
        return Inbound(
            external_id=external_id,
            sender=sender,
            text=folded.said,
            html=self.letter.html,
            content_hash=content_hash,
            reply_to=self.reply_to(sender),
            thread=self.thread(),
            known_as=(external_id,),
            serials=threading.serials(self.subject, folded.said),
            quoted=folded.quoted,
            fields=self.fields(folded.signature),
            profile={"name": sender.name} if sender and sender.name else {},
            attachments=tuple(map(_attachment, self.letter.attachments)),
            sent_at=_date(self.mail),
            automatic=self.is_automatic(),
            language="zh" if len(_HAN.findall(folded.said[:2000])) * 8 > len(folded.said[:2000]) else "",
        )

    def sender(self) -> Address | None:
        boxes = [box for name in ("from", "sender", "reply-to", "return-path") for box in self.mail.mailboxes(name)]
        if boxes:
            return addresses.of_boxes(boxes)[0]
        return Address(addresses.SCHEME, addresses.canonical(self.envelope)) if self.envelope else None

    def reply_to(self, sender: Address | None) -> Address | None:
        found = next(iter(addresses.of_boxes(self.mail.mailboxes("reply-to"))), None)
        return found if found and (sender is None or found.value != sender.value) else None

    def thread(self) -> tuple[str, ...]:
        """A mail of ours that comes back belongs to its own thread; a report to that of the mail it speaks of."""
        reported = (self.report.original, *self.report.referred)
        keys = (self.own_id if self.is_own else "", *threading.keys(self.mail), *reported)
        return tuple(dict.fromkeys(filter(None, keys)))

    def is_automatic(self) -> bool:
        bulk = self.machine is Machine.BULK and self.account.settings.lists_are_automatic
        reports = self.report.kind is not Kind.NOT_BOUNCE and not self.report.forwarded
        return bulk or reports or self.is_own or self.machine in (Machine.AUTOREPLY, Machine.GENERATED)

    def fields(self, signature: str) -> dict[str, Json]:
        """Facts for display and reply; empty ones are left out."""
        told: dict[str, Json] = {
            "subject": self.subject,
            "to": [str(box) for box in self.mail.mailboxes("to")],
            "cc": [str(box) for box in self.mail.mailboxes("cc")],
            "signature": signature,
            "written_by": "" if self.machine is Machine.PERSON else self.machine.value,
            "report": "" if self.report.kind is Kind.NOT_BOUNCE else self.report.kind.value,
            "came_back": self.is_own,
            "cut_bytes": self.raw.meta.get("cut"),
            "problems": list(self.mail.problems[:20]),
        }
        return {name: value for name, value in told.items() if value}


def _date(mail: Mail) -> datetime | None:
    return headers.date(mail.raw_header("date"))


def _attachment(part: Part) -> Attachment:
    return Attachment(
        part.name, part.media_type, part.content, part.content_id, part.disposition == "inline" or bool(part.content_id)
    )
