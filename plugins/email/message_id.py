"""Our own Message-IDs: the same for every attempt of a delivery, recognisable later without asking the database.

They carry a keyed digest, so that a stranger's mail cannot pass for a report about a delivery it has never seen, and
so that a site built anew, counting its deliveries from 1 again, does not repeat ids that mail servers have already
seen.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Final

_OURS: Final = re.compile(r"^hub\.(\d{1,19})\.([0-9a-f]{20})@")


@dataclass(frozen=True, slots=True)
class MessageIds:
    """Makes and recognises Message-IDs (without brackets) under one secret key."""

    key: bytes

    def of(self, delivery_id: int, domain: str) -> str:
        """The id of a delivery: "hub.<delivery>.<digest>@<domain>"."""
        return f"hub.{delivery_id}.{self._digest(delivery_id)}@{domain}"

    def is_ours(self, message_id: str) -> bool:
        """Whether this site made `message_id`."""
        match = _OURS.match(message_id)
        return match is not None and hmac.compare_digest(self._digest(int(match[1])), match[2])

    def _digest(self, delivery_id: int) -> str:
        return hmac.digest(self.key, b"message-id %d" % delivery_id, "sha256").hex()[:20]
