"""RFC 4475: the verdict it asks for on each of its messages; and whatever bytes come, only `Unreadable`."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Request

from plugins.sip.tests.torture import TORTURE, Torture
from plugins.sip.wire.addresses import name_addr, split
from plugins.sip.wire.message import Message, Unreadable, encode, read, refusal, response, vias

pytestmark = pytest.mark.skipif(not TORTURE, reason="the shared corpora (../shared/corpus) are not here")
SERVED = frozenset(("INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS"))


@pytest.mark.parametrize("case", TORTURE, ids=lambda case: case.file)
def test_each_message_of_rfc_4475_gets_its_verdict(case: Torture) -> None:
    message = _read(case.data)
    if isinstance(message, Unreadable):
        assert case.may_be_refused and message.status in case.statuses, message.why
    else:
        assert case.may_be_read
        found = refusal(message, SERVED, frozenset()) if isinstance(message, Request) else None
        assert found is None or case.judged(found.status)


@given(st.sampled_from(TORTURE or [Torture("", b"", {})]), st.data())
def test_a_damaged_message_is_read_or_refused_and_never_more(case: Torture, data: st.DataObject) -> None:
    damaged = bytearray(case.data)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        if not damaged:
            return
    _look(bytes(damaged))


@given(st.binary(max_size=600))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    _look(data)


@given(st.binary(max_size=300))
def test_an_invite_with_arbitrary_headers_is_read_or_refused(data: bytes) -> None:
    head = b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
    _look(head + b"Call-ID: 1\r\nCSeq: 1 INVITE\r\n" + data + b"\r\n\r\n")


def _read(data: bytes) -> Message | Unreadable:
    try:
        return read(data)
    except Unreadable as refused:
        return refused


def _look(data: bytes) -> None:
    message = _read(data)
    if isinstance(message, Unreadable):
        if message.draft is not None:
            encode(response(message.draft, message.status, "No", tag="1"))
        return
    vias(message)
    if isinstance(message, Request):
        refusal(message, SERVED, frozenset())
        encode(response(message, 200, "OK", tag="1"))


def test_what_follows_the_body_of_a_datagram_is_cut_off() -> None:
    data = next(case.data for case in TORTURE if case.file == "TC_DBLREQ.dat")
    message = read(data)
    assert isinstance(message, Request)
    assert (message.method, message.body) == ("REGISTER", b"")


def test_a_list_is_split_outside_quotes_and_brackets() -> None:
    assert split('"a, b" <sip:x,y@h>;q=1, <sip:z@h>') == ['"a, b" <sip:x,y@h>;q=1', "<sip:z@h>"]


def test_parameters_outside_brackets_belong_to_the_header() -> None:
    address = name_addr("sip:caller@example.net;tag=x")
    assert (address.uri.user, address.parameters.get("tag")) == ("caller", "x")


def test_a_quoted_name_may_hold_quotes_and_chinese() -> None:
    assert name_addr(r'"王 \"Wang\"" <sip:w@h>').name == '王 "Wang"'


HEAD = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
TEDIOUS = [
    "Contact: <tel:" + "1" * 8000 + "!>",
    "Contact: <sip:" + "a." * 3900 + "!>",
    "Via: SIP/2.0/UDP h" + ';a="' * 1900,
    "Via: SIP/2.0/UDP " + "a-" * 3900 + "!",
    'Contact: "' + "\\" * 8001,
]


@pytest.mark.parametrize("header", TEDIOUS, ids=lambda header: header[:24])
def test_no_header_keeps_the_reader_busy(header: str) -> None:
    began = time.process_time()
    _look(f"{HEAD}Call-ID: 1\r\nCSeq: 1 INVITE\r\n{header}\r\n\r\n".encode())
    assert time.process_time() - began < 1
