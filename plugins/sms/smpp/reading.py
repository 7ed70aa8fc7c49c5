"""A deliver_sm as what it is: a text from a handset, or a receipt in either style. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import smpp34

from hub.api import Malformed
from plugins.sms.provider import Coding, Concatenated, Heard, News, Report
from plugins.sms.smpp import statuses
from plugins.sms.smpp.settings import Alphabet
from plugins.sms.text import header

_KIND: Final = 0x3C  # of esm_class: what sort of message it is (§5.2.12)
_RECEIPTS: Final = frozenset({0x04, 0x20})
_HAS_HEADER: Final = 0x40
_INTERNATIONAL: Final = 1
_RECEIPTED_ID, _STATE, _ERROR = 0x001E, 0x0427, 0x0423
_PAYLOAD, _SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER = 0x0424, 0x020C, 0x020E, 0x020F
_CHARSETS: Final = {1: "ascii", 3: "latin-1", 5: "shift_jis", 6: "iso8859-5", 7: "iso8859-8", 14: "euc_kr"}
_WORD: Final = re.compile(r"\b(id|stat|err|done date):\s*([^\s]+)", re.IGNORECASE)


def news(octets: bytes, alphabet: str) -> News:
    """What the packet says; `alphabet` is what the SMSC's default one stands for. Raises Malformed."""
    try:
        told = smpp34.decode(octets)
    except smpp34.SmppError as error:
        raise Malformed(f"no deliver_sm: {error}") from None
    if not isinstance(told, smpp34.DeliverSm):
        raise Malformed("a packet, but no deliver_sm")
    extra = {tlv.tag: tlv.value for tlv in reversed(told.tlvs)}
    if told.esm_class & _KIND in _RECEIPTS:
        return _report(told, extra)
    return _heard(told, extra, alphabet)


def _heard(told: smpp34.DeliverSm, extra: Mapping[int, bytes], alphabet: str) -> Heard:
    octets = told.short_message or extra.get(_PAYLOAD, b"")
    head, octets = header.split(octets) if told.esm_class & _HAS_HEADER else (b"", octets)
    coding = _coding(told.data_coding, alphabet)
    charset = "latin-1" if coding is None and told.data_coding == 0 else _CHARSETS.get(told.data_coding, "latin-1")
    return Heard(
        sender=_number(told.source_addr, told.source_addr_ton),
        recipient=_number(told.destination_addr, told.dest_addr_ton),
        text="" if coding else octets.decode(charset, "replace"),
        coding=coding,
        octets=octets if coding else b"",
        header=head,
        part=_part(extra),
        id=_c_string(extra.get(_RECEIPTED_ID, b"")),
    )


def _number(address: str, ton: int) -> str:
    international = ton == _INTERNATIONAL and address.isdecimal() and address.isascii()
    return f"+{address}" if international else address


def _coding(data_coding: int, alphabet: str) -> Coding | None:
    """None where it is a charset of Python's (§5.2.19; 0xC0 and above: 3GPP TS 23.038 §4)."""
    if data_coding == 0:
        return None if alphabet == Alphabet.LATIN1 else Coding.GSM7
    if data_coding == 8 or data_coding & 0xF0 == 0xE0:
        return Coding.UCS2
    if data_coding in (2, 4) or data_coding & 0xF4 == 0xF4:
        return Coding.OCTETS
    return None if data_coding in _CHARSETS else Coding.GSM7


def _part(extra: Mapping[int, bytes]) -> Concatenated | None:
    """sar_msg_ref_num, sar_total_segments, sar_segment_seqnum (§5.3.2.22)."""
    reference, total, number = (int.from_bytes(extra.get(tag, b""), "big") for tag in _SAR)
    return Concatenated(reference, number - 1, total) if 1 <= number <= total <= 255 else None


_SAR: Final = (_SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER)


def _report(told: smpp34.DeliverSm, extra: Mapping[int, bytes]) -> Report:
    """By the optional parameters where they are, else by the text (appendix B), which no standard binds anybody to."""
    text = (told.short_message or extra.get(_PAYLOAD, b"")).decode("latin-1")
    words = {name.lower(): value for name, value in reversed(_WORD.findall(text))}
    refers_to = _c_string(extra.get(_RECEIPTED_ID, b"")) or words.get("id", "")
    if not refers_to:
        raise Malformed("a receipt that names no message")
    state = extra.get(_STATE, b"")
    word = statuses.STATES.get(state[0], "") if state else words.get("stat", "")
    error = extra[_ERROR][1:].hex() if _ERROR in extra else words.get("err", "")
    code = word if error.strip("0") == "" else f"{word} {error}"
    return Report(
        refers_to,
        statuses.state(word),
        code,
        f"the carrier says {code}",
        _time(words.get("done date", "")),
        recipient=_number(told.source_addr, told.source_addr_ton),
    )


def _c_string(value: bytes) -> str:
    return value.partition(b"\0")[0].decode("latin-1").strip()


def _time(told: str) -> datetime | None:
    """YYMMDDhhmm[ss], in a zone nobody tells: good for nothing but a rough order, so taken as UTC."""
    pattern = {10: "%y%m%d%H%M", 12: "%y%m%d%H%M%S"}.get(len(told))
    try:
        return datetime.strptime(told, pattern).replace(tzinfo=UTC) if pattern else None
    except ValueError:
        return None
