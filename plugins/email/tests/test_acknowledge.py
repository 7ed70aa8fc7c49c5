"""A new mail is confirmed at most once a day and sender, to people only, and only where an account wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, select

import plugins.email
from hub.api import Address, Conversation, Outbound, Raw
from plugins.email.acknowledge import answers, claim, forget
from plugins.email.compose import Letterhead, compose
from plugins.email.headers import Mailbox
from plugins.email.tests.site import Site, account, mail

DAY = 86_400


def site(**settings: Any) -> Site:
    return Site([account(**{"acknowledge": True} | settings)])


def raw(body: bytes | None = None, sender: str = "bob@c.d") -> Raw:
    return Raw(mail() if body is None else body, {"to": ["support@demo.test"], "from": sender})


async def planned(hub: Site, what: Raw) -> int:
    await hub.channel.acknowledgements.consider(what)
    return len(hub.timers)


async def fire(hub: Site) -> None:
    """The timer is due, and the core has made an interaction of the mail."""
    payload = hub.timers[-1].payload
    found = Conversation(5, "QUEUED", str(payload["thread"]), "", 0, "482190356", ())
    hub.conversations[1, str(payload["thread"])] = found
    await hub.channel.acknowledgements.fire(payload)


async def test_a_person_gets_one_confirmation_with_the_serial() -> None:
    hub = site()
    assert await planned(hub, raw()) == 1
    await fire(hub)
    (contact,) = hub.contacts
    assert contact.to == Address("mailto", "bob@c.d", "Bob")
    assert (contact.automatic, contact.interaction_id) == (True, 5)
    assert "482190356" in contact.content.text.replace("-", "")
    assert contact.content.fields == {"subject": "Hello"}


async def test_a_chinese_mail_is_confirmed_in_chinese() -> None:
    hub = site(acknowledge_zh="收到：{serial}，{account}，{unknown}")
    await planned(hub, raw(mail("订单")))
    await fire(hub)
    assert hub.contacts[0].content.text == "收到：4821-9035-6，Demo，{unknown}"


async def test_the_second_mail_of_a_day_gets_none() -> None:
    hub = site()
    for number in range(3):
        await planned(hub, raw(mail(number=number)))
        await fire(hub)
    assert len(hub.contacts) == 1


async def test_it_waits_for_the_interaction() -> None:
    hub = site()
    await planned(hub, raw())
    with pytest.raises(LookupError):
        await hub.channel.acknowledgements.fire(hub.timers[0].payload)
    assert hub.contacts == []


@pytest.mark.parametrize(
    "what",
    [
        raw(mail(head="Auto-Submitted: auto-replied\r\n")),
        raw(mail(head="X-QQ-HolidayReply: true\r\n")),
        raw(mail(head="Precedence: bulk\r\n")),
        raw(mail(head="List-ID: <x>\r\n")),
        raw(sender=""),
        raw(mail(sender="no-reply@c.d")),
        raw(mail(sender="support@demo.test")),
        raw(b"Subject: nobody\r\n\r\nx"),
        raw(b""),
    ],
)
async def test_machines_lists_and_ourselves_get_none(what: Raw) -> None:
    assert await planned(site(), what) == 0


async def test_an_account_that_does_not_want_it_sends_none() -> None:
    assert await planned(site(acknowledge=False), raw()) == 0


def test_the_claim_is_one_statement_and_good_for_a_day() -> None:
    engine = create_engine("sqlite://")
    answers.metadata.create_all(engine)
    with engine.begin() as sql:
        assert claim(sql, "bob@c.d", 1000)
        assert not claim(sql, "bob@c.d", 1000 + DAY - 1)
        assert claim(sql, "eve@c.d", 1002)
        assert claim(sql, "bob@c.d", 1000 + DAY)
    engine.dispose()


async def test_two_hubs_do_not_keep_each_other_busy() -> None:
    """Our confirmation, delivered to another hub that also confirms: it is not confirmed."""
    notice = Outbound(
        1, 1, 1, Address("mailto", "support@demo.test"), "thank you", automatic=True, in_reply_to="m1@c.d"
    )
    envelope = compose(notice, Letterhead(Mailbox("desk@other.test")), "hub.1.x@other.test", datetime.now(UTC))
    assert await planned(site(), raw(envelope.body, "desk@other.test")) == 0


def test_who_is_erased_leaves_no_address_behind() -> None:
    engine = create_engine("sqlite://")
    answers.create(engine)
    with engine.begin() as sql:
        for address in ("Bob@C.d", "eve@c.d"):
            assert claim(sql, address, 1000)
        forget(sql, ["bob@c.d"])
        assert sql.execute(select(answers.c.address)).scalars().all() == ["eve@c.d"]
    engine.dispose()


async def test_the_hub_tells_of_who_was_erased() -> None:
    hub = site()
    await planned(hub, raw())
    await fire(hub)
    theirs = [Address("mailto", "bob@c.d"), Address("tel", "+8613900000000")]
    await plugins.email.hub_customer_erased(theirs, hub)
    assert await hub.store.read(lambda sql: sql.execute(select(answers)).all()) == []
