"""The toy's wire protocol: one JSON object a line, over TCP. The hub connects; its first line names its role.

role "listen"   the far side pushes inputs {"id", "to", "proof", "kind", …} until each is answered by
                {"ack": id}, {"refuse": id, "why"} (never again) or {"again": id} (later again)
role "send"     one request {"role": "send", "delivery", "session", "text", …} and one answer
                {"sent": id} or {"sent": id, "pending": seconds} or {"error": word}
role "tell"     {"role": "tell", "session", "what": "typing" | "end", …}; nothing is answered
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

Line = dict[str, Any]
LONGEST = 65536


def encode(line: Line) -> bytes:
    """One line."""
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def decode(data: bytes) -> Line:
    """The object on one line; raises ValueError."""
    line = json.loads(data)
    if not isinstance(line, dict):
        raise ValueError("a line is a JSON object")
    return line


def proof(secret: str, ident: str) -> str:
    """What shows that an input comes from whoever knows the account's secret."""
    return hmac.new(secret.encode(), ident.encode(), hashlib.sha256).hexdigest()
