"""The kit's own tests: what the core relies on in every channel."""

from __future__ import annotations

from typing import Any

import smpp34

import plugins.sms
from hub.api import Account, Address, AnyAccount, Connection, Json, Outbound, Raw
from hub.testing import ChannelSuite, Requirements
from plugins.sms.settings import SmsAccount, SmsConnection, SmsSettings
from plugins.sms.smpp.settings import SmppSettings
from plugins.sms.text.segments import segments

CONNECTION = SmsConnection(kind="smpp", smpp=SmppSettings(host="127.0.0.1", port=1, system_id="x"))
WAY = Connection(7, "carrier", CONNECTION)
ACCOUNT: AnyAccount = Account(1, 7, "sms", "Texts", Address("tel", "10690001"), SmsAccount(), "en", WAY)
META: dict[str, Json] = {"kind": "smpp", "account": "10690001", "id": "abc.1", "at": "2026-03-03T10:02:00+08:00"}
RECEIPT = b"id:1A0 sub:001 dlvrd:001 done date:2601010001 stat:DELIVRD err:000 text:"
PIECE = segments("您好" * 50, 3)[1]


def delivered(octets: bytes, **fields: Any) -> Raw:
    """A deliver_sm as it is stored."""
    return Raw(smpp34.DeliverSm("8613800138000", "10690001", octets, source_addr_ton=1, **fields).encode(), META)


class TestSms(ChannelSuite):
    requirements = Requirements(
        plugin=plugins.sms,
        channel="sms",
        settings=SmsSettings(),
        account=ACCOUNT,
        examples=[
            delivered(b"Hello"),
            delivered("您好😀".encode("utf-16-be"), data_coding=8),
            delivered(PIECE.header + PIECE.octets, data_coding=8, esm_class=0x40),
            delivered(RECEIPT, esm_class=4),
        ],
        malformed=[Raw(b"", META), Raw(b"no packet", META), delivered(b"a receipt of nothing", esm_class=4)],
        connection=WAY,
        outbound=Outbound(1, 2, 3, Address("tel", "+8613800138000"), "Hello 你好"),
    )
