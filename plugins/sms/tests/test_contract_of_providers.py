"""The kit's own tests again, with each kind of connection below the channel."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import plugins.sms
from hub.api import Address, AnyConnection, Json, Outbound, Raw
from hub.testing import ChannelSuite, Requirements
from plugins.sms.cmpp import pdu, report
from plugins.sms.cmpp.pdu import Version
from plugins.sms.settings import SmsSettings
from plugins.sms.tests.desk import account, connection

OURS, HANDSET = "10690001", "13800138000"
NOBODY = 1
"""A port at which nobody is."""


def requirements(way: AnyConnection, examples: list[Raw], malformed: list[Raw]) -> Requirements:
    return Requirements(
        plugin=plugins.sms,
        channel="sms",
        settings=SmsSettings(),
        account=account(OURS, way),
        examples=examples,
        malformed=malformed,
        connection=way,
        outbound=Outbound(1, 2, 3, Address("tel", f"+86{HANDSET}"), "Hello 你好"),
    )


def meta(kind: str, **more: Json) -> dict[str, Json]:
    return {"kind": kind, "account": OURS, "at": "2026-11-22T13:00:00+00:00", "method": "POST", **more}


def delivered(content: bytes, **fields: Any) -> Raw:
    told = pdu.Deliver(bytes(range(8)), OURS, HANDSET, content, **fields)
    return Raw(pdu.encode(told, 1, Version.V2_0), meta("cmpp", version=int(Version.V2_0)))


CMPP = connection("cmpp", {"host": "127.0.0.1", "port": NOBODY, "sp_id": "901234", "password": "x"})
REPORT = report.Report(bytes(8), "UNDELIV", "2611221304", "2611221305", HANDSET)


class TestCmpp(ChannelSuite):
    requirements = requirements(
        CMPP,
        [
            delivered("你好😀".encode("utf-16-be"), format=8),
            delivered("镕基".encode("gb18030"), format=15),
            delivered(b"\x05\x00\x03\x01\x02\x01part", udhi=1),
            delivered(report.report_content(REPORT, Version.V2_0), registered=1),
        ],
        [Raw(b"", meta("cmpp")), delivered(b"a short report", registered=1)],
    )


MODEM = connection("modem", {"device": "/nowhere/modem", "number": OURS})


class TestModem(ChannelSuite):
    requirements = requirements(
        MODEM,
        [
            Raw(b"07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37", meta("modem", to=OURS)),
            Raw(b'+CMGL: 1,"REC UNREAD","+8613800138000"\nplain', meta("modem", to=OURS, mode="text")),
        ],
        [Raw(b"zz", meta("modem", to=OURS)), Raw(b"+CMGL: 1\n", meta("modem", to=OURS, mode="text"))],
    )


TWILIO = connection("twilio", {"account_sid": "AC1", "auth_token": "x", "api_url": f"http://127.0.0.1:{NOBODY}"})
TEXT = {"MessageSid": "SM1", "From": "+8613800138000", "To": OURS, "Body": "你好"}


class TestTwilio(ChannelSuite):
    requirements = requirements(
        TWILIO,
        [
            Raw(urlencode(TEXT).encode(), meta("twilio", action="message")),
            Raw(b"MessageSid=SM1&MessageStatus=failed&ErrorCode=30003", meta("twilio", action="status")),
        ],
        [Raw(b"Body=x", meta("twilio", action="message")), Raw(b"{}", meta("twilio", action="media"))],
    )


HTTP = connection(
    "http",
    {
        "ask": {"url": f"http://127.0.0.1:{NOBODY}/", "form": {"to": "{to}", "text": "{text}"}},
        "heard": {"format": "json", "sender": "from", "text": "text", "id": "id", "networks": ["127.0.0.0/8"]},
        "reports": {"id": "id", "state": "state", "delivered": ["1"], "networks": ["127.0.0.0/8"]},
    },
)


class TestHttp(ChannelSuite):
    requirements = requirements(
        HTTP,
        [
            Raw('{"from": "13800138000", "text": "你好", "id": 7}'.encode(), meta("http", action="message")),
            Raw(b"id=7&state=2", meta("http", action="status")),
        ],
        [Raw(b"{}", meta("http", action="message")), Raw(b"", meta("http", action="status"))],
    )
