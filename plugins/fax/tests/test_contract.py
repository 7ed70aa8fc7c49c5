"""The kit's own tests: what the core relies on in every channel."""

from __future__ import annotations

import json

import plugins.fax
from hub.api import Account, Address, AnyAccount, Attachment, Connection, Json, Outbound, Raw, TakesCalls
from hub.testing import ChannelSuite, FakeContext, Requirements
from plugins.fax.channel import FaxChannel
from plugins.fax.envelope import packed
from plugins.fax.settings import FaxAccount, FaxConnection, FaxSettings

NUMBER = "+861058880001"
ACCOUNT: AnyAccount = Account(1, 7, "fax", "Orders", Address("tel", NUMBER), FaxAccount())
PAGES = [Attachment("fax.pdf", "application/pdf", b"%PDF"), Attachment("page-001.png", "image/png", b"P", inline=True)]
FACTS: dict[str, Json] = {
    "id": "a1", "caller": "+8613800138000", "station": "DEALER 7", "at": "2026-03-01T10:00:00+00:00",
    "text": "Bestellung", "queue": "orders", "serial": "482190356", "fields": {"pages": 1, "partial": False},
}  # fmt: skip
RECEIPT = {"refers_to": "fax-3", "state": "FAILED", "code": "BUSY", "detail": "", "at": "2026-03-01T10:00:00+00:00"}


def raw(what: str, body: bytes, **more: Json) -> Raw:
    return Raw(body, {"what": what, "account": NUMBER, **more})


class TestFax(ChannelSuite):
    requirements = Requirements(
        plugin=plugins.fax,
        channel="fax",
        settings=FaxSettings(),
        account=ACCOUNT,
        examples=[
            raw("fax", packed(PAGES), **FACTS),
            raw("fax", packed(PAGES), **{**FACTS, "caller": ""}),
            raw("receipt", json.dumps(RECEIPT).encode()),
        ],
        malformed=[
            raw("fax", b""), raw("fax", packed([])), raw("fax", packed(PAGES)[:-1]), raw("receipt", b"{}"),
            raw("receipt", b'{"state": "NONE"}'), raw("dance", b""),
        ],
        connection=Connection(7, "trunk", FaxConnection()),
        outbound=Outbound(1, 2, 3, Address("tel", "+8613800138000"), "Hello 你好"),
    )  # fmt: skip


def test_it_takes_calls() -> None:
    assert isinstance(FaxChannel(FakeContext("fax", FaxSettings())), TakesCalls)
