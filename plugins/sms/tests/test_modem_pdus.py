"""Texts as a modem has them: known PDUs from the air, and nothing that arrives can hurt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sms.modem import septets, tpdu
from plugins.sms.modem.octets import BadTpdu, as_address, as_name, as_time_stamp
from plugins.sms.modem.tpdu import Alphabets, Deliver, StatusReport, Submit


def ascii_of(octets: bytes) -> str:
    """Enough of the GSM alphabet for these tests."""
    return octets.decode("ascii", "replace")


def test_a_text_of_the_textbooks_is_read() -> None:
    """“hellohello” of 27838890001, the PDU that every description of the format uses."""
    line = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
    found = tpdu.read(line, ascii_of)
    assert isinstance(found, Deliver)
    assert (found.sender, found.data, found.centre) == ("27838890001", b"hellohello", "+27381000015")
    assert found.at == datetime(2099, 3, 29, 13, 16, 59, tzinfo=UTC), "two hours east of Greenwich"


def test_a_text_of_the_textbooks_is_written() -> None:
    length, line = tpdu.as_line(Submit("+46708251358", Alphabets.GSM, b"hellohello", report=False))
    assert line == "0001000B916407281553F800000AE8329BFD4697D9EC37"
    assert length == len(line) // 2 - 1


def test_a_long_text_keeps_its_header() -> None:
    header = bytes.fromhex("0500034E0201")
    octets = b"\x44" + _sender() + b"\0\0" + as_time_stamp(datetime(2026, 11, 22, tzinfo=UTC))
    octets += tpdu.user_data(Alphabets.GSM, b"x" * 153, header)
    found = tpdu.read("00" + octets.hex(), ascii_of)
    assert isinstance(found, Deliver) and (found.header, found.data) == (header, b"x" * 153)


def test_a_name_may_be_the_sender() -> None:
    octets = (
        b"\x04" + as_name(b"ACME") + bytes(2) + bytes(7) + tpdu.user_data(Alphabets.UCS2, "您".encode("utf-16-be"), b"")
    )
    octets = octets.replace(bytes(2) + bytes(7), b"\0\x08" + bytes(7), 1)
    found = tpdu.read("00" + octets.hex(), ascii_of)
    assert isinstance(found, Deliver)
    assert (found.sender, found.alphabet, found.data) == ("ACME", Alphabets.UCS2, "您".encode("utf-16-be"))
    assert found.at is None, "a service centre without a clock"


def test_a_report_says_which_text_and_what_became_of_it() -> None:
    stamp = as_time_stamp(datetime(2026, 11, 22, 13, 4, tzinfo=UTC))
    found = tpdu.read("00" + (b"\x06\x2a" + as_address("+8613800138000") + stamp + stamp + b"\x46").hex(), ascii_of)
    assert found == StatusReport(42, "+8613800138000", 0x46, datetime(2026, 11, 22, 13, 4, tzinfo=UTC))


@given(st.lists(st.integers(0, 127), max_size=153), st.integers(0, 7))
def test_septets_are_packed_and_unpacked(values: list[int], header: int) -> None:
    head, data = bytes(range(header)), bytes(values)
    packed = septets.pack(data, head)
    assert packed[:header] == head and septets.unpack(packed, len(data), header) == data


@given(st.binary(max_size=200))
def test_whatever_a_modem_says_is_a_tpdu_or_none(octets: bytes) -> None:
    for line in (octets.hex(), "00" + octets.hex(), octets.decode("latin-1")):
        try:
            tpdu.read(line, ascii_of)
        except BadTpdu:
            continue


@pytest.mark.parametrize("number", ["alice", "+86 138", "１３８"])
def test_what_is_no_number_is_not_dialled(number: str) -> None:
    with pytest.raises(BadTpdu):
        as_address(number)


def _sender() -> bytes:
    return as_address("+8613800138000")
