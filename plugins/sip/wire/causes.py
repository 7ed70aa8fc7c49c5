"""Why calls end: SIP statuses and Q.850 causes to the words of the contract, and back. Pure."""

from __future__ import annotations

import re
from typing import Final

from sipmessage import Message

from hub.api import Cause

_BY_Q850: Final = {
    1: Cause.UNREACHABLE, 3: Cause.UNREACHABLE, 16: Cause.HUNG_UP, 17: Cause.BUSY, 18: Cause.NO_ANSWER,
    19: Cause.NO_ANSWER, 20: Cause.UNREACHABLE, 21: Cause.REJECTED, 22: Cause.UNREACHABLE, 27: Cause.UNREACHABLE,
    28: Cause.UNREACHABLE, 31: Cause.HUNG_UP, 34: Cause.FAILED, 38: Cause.FAILED, 41: Cause.FAILED, 42: Cause.FAILED,
}  # fmt: skip
_NORMAL: Final = 16
_TO_Q850: Final = {
    Cause.REJECTED: 21, Cause.BUSY: 17, Cause.NO_ANSWER: 19, Cause.UNREACHABLE: 20, Cause.FAILED: 41,
}  # fmt: skip
_BY_STATUS: Final = {
    403: Cause.REJECTED, 404: Cause.UNREACHABLE, 408: Cause.NO_ANSWER, 410: Cause.UNREACHABLE, 430: Cause.UNREACHABLE,
    480: Cause.NO_ANSWER, 484: Cause.UNREACHABLE, 486: Cause.BUSY, 487: Cause.NO_ANSWER, 600: Cause.BUSY,
    603: Cause.REJECTED, 604: Cause.UNREACHABLE,
}  # fmt: skip
_Q850: Final = re.compile(r"q\.850\s*;.*?cause\s*=\s*(\d{1,3})", re.IGNORECASE)


def of_refusal(code: int, message: Message) -> Cause:
    """What a final answer ≥ 300 means. A Reason with Q.850 says it better than the status: gateways' tables differ."""
    return q850(message) or _BY_STATUS.get(code, Cause.FAILED)


def of_bye(message: Message) -> Cause:
    """What a BYE or CANCEL means: they hung up, unless it says that the network did."""
    found = q850(message)
    return Cause.FAILED if found is Cause.FAILED else Cause.HUNG_UP


def q850(message: Message) -> Cause | None:
    """The cause in a Reason header (RFC 3326), None without one we know."""
    for value in message.headers.getlist("Reason"):
        if found := _Q850.search(value):
            return _BY_Q850.get(int(found[1]))
    return None


def reason(cause: Cause) -> str:
    """The Reason header by which gateways pass on why (RFC 3326 §2)."""
    return f"Q.850;cause={_TO_Q850.get(cause, _NORMAL)}"


STATUS: Final = {
    Cause.BUSY: (486, "Busy Here"),
    Cause.REJECTED: (603, "Decline"),
    Cause.NO_ANSWER: (480, "Temporarily Unavailable"),
    Cause.UNREACHABLE: (404, "Not Found"),
    Cause.FAILED: (500, "Server Internal Error"),
}
"""How we refuse a call that was not answered."""
