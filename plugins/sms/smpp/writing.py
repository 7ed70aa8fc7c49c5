"""A submission as a submit_sm."""

from __future__ import annotations

from typing import Final

import smpp34

from plugins.sms.provider import Coding, Outgoing
from plugins.sms.smpp.settings import Alphabet, SmppSettings

_HAS_HEADER: Final = 0x40
_LONGEST: Final = 254
_PAYLOAD: Final = 0x0424
_WANT_RECEIPT: Final = 1
_E164, _UNKNOWN, _NAME = (1, 1), (0, 0), (5, 0)
_DATA_CODING: Final = {Coding.GSM7: 0, Coding.UCS2: 8, Coding.OCTETS: 4}


def submit(outgoing: Outgoing, settings: SmppSettings) -> bytes:
    """The packet, its sequence number still to be set. ValueError for a text cut for another alphabet, or an address
    that has no room."""
    segment = outgoing.segment
    octets, data_coding = segment.octets, _DATA_CODING[segment.coding]
    if segment.coding is Coding.GSM7 and settings.default_alphabet is Alphabet.LATIN1:
        octets = segment.text.encode("latin-1")
    octets = segment.header + octets
    payload = [smpp34.Tlv(_PAYLOAD, octets)] if len(octets) > _LONGEST else []
    source, source_type = _address(outgoing.sender)
    to, to_type = _address(outgoing.to)
    return smpp34.SubmitSm(
        source,
        to,
        b"" if payload else octets,
        service_type=settings.service_type,
        source_addr_ton=source_type[0],
        source_addr_npi=source_type[1],
        dest_addr_ton=to_type[0],
        dest_addr_npi=to_type[1],
        esm_class=_HAS_HEADER if segment.header else 0,
        validity_period=_period(settings.validity_seconds),
        registered_delivery=_WANT_RECEIPT if outgoing.receipt else 0,
        data_coding=data_coding,
        tlvs=payload,
    ).encode()


def _address(number: str) -> tuple[str, tuple[int, int]]:
    """The address without its plus, and its type of number and plan (§5.2.5, §5.2.6)."""
    if number.startswith("+"):
        return number[1:], _E164
    return (number, _UNKNOWN) if number.isdecimal() else (number, _NAME)


def _period(seconds: int) -> str:
    """A relative time, YYMMDDhhmmss000R (§7.1.1.2); "" leaves it to the SMSC."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"0000{min(days, 30):02}{hours:02}{minutes:02}{rest:02}000R"
