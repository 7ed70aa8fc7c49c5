"""A transcript goes out through whatever account can mail, says what was said, and serves nobody as a cannon."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import Account, Address
from plugins.web_chat.settings import WebChatConnection
from plugins.web_chat.tests.conftest import Enter
from plugins.web_chat.tests.house import FakeSocket, House

POST = Address("mailto", "support@shop.test")
MAILBOX = Account(9, None, "post", "Support", POST, WebChatConnection())
ASKED = {"type": "transcript", "mailto": "wang@example.cn"}


@pytest.fixture
def mailing(house: House) -> House:
    house._accounts.append(MAILBOX)
    return house


async def talk(house: House, enter: Enter, *answers: str) -> FakeSocket:
    socket: FakeSocket = await enter(house)
    socket.say({"type": "message", "id": "a1", "text": "我的咖啡机坏了"})
    await socket.until(lambda: socket.shown)
    for text in answers:
        await house.answer(house.threads[0], text)
        await socket.until(lambda text=text: text in socket.shown)  # type: ignore[misc] # a lambda with a default
    socket.say(ASKED)
    return socket


async def test_it_goes_to_the_visitor_with_all_that_was_said(mailing: House, enter: Enter) -> None:
    socket = await talk(mailing, enter, "您好！", "请重启试试。")
    assert (await socket.hears("transcript"))["mailto"] == "wang@example.cn"
    (mail,) = mailing.contacts
    assert (mail.account, mail.to.value, mail.automatic) == (MAILBOX, "wang@example.cn", True)
    lines = [line for line in mail.content.text.splitlines() if line]
    assert lines[0] == mail.content.fields["subject"] == "Your conversation with shop"
    assert lines[2::2] == ["我的咖啡机坏了", "您好！", "请重启试试。"]
    assert lines[1].startswith("You, ")
    assert lines[3].startswith("Mei Lin, ")


async def test_nobody_is_mailed_what_no_agent_has_answered(mailing: House, enter: Enter) -> None:
    socket = await talk(mailing, enter)
    assert (await socket.hears("error"))["code"] == "NOT_ALLOWED"
    assert not mailing.contacts


async def test_it_is_not_sent_over_and_over(mailing: House, enter: Enter) -> None:
    socket = await talk(mailing, enter, "Hi")
    socket.say(*[ASKED] * 4)
    assert (await socket.hears("error"))["code"] == "RATE_LIMITED"
    assert len(mailing.contacts) == 3


async def test_a_site_without_a_mailbox_says_so(house: House, enter: Enter) -> None:
    socket = await talk(house, enter, "Hi")
    assert (await socket.hears("error"))["code"] == "NOT_ALLOWED"


@pytest.mark.slow
async def test_a_site_may_name_the_mailbox_or_have_none_of_it(open_house: Any, enter: Enter) -> None:
    for settings in ({"transcript_account": "post:other@shop.test"}, {"transcript": False}):
        house = await open_house(**settings)
        house._accounts.append(MAILBOX)
        socket = await talk(house, enter, "Hi")
        assert (await socket.hears("error"))["code"] == "NOT_ALLOWED"
        assert not house.contacts
