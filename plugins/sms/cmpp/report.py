"""Status reports, which a gateway delivers as the content of a DELIVER (CMPP 2.0 §7.4.5.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from plugins.sms.cmpp.fields import Layout, Number, Octets, Text, read, write
from plugins.sms.cmpp.pdu import Version

WIDE: Final = 71
"""Octets of a report in 3.0."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message: `status` is DELIVRD, EXPIRED, UNDELIV, … or a carrier's own, like MA:0012."""

    message_id: bytes
    status: str
    submitted: str
    done: str
    destination: str
    sequence: int = 0


_LAYOUT: Layout = (
    Octets("message_id", 8),
    Text("status", 7),
    Text("submitted", 10),
    Text("done", 10),
    Text("destination", 21, 32),
    Number("sequence", 4),
)


def report_of(content: bytes, version: Version) -> Report:
    """The report a DELIVER carries. Raises BadPdu. A 3.0 gateway that fills in the short form of 2.0 is understood."""
    wide = version is Version.V3_0 and len(content) >= WIDE
    return Report(**read(_LAYOUT, content, wide))  # type: ignore[arg-type]  # the layout gives what Report takes


def report_content(report: Report, version: Version) -> bytes:
    """And the other way round."""
    return write(_LAYOUT, asdict(report), version is Version.V3_0)
