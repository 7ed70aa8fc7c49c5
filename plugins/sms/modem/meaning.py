"""What a modem hands over, kept as it said it: a PDU's line, or the two lines of text mode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hub.api import Malformed, Raw
from plugins.sms.modem import tpdu
from plugins.sms.modem.octets import BadTpdu
from plugins.sms.modem.results import state_of
from plugins.sms.modem.tpdu import Alphabets, StatusReport
from plugins.sms.provider import Coding, Heard, News, Report
from plugins.sms.text import gsm0338

CODINGS: Final = {Alphabets.GSM: Coding.GSM7, Alphabets.OCTETS: Coding.OCTETS, Alphabets.UCS2: Coding.UCS2}
_QUOTED: Final = re.compile(r'"([^"]*)"')
_REPORT: Final = re.compile(r'\+CDS: ?\d+,(\d+),"([^"]*)",\d*,"[^"]*","[^"]*",(\d+)')


def name_of(reference: int, number: str) -> str:
    """What a text is called until its report. A modem counts to 255 only, so the recipient's number is in it, too."""
    return f"{reference}/{''.join(filter(str.isdecimal, number))[-8:]}"


def read(raw: Raw) -> Sequence[News]:
    """Raises Malformed."""
    to = str(raw.meta.get("to") or "")
    lines = raw.body.decode("ascii", "replace").split("\n")
    if raw.meta.get("mode") == "text":
        return _text_mode(lines, to)
    try:
        found = tpdu.read(lines[0].strip(), gsm0338.decode)
    except BadTpdu as error:
        raise Malformed(str(error)) from None
    if isinstance(found, StatusReport):
        return _report(found.reference, found.recipient, found.status)
    return [
        Heard(found.sender, to, coding=CODINGS[found.alphabet], octets=found.data, header=found.header, at=found.at)
    ]


def _report(reference: int, recipient: str, status: int) -> Sequence[News]:
    told = state_of(status)
    if told is None:
        return []
    code = f"{status:#04x}" if told[1] else ""
    return [Report(name_of(reference, recipient), told[0], code=code, detail=told[1], recipient=recipient)]


def _text_mode(lines: Sequence[str], to: str) -> Sequence[News]:
    """+CMGR: "REC UNREAD","sender",,"time", and the text behind it in hexadecimal (AT+CSCS="UCS2")."""
    if report := _REPORT.match(lines[0]):
        return _report(int(report[1][:3]), _words(report[2]), int(report[3][:3]))
    quoted = _QUOTED.findall(lines[0])
    if lines[0].startswith("+CMG") and len(quoted) > 1 and quoted[1] and len(lines) > 1:
        return [Heard(_words(quoted[1]), to, text=_words(lines[1].strip()))]
    raise Malformed("no text of text mode")


def _words(text: str) -> str:
    """UTF-16 in hexadecimal; what is none is what it is: some modems write plain texts plainly."""
    if len(text) % 4 == 0 and re.fullmatch(r"[0-9A-Fa-f]+", text):
        return bytes.fromhex(text).decode("utf-16-be", "replace")
    return text
