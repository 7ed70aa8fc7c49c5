"""The kit's own tests: what the core relies on in every channel."""

from __future__ import annotations

import json

import plugins.sip
from hub.api import Account, Address, AnyAccount, CallChannel, Connection, Json, Outbound, Raw
from hub.testing import ChannelSuite, FakeContext, Requirements
from plugins.sip.channel import SipChannel
from plugins.sip.settings import SipAccount, SipConnection, SipSettings

NUMBER = "+861058880000"
ACCOUNT: AnyAccount = Account(1, 7, "sip", "Desk", Address("tel", NUMBER), SipAccount())
ABOUT: dict[str, Json] = {"account": NUMBER, "thread": "t1", "caller": "+8613800138000", "place": 1}
INVITE = (
    f"INVITE sip:{NUMBER}@hub SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
    'From: "王" <sip:13800138000@192.0.2.1>;tag=1\r\nTo: <sip:desk@hub>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n'
    "Diversion: <sip:400800@192.0.2.1>;reason=no-answer\r\nContent-Length: 0\r\n\r\n"
).encode()
SHOWN = '"王" <sip:13800138000@192.0.2.1>'.encode()
WITHHELD = INVITE.replace(SHOWN, b"<sip:anonymous@anonymous.invalid>")
FACT = {"state": "ENDED", "leg": "offer:3", "cause": "BUSY", "at": "2026-03-01T10:00:00+00:00"}


def raw(what: str, body: bytes, **more: Json) -> Raw:
    return Raw(body, {**ABOUT, "what": what, **more})


class TestSip(ChannelSuite):
    requirements = Requirements(
        plugin=plugins.sip,
        channel="sip",
        settings=SipSettings(port=0),
        account=ACCOUNT,
        examples=[
            raw("call", INVITE, called=NUMBER),
            raw("call", WITHHELD),
            raw("keys", json.dumps({"keys": "12#"}).encode()),
            raw("voicemail", b"RIFF....", seconds=3.5),
            raw("recording", b"RIFF....", seconds=60),
            raw("leg", json.dumps(FACT).encode()),
        ],
        malformed=[
            raw("call", b""), raw("call", b"SIP/2.0 200 OK\r\n\r\n"), raw("keys", b"[]"), raw("keys", b"{}"),
            raw("leg", b'{"state": "NONE"}'), raw("voicemail", b"no wav"), raw("dance", b""),
        ],
        connection=Connection(7, "trunk", SipConnection()),
        outbound=Outbound(1, 2, 3, Address("tel", "+8613800138000"), "Hello 你好", thread=("t1",)),
    )  # fmt: skip


def test_it_is_a_channel_of_calls() -> None:
    assert isinstance(SipChannel(FakeContext("sip", SipSettings())), CallChannel)
