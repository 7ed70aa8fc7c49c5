"""Bounces in prose: the words by which mail servers of many makers say that a mail came back, in English, Chinese and
more.
"""

from __future__ import annotations

import json
import re
from typing import Final

_SUBJECT: Final = re.compile(
    r"(?:un|not? ?)deliver(?:able|ed)|deliver(?:y|ing)?[ -](?:status|fail|has failed|notification|problem)"
    r"|delivery failure|returned mail|return(?:ed|ing) to sender|failure notice|mail (?:delivery )?fail(?:ed|ure)"
    r"|mail system error|delayed mail|email delivery failure"
    r"|message .{1,60} delayed|delivery (?:of|to) .{1,80} (?:failed|delayed)|smtp server: errors"
    r"|退信|系统退信|邮件投递失败|投递失败|无法投递|未送达|邮件发送失败|无法传递"
    r"|未傳遞|无法送达|ваше сообщение не|недоставлен"
    r"|unzustellbar|配信不能|配送不能",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(
    r"did not reach the following recipient|was not delivered to|wasn't able to deliver|could not be delivered"
    r"|delivery (?:has failed|to the following recipients? (?:failed|was aborted|has been delayed))|unable to deliver"
    r"|following (?:addresses had permanent|recipients? (?:failed|could not))|permanent (?:fatal )?errors?"
    r"|undeliverable|an error has occurred while attempting to deliver|user's mailbox is full"
    r"|您发送的邮件.{0,40}(?:退回|失败|无法)|无法投递"
    r"|退信原因|邮件被退回|很抱歉您的邮件被退回",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    r"^\s*(?:fwd?|wg|转发)\s*:\s*(?:returned mail|undeliver|mail delivery failed|delivery status)", re.IGNORECASE
)
_FORWARDED_FIELDS: Final = re.compile(
    r"^[>\s]*Final-Recipient\s*:.*?^[>\s]*Action\s*:", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\uffff-]{1,100}@[A-Za-z0-9\u0080-\uffff-]+(?:\.[A-Za-z0-9\u0080-\uffff-]+)+"
)
_FIELD_ADDRESS: Final = re.compile(
    r"^[>\s]*(?:final-recipient|original-recipient|target mail address|recipient"
    r"|收件人|无法发送到|to)\s*[:\uff1a]\s*(?:rfc822;)?\s*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.:])([45]\d\d)[ -](?=[A-Za-z#5<4])")
_MESSAGE_ID: Final = re.compile(
    r"^[>\s]*(?:message-id|信息 ID|邮件ID)\s*:\s*<?([^<>\s]+@[^<>\s]+?)>?\s*$", re.IGNORECASE | re.MULTILINE
)
_RETURNED: Final = re.compile(
    r"^[ \t>]*(?:-+ (?:this is a copy of (?:the|your) message|below this line is a copy of the message|original message"
    r"|the header of the original message|message (?:text|header) follows|body of message follows|unsent message).*"
    r"|original message headers:.*|below is a copy of the original message:.*"
    r"|-+ 原始邮件.*|return-path\s*:.*|received\s*:.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED: Final = re.compile(
    r"\bdelay(?:ed)?\b|still being retried|will (?:be retried|keep trying|continue trying)|\bwarning\b|temporarily",
    re.IGNORECASE,
)
_SERVICE: Final = re.compile(r"@sns\.amazonaws\.com|@amazonses\.com", re.IGNORECASE)
_COMPLETE: Final = re.compile(r'"notificationType"\s*:\s*"(?:Bounce|Complaint|Delivery)"')


def is_subject(subject: str) -> bool:
    """Whether a subject speaks of a mail that came back."""
    return bool(_SUBJECT.search(subject))


def is_opening(text: str) -> bool:
    """Whether the first words of a text say that a mail came back."""
    return bool(_OPENING.search(text[:2000]))


def is_forwarded(subject: str, text: str) -> bool:
    """A person passed a bounce on: by subject, and the report's fields stand in the text."""
    return bool(_FORWARDED.search(subject) and _FORWARDED_FIELDS.search(text[:20_000]))


def is_notification(sender: str, text: str) -> bool:
    """Amazon SES tells by JSON through its notification service."""
    return bool(_SERVICE.search(sender) and _COMPLETE.search(text.replace('\\"', '"')[:50_000]))


def announces(subject: str) -> bool:
    """A bounce that follows no form we read: nobody's answer, but nothing to attach to a message either."""
    return bool(re.search(r"\bbounce\b.*\bnotification\b", subject, re.IGNORECASE))


def outcomes(failed_recipients: str, subject: str, text: str) -> list[tuple[str, str, str, str]]:
    """(recipient, action, status, detail) for each recipient a bounce in prose names; none when it names nobody."""
    told = _notified(text)
    if told:
        return told
    returned = _RETURNED.search(text)
    words = text[: returned.start()] if returned else text
    status, detail = _status(words), _detail(words)
    action = (
        "delayed"
        if not status.startswith("5") and (_DELAYED.search(subject) or _DELAYED.search(words[:1500]))
        else "failed"
    )
    return [(recipient, action, status, detail) for recipient in _recipients(failed_recipients, subject, words)]


def original(text: str) -> str:
    """The Message-ID of the mail that is returned within the text, "" when there is none."""
    told = re.search(r'\\?"messageId\\?"\s*:\s*\\?"([^"\\]+)', text)
    returned = _RETURNED.search(text)
    return message_id(text[returned.start() :] if returned else text) or (told[1] if told else "")


def message_id(text: str) -> str:
    """The first Message-ID field in a text, without brackets."""
    found = _MESSAGE_ID.search(re.sub(r"(?i)(message-id:)\r?\n[ \t]+", r"\1 ", text).replace("\r\n", "\n"))
    return found[1] if found else ""


def address(text: str) -> str:
    """The first mail address in a text, "" when there is none."""
    found = _ADDRESS.search(text)
    return found[0].rstrip(".") if found else ""


def _recipients(failed_recipients: str, subject: str, words: str) -> list[str]:
    if failed_recipients:
        return _unique(_ADDRESS.findall(failed_recipients))
    listed = re.findall(
        r"^[ \t>]*<?([^\s<>:\uff1a;,()]+@[^\s<>:;,()]+)>?(?:\s*[:;(.].*|\s*|\s+on .*|<mailto:.*)$", words, re.MULTILINE
    )
    fields = [address(value) for value in _FIELD_ADDRESS.findall(words)]
    return _unique([*(found for found in listed if address(found)), *fields]) or _unique(
        [address(subject) or next((a for a in _ADDRESS.findall(words) if "daemon" not in a.lower()), "")]
    )


def _unique(addresses: list[str]) -> list[str]:
    return list(dict.fromkeys(found.lower().rstrip(".") for found in addresses if found))[:50]


def _status(words: str) -> str:
    told = _STATUS.search(words)
    if told:
        return told[1]
    reply = _REPLY.search(words)
    return f"{reply[1][0]}.0.0" if reply else ""


def _detail(words: str) -> str:
    lines = [line.strip(" >\t") for line in words.splitlines() if _REPLY.search(line) or _STATUS.search(line)]
    return (lines[0] if lines else next((line.strip() for line in words.splitlines() if line.strip()), ""))[:500]


def _notified(text: str) -> list[tuple[str, str, str, str]]:
    """Amazon SES: {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [{"emailAddress", "status", …}]}}."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        told = (
            json.loads(text[begin : end + 1], strict=False) if begin >= 0 and '"' in text[begin : begin + 4] else None
        )
        told = json.loads(told["Message"]) if isinstance(told, dict) and "Message" in told else told
        bounced = told["bounce"]["bouncedRecipients"] if isinstance(told, dict) else []
        return [
            (
                str(one["emailAddress"]).lower(),
                str(one.get("action", "failed")),
                str(one.get("status", "")),
                str(one.get("diagnosticCode", ""))[:500],
            )
            for one in bounced
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
