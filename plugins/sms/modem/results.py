"""What a modem's errors mean (3GPP TS 27.005 §3.2.5, 27.007 §9.2), and the status of a report (TS 23.040 §9.2.3.15)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from hub.api import Misconfigured, OutcomeUnknown, ReceiptState, Rejected, SendError, Throttled, Unreachable

_CMS: Final[Mapping[int, tuple[type[SendError], str]]] = {
    1: (Rejected, "nobody has this number"),
    8: (Rejected, "the operator bars it"),
    10: (Rejected, "the SIM may not send texts"),
    21: (Rejected, "the network refused it"),
    28: (Rejected, "the network does not know the recipient"),
    29: (Rejected, "the network does not allow it"),
    30: (Rejected, "the network does not know this SIM"),
    38: (Unreachable, "the network is out of order"),
    41: (Unreachable, "the network has a temporary failure"),
    42: (Throttled, "the network is congested"),
    47: (Throttled, "the network has no resources"),
    50: (Rejected, "the SIM's contract does not hold texts"),
    302: (Misconfigured, "the modem does not allow it"),
    303: (Misconfigured, "the modem does not know how"),
    304: (Rejected, "the modem finds the PDU wrong"),
    305: (Rejected, "the modem finds the text wrong"),
    310: (Misconfigured, "there is no SIM"),
    311: (Misconfigured, "the SIM wants its PIN"),
    313: (Misconfigured, "the SIM has failed"),
    314: (Throttled, "the SIM is busy"),
    315: (Misconfigured, "it is the wrong SIM"),
    316: (Misconfigured, "the SIM wants its PUK"),
    322: (Throttled, "the memory is full"),
    330: (Misconfigured, "the service centre's number is not known"),
    331: (Unreachable, "there is no network"),
}
_CME: Final[Mapping[int, tuple[type[SendError], str]]] = {
    3: (Misconfigured, "the modem does not allow it"),
    4: (Misconfigured, "the modem does not know how"),
    10: (Misconfigured, "there is no SIM"),
    11: (Misconfigured, "the SIM wants its PIN"),
    12: (Misconfigured, "the SIM wants its PUK"),
    13: (Misconfigured, "the SIM has failed"),
    14: (Throttled, "the SIM is busy"),
    16: (Misconfigured, "the PIN is wrong"),
    30: (Unreachable, "there is no network"),
}
_ERROR: Final = re.compile(r"\+(CM[ES]) ERROR: ?(\d{1,4})")


def error_of(line: str) -> SendError:
    """What a final result that is not OK means. What nobody can tell may have gone."""
    found = _ERROR.match(line)
    if found is None:
        return OutcomeUnknown("the modem says ERROR, and not why")
    kind, code = found[1], int(found[2])
    error, words = (_CMS if kind == "CMS" else _CME).get(code, (OutcomeUnknown, "an error of its own"))
    return error(f"{kind} {code}: {words}")


def state_of(status: int) -> tuple[ReceiptState, str] | None:
    """What TP-ST means, with a line for the agent; None while the service centre still tries."""
    if status < 0x20:
        return ReceiptState.DELIVERED, ""
    if status < 0x40:
        return None
    words = {
        0x40: "the handset's procedure failed",
        0x41: "the recipient's network does not take it",
        0x42: "the recipient refused it",
        0x44: "the recipient has no such service",
        0x46: "the handset was not reached in time",
        0x47: "it was deleted on its way",
    }
    return ReceiptState.FAILED, words.get(status, "the network could not deliver it")
