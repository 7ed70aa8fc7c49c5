"""Our own channel is held to the contract by the same suite as a stranger's."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

import plugins.web_chat
from hub.api import Address, Inbound, Json, MessageKind, Outbound, Raw, Receipt, ReceiptState, Rejected, Unsupported
from hub.testing import ChannelSuite, FakeContext, Requirements
from plugins.web_chat.channel import WebChat
from plugins.web_chat.tests.house import account
from plugins.web_chat.visitors import Visitor, Visitors

SHOP = account(form=[{"kind": "text", "key": "order"}])
CONTEXT = FakeContext("web_chat", accounts=[SHOP])
VISITORS = Visitors(CONTEXT.key("visitors"))
VISITOR = Visitor("v1", 1)
TOKEN = VISITORS.token(VISITOR)


def raw(frame: dict[str, Any] | bytes, **meta: Json) -> Raw:
    body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    return Raw(body, {"account": "shop", "token": TOKEN, "client": "192.0.2.7", **meta})


SAY = {"type": "message", "id": "a1", "text": "你好", "answers": {"order": "7", "name": "Wang"}, "language": "zh"}
RATING = {"type": "rating", "id": "r1", "stars": 4, "comment": "gut"}
OUTBOUND = Outbound(1, 2, 3, Address("visitor", "v1"), "Hello", thread=("visitor:v1",))
READ = {"type": "receipt", "state": "READ", "ids": ["m4", "m5"]}


class TestContract(ChannelSuite):
    requirements: ClassVar[Requirements] = Requirements(
        plugin=plugins.web_chat,
        channel="web_chat",
        account=SHOP,
        examples=[
            raw(SAY),
            raw(RATING),
            raw(READ),
            raw({**SAY, "type": "leave"}),
            raw(b"%PDF", file="a.pdf", id="f1", media_type="application/pdf"),
        ],
        forged=[raw(SAY, token="x"), raw(SAY, token=VISITORS.token(Visitor("v1", 2)))],
        malformed=[raw(b"{"), raw({"type": "ping"})],
        outbound=OUTBOUND,
    )


def channel() -> WebChat:
    return WebChat(CONTEXT, VISITORS)


def only(given: Raw) -> Inbound:
    (item,) = channel().normalise(SHOP, given)
    assert isinstance(item, Inbound)
    return item


def test_a_message_says_who_and_where_and_what_they_said_of_themself() -> None:
    item = only(raw({**SAY, "page": {"url": "https://shop.test/x", "title": "X"}, "choice": "1"}))
    assert (item.external_id, item.text, item.thread) == ("v1:a1", "你好", ("visitor:v1",))
    assert item.sender == Address("visitor", "v1", "Wang")
    assert item.profile == {"order": "7", "name": "Wang"}
    assert item.fields == {"choice": "1", "page": "https://shop.test/x", "page_title": "X"}
    assert item.language == "zh"


def test_a_message_left_outside_hours_asks_for_a_ticket() -> None:
    assert only(raw({**SAY, "type": "leave"})).fields == {"opens_ticket": True}


def test_one_visitor_cannot_take_the_ids_of_another() -> None:
    other = raw(SAY, token=VISITORS.token(Visitor("v2", 1)))
    assert only(raw(SAY)).external_id != only(other).external_id


def test_a_rating_is_a_message_of_its_own_kind() -> None:
    item = only(raw(RATING))
    assert (item.kind, item.fields, item.text) == (MessageKind.RATING, {"stars": 4}, "gut")


def test_one_frame_of_receipts_moves_several_deliveries() -> None:
    read = ReceiptState.READ
    assert channel().normalise(SHOP, raw(READ)) == [Receipt("m4", read), Receipt("m5", read)]


def test_a_file_is_a_message_with_that_file() -> None:
    item = only(raw(b"%PDF", file="a.pdf", id="f1", media_type="application/pdf"))
    assert [(file.name, file.media_type, file.content) for file in item.attachments] == [
        ("a.pdf", "application/pdf", b"%PDF")
    ]


async def test_sending_wakes_the_visitors_node_and_names_the_message() -> None:
    async with CONTEXT.subscribe("news") as news:
        sent = await channel().send(None, SHOP, OUTBOUND)
        assert await anext(news) == {"thread": "visitor:v1"}
    assert sent.external_id == "m2"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"kind": "CARD", "fields": {"url": "javascript:alert(1)"}}, Rejected),
        ({"html": "<b>x</b>", "text": ""}, Unsupported),
    ],
)
async def test_what_no_widget_can_show_is_not_sent(values: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        await channel().send(None, SHOP, Outbound(1, 2, 3, Address("visitor", "v1"), **values))
