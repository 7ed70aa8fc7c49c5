"""STUN keep-alives at the port of SIP: RFC 5769's own examples, and who gets an answer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.guard import Turned
from plugins.sip.tests.wire import Exchange
from plugins.sip.transport import stun

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")  # RFC 5769 §2
REQUEST = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + TRANSACTION


@pytest.mark.parametrize(
    ("host", "attribute"),
    [
        ("192.0.2.1", "0020 0008 0001 a147 e112a643"),  # §2.2
        ("2001:db8:1234:5678:11:2233:4455:6677", "0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9"),  # §2.3
    ],
)
def test_the_answer_is_that_of_the_standard_s_examples(host: str, attribute: str) -> None:
    answer = stun.answer(REQUEST, host, 32853)
    body = bytes.fromhex(attribute)
    assert answer == b"\x01\x01" + len(body).to_bytes(2) + b"\x21\x12\xa4\x42" + TRANSACTION + body


def test_what_must_be_understood_and_is_not_is_named() -> None:
    asked = bytes.fromhex("8022 0003 61626300 0024 0004 00000001 7f01 0000")  # SOFTWARE, PRIORITY (of ICE), unknown
    answer = stun.answer(REQUEST[:2] + len(asked).to_bytes(2) + REQUEST[4:] + asked, "192.0.2.1", 5060)
    assert answer is not None and answer[:2] == b"\x01\x11" and b"\x04\x14Unknown Attribute" in answer
    assert answer.endswith(bytes.fromhex("000a 0004 0024 7f01"))


@given(st.binary(max_size=100), st.integers(0, 65535))
def test_whatever_comes_is_answered_or_not_and_never_a_fault(body: bytes, port: int) -> None:
    datagram = REQUEST[:2] + len(body).to_bytes(2) + REQUEST[4:] + body
    answer = stun.answer(datagram, "::1", port)
    assert (answer is None) == bool(len(body) % 4)
    assert answer is None or stun.is_stun(answer)


async def test_a_phone_s_keep_alive_is_answered_and_a_stranger_s_is_not() -> None:
    exchange = Exchange("192.0.2.0/24")
    async with exchange.open() as far:
        far.say(REQUEST)
        assert await far.silent()
        assert exchange.guard.turned[Turned.UNREADABLE] == exchange.guard.turned[Turned.STRANGER] == 0
        exchange.guard.phones["127.0.0.1"] = math.inf
        far.say(REQUEST)
        assert await far.datagram() == stun.answer(REQUEST, "127.0.0.1", far.socket.getsockname()[1])
