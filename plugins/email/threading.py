"""Which conversation a mail belongs to: keys in the order they are trusted, and the ticket serials it quotes.

Message-IDs decide, never subjects: a reply with another subject stays (Chatwoot #15869), a new mail with an old
subject does not join (FreeScout #4958). All of References counts, because some mailers put a stranger into
In-Reply-To (Chatwoot #10028).
"""

from __future__ import annotations

import re
from typing import Final

from plugins.email.parse import Mail

MAX_KEYS: Final = 40
_DIGITS: Final = r"(\d{4})[ -]?(\d{4})[ -]?(\d)(?![\d-])"
_MARKED: Final = re.compile(rf"[\[【#＃]\s?#?\s?{_DIGITS}")
_WRITTEN: Final = re.compile(r"(?<![\d-])(\d{4})-(\d{4})-(\d)(?![\d-])")
_REPLY_PREFIX: Final = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|fw|fwd|wg|回复|回覆|答复|答覆|转发|轉寄|轉發)\s*(?:\[\d+\]|\(\d+\)|\d*)\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)


def keys(mail: Mail) -> tuple[str, ...]:
    """Message-IDs this mail answers, without brackets: In-Reply-To first, then References from the newest to the
    oldest.
    """
    references = mail.message_ids("references")
    newest_first = references[::-1] if len(references) <= MAX_KEYS else (*references[:-MAX_KEYS:-1], references[0])
    own = set(mail.message_ids("message-id"))
    found = dict.fromkeys((*mail.message_ids("in-reply-to")[:5], *newest_first))
    return tuple(key for key in found if key not in own)[:MAX_KEYS]


def serials(subject: str, said: str = "") -> tuple[str, ...]:
    """Ticket serials, as nine digits, in the subject, then those marked "#" or "[…]" in what was said; the core
    checks them.

    What is merely quoted does not count: an old mail below a new matter would drag it into the old ticket.
    """
    found = (*_MARKED.findall(subject), *_WRITTEN.findall(subject), *_MARKED.findall(said[:20_000]))
    return tuple(dict.fromkeys(map("".join, found)))[:5]


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes (Re, 回复, 答复, Fwd, …) and without a serial tag."""
    return re.sub(r"\s*\[#\d{4}-\d{4}-\d\]", "", _REPLY_PREFIX.sub("", subject)).strip()
