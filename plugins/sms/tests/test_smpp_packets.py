"""What passes an SMSC's line, octet by octet: receipts in both styles, charsets, types of numbers, rubbish."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Malformed, ReceiptState, Rejected, SendError, Throttled, TooLarge
from plugins.sms.provider import Coding, Concatenated, Heard, Outgoing, Report
from plugins.sms.smpp import pdu, reading, statuses, writing
from plugins.sms.smpp.pdu import BadPacket
from plugins.sms.smpp.settings import Alphabet, SmppSettings
from plugins.sms.tests.test_contract import ACCOUNT
from plugins.sms.text.segments import segments

SETTINGS = SmppSettings(host="h", system_id="x")


def heard(octets: bytes, alphabet: str = "gsm7", **fields: Any) -> Heard:
    told = reading.news(smpp34.DeliverSm("8613800138000", "10690001", octets, **fields).encode(), alphabet)
    assert isinstance(told, Heard)
    return told


def report(text: bytes = b"", **fields: Any) -> Report:
    told = reading.news(smpp34.DeliverSm("861", "10690001", text, esm_class=4, **fields).encode(), "gsm7")
    assert isinstance(told, Report)
    return told


def test_a_receipt_is_read_in_either_style() -> None:
    by_words = report(b"id:1A0F sub:001 dlvrd:000 done date:2601010001 stat:UNDELIV err:045 text:id:9")
    assert (by_words.refers_to, by_words.state, by_words.code) == ("1A0F", ReceiptState.FAILED, "UNDELIV 045")
    assert by_words.at is not None
    by_tlv = report(tlvs=[smpp34.Tlv(0x1E, b"1A0F\0"), smpp34.Tlv(0x0427, b"\x02")])
    assert (by_tlv.refers_to, by_tlv.state, by_tlv.code) == ("1A0F", ReceiptState.DELIVERED, "DELIVRD")
    on_its_way = report(b"id:1 stat:ACCEPTD err:000")
    assert on_its_way.state is ReceiptState.SENT


def test_a_text_is_read_in_the_charset_it_says() -> None:
    assert heard(b"\x00\x1be", "gsm7").octets == b"\x00\x1be"
    assert heard(b"\xe9", "latin1").text == "é"
    assert heard(b"\xe9", "gsm7", data_coding=3).text == "é"
    assert heard(b"a", "gsm7", data_coding=0xF5).coding is Coding.OCTETS
    assert heard("好".encode("utf-16-be"), data_coding=8).coding is Coding.UCS2
    assert heard("д".encode("iso8859-5"), data_coding=6).text == "д"


def test_a_piece_is_told_by_parameters_and_a_long_text_stands_in_its_own() -> None:
    sar = [smpp34.Tlv(0x020C, b"\x01\x02"), smpp34.Tlv(0x020E, b"\x03"), smpp34.Tlv(0x020F, b"\x02")]
    assert heard(b"x", tlvs=sar).part == Concatenated(0x102, 1, 3)
    assert heard(b"x", tlvs=sar[:2]).part is None
    assert heard(b"", tlvs=[smpp34.Tlv(0x0424, b"y" * 300)]).octets == b"y" * 300


def test_an_international_sender_gets_its_plus_and_a_name_stays_one() -> None:
    assert heard(b"x", source_addr_ton=1).sender == "+8613800138000"
    assert heard(b"x", source_addr_ton=2).sender == "8613800138000"


@pytest.mark.parametrize(
    ("sender", "ton"), [("+8610690001", (1, 1)), ("10690001", (0, 0)), ("GARAGE", (5, 0))], ids=["e164", "code", "name"]
)
def test_what_we_say_is_what_another_reads(sender: str, ton: tuple[int, int]) -> None:
    for segment in segments("😀您好" * 40, 9):
        told = smpp34.decode(writing.submit(Outgoing(9, ACCOUNT, sender, "+8613800138000", segment), SETTINGS))
        assert isinstance(told, smpp34.SubmitSm)
        assert (told.source_addr_ton, told.source_addr_npi) == ton
        assert (told.destination_addr, told.dest_addr_ton) == ("8613800138000", 1)
        assert told.short_message == segment.header + segment.octets
        assert (told.esm_class, told.data_coding, told.registered_delivery) == (0x40, 8, 1)


def test_where_the_smscs_alphabet_is_latin_it_gets_that() -> None:
    settings = SETTINGS.model_copy(update={"default_alphabet": Alphabet.LATIN1, "validity_seconds": 90_061})
    (segment,) = segments("é", 1)
    told = smpp34.decode(writing.submit(Outgoing(1, ACCOUNT, "1", "+861", segment), settings))
    assert isinstance(told, smpp34.SubmitSm)
    assert told.short_message == b"\xe9"
    assert told.validity_period == "000001010101000R"
    (segment,) = segments("€", 1)
    with pytest.raises(ValueError, match="latin-1"):  # cut for another alphabet: `Smpp.narrow` has it cut for this one
        writing.submit(Outgoing(1, ACCOUNT, "1", "+861", segment), settings)


@given(octets=st.binary(max_size=80), spoilt=st.integers(4, 60), what=st.binary(min_size=1, max_size=4))
def test_rubbish_is_a_value_or_malformed(octets: bytes, spoilt: int, what: bytes) -> None:
    good = smpp34.DeliverSm("8613800138000", "1", octets[:60], tlvs=[smpp34.Tlv(0x1E, octets)], esm_class=4).encode()
    for packet in (octets, good[:spoilt] + what + good[spoilt + len(what) :]):
        with suppress(Malformed):
            assert isinstance(reading.news(packet, "gsm7"), Heard | Report)
        with suppress(BadPacket):
            assert pdu.packet(packet).octets == packet


@given(status=st.integers(1, 0xFFFFFFFF))
def test_every_status_is_an_error_of_the_contract(status: int) -> None:
    assert isinstance(statuses.refusal(status, "submit_sm"), SendError)


def test_the_statuses_that_matter_mean_what_they_say() -> None:
    assert type(statuses.refusal(0x58, "")) is type(statuses.refusal(0x14, "")) is Throttled
    assert type(statuses.refusal(0x0B, "")) is Rejected
    assert type(statuses.refusal(0x01, "")) is TooLarge
