"""The TPDUs a modem hands over and takes: SMS-DELIVER, SMS-STATUS-REPORT, SMS-SUBMIT (3GPP TS 23.040 §9.2).

What a modem says in PDU mode is hexadecimal: the service centre's address, then a TPDU. Reading is total: any line
gives a value or `BadTpdu`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, TypeAlias

from plugins.sms.modem.octets import Alphabet, BadTpdu, Tape, address, as_address, service_centre, time_stamp
from plugins.sms.modem.septets import header_septets, pack, unpack

_TYPE: Final = 0b11
_DELIVER, _SUBMIT, _REPORT = 0b00, 0b01, 0b10
_REPORT_WANTED: Final = 0x20
_HEADER: Final = 0x40
_RELATIVE_VALIDITY: Final = 0x10


class Alphabets(IntEnum):
    """What the user data is written in: septets, octets, or UTF-16 (TS 23.038 §4)."""

    GSM = 0
    OCTETS = 4
    UCS2 = 8


@dataclass(frozen=True, slots=True)
class Deliver:
    """A text that came. `data` are septets, one an octet, or octets; `header` is the whole user data header or b""."""

    sender: str
    alphabet: Alphabets
    data: bytes
    header: bytes = b""
    at: datetime | None = None
    centre: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of the text that the modem called `reference`; `status` is TP-ST (§9.2.3.15)."""

    reference: int
    recipient: str
    status: int
    done: datetime | None = None
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    """A text that is to go. `validity` is TP-VP in its relative form, None the network's own."""

    recipient: str
    alphabet: Alphabets
    data: bytes
    header: bytes = b""
    report: bool = True
    validity: int | None = None


Tpdu: TypeAlias = Deliver | StatusReport


def read(line: str, alphabet: Alphabet) -> Tpdu:
    """What a modem handed over in PDU mode; `alphabet` reads a sender's name. Raises BadTpdu."""
    try:
        tape = Tape(bytes.fromhex(line))
    except ValueError:
        raise BadTpdu("a PDU is hexadecimal") from None
    centre, first = service_centre(tape), tape.number()
    if first & _TYPE == _DELIVER:
        return _deliver(tape, first, centre, alphabet)
    if first & _TYPE == _REPORT:
        return _status_report(tape, centre, alphabet)
    raise BadTpdu("neither SMS-DELIVER nor SMS-STATUS-REPORT")


def as_line(submit: Submit) -> tuple[int, str]:
    """For AT+CMGS: how many octets the TPDU has, and the line, the SIM's own service centre before it."""
    first = _SUBMIT | (_REPORT_WANTED if submit.report else 0) | (_HEADER if submit.header else 0)
    validity = b""
    if submit.validity is not None:
        first, validity = first | _RELATIVE_VALIDITY, bytes([submit.validity & 0xFF])
    head = bytes([first, 0]) + as_address(submit.recipient) + bytes([0, submit.alphabet]) + validity
    octets = head + user_data(submit.alphabet, submit.data, submit.header)
    return len(octets), "00" + octets.hex().upper()


def user_data(alphabet: Alphabets, data: bytes, header: bytes) -> bytes:
    """Counted user data. Raises BadTpdu when it is longer than a TPDU holds."""
    packed = pack(data, header) if alphabet is Alphabets.GSM else header + data
    if len(packed) > 140:
        raise BadTpdu(f"{len(packed)} octets of user data; 140 are allowed")
    count = header_septets(len(header)) + len(data) if alphabet is Alphabets.GSM else len(packed)
    return bytes([count]) + packed


def _deliver(tape: Tape, first: int, centre: str, alphabet: Alphabet) -> Deliver:
    sender = address(tape, alphabet)
    tape.number()  # TP-PID
    coding = _alphabet(tape.number())
    at, count = time_stamp(tape.take(7)), tape.number()
    header, data = _content(coding, tape.rest(), count, bool(first & _HEADER))
    return Deliver(sender, coding, data, header, at, centre)


def _status_report(tape: Tape, centre: str, alphabet: Alphabet) -> StatusReport:
    reference, recipient = tape.number(), address(tape, alphabet)
    tape.take(7)  # when the centre had it
    done = time_stamp(tape.take(7))
    return StatusReport(reference, recipient, tape.number(), done, centre)


def _content(coding: Alphabets, octets: bytes, count: int, has_header: bool) -> tuple[bytes, bytes]:
    size = octets[0] + 1 if has_header and octets else 0
    if size > len(octets):
        raise BadTpdu("the header is longer than the user data")
    if coding is not Alphabets.GSM:
        return octets[:size], octets[size:count]
    left = min(count, len(octets) * 8 // 7) - header_septets(size)
    return octets[:size], unpack(octets, left, size)


def _alphabet(scheme: int) -> Alphabets:
    """The alphabet a TP-DCS names (TS 23.038 §4); a reserved one is read as the GSM alphabet, as told there."""
    group = scheme >> 4
    if group < 8:  # general data coding, for deletion or not
        return {1: Alphabets.OCTETS, 2: Alphabets.UCS2}.get(scheme >> 2 & 0b11, Alphabets.GSM)
    if group == 0xE:  # a message waits, in UCS-2
        return Alphabets.UCS2
    return Alphabets.OCTETS if group == 0xF and scheme & 0b100 else Alphabets.GSM
