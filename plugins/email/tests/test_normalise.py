"""A stored mail becomes what it means: content, or receipts for mails of ours."""

from __future__ import annotations

import pytest

from hub.api import Address, Malformed, Raw, Receipt, ReceiptState
from plugins.email.tests.site import Site, account, mail
from plugins.email.tests.test_bounce import DSN, QMAIL

SITE = Site([account()])
OURS = SITE.channel._ids.of(17, "demo.test")


def test_a_letter_becomes_one_message_with_everything_the_core_asks_for() -> None:
    raw = mail(
        "答复: 订单 [#4821-9035-6]",
        "谢谢\r\n\r\n> old",
        "References: <a@h>\r\nCc: Eve <eve@c.d>\r\nReply-To: desk@c.d\r\n",
    )
    found = SITE.inbound(raw)
    assert found.external_id == "m1@c.d"
    assert found.known_as == ("m1@c.d",)
    assert found.sender == Address("mailto", "bob@c.d", "Bob")
    assert found.reply_to == Address("mailto", "desk@c.d")
    assert (found.text, found.quoted) == ("谢谢", "> old")
    assert (found.thread, found.serials) == (("a@h",), ("482190356",))
    assert found.fields["subject"] == "答复: 订单 [#4821-9035-6]"
    assert found.fields["cc"] == ["Eve <eve@c.d>"]
    assert (found.language, found.automatic, found.profile) == ("zh", False, {"name": "Bob"})
    assert found.sent_at is not None
    assert found.sent_at.isoformat() == "2026-03-03T02:02:00+00:00"


def test_normalising_twice_gives_the_same() -> None:
    assert SITE.read(Raw(mail())) == SITE.read(Raw(mail()))


def test_a_copy_in_another_mailbox_has_the_same_id_and_hash() -> None:
    first = SITE.inbound(b"Delivered-To: support@demo.test\r\n" + mail())
    second = SITE.inbound(b"Delivered-To: sales@demo.test\r\nReceived: x\r\n" + mail())
    assert (first.external_id, first.content_hash) == (second.external_id, second.content_hash)


def test_a_reused_message_id_with_other_words_has_another_hash() -> None:
    assert SITE.inbound(mail(body="one")).content_hash != SITE.inbound(mail(body="two")).content_hash


def test_a_mail_without_a_message_id_is_named_by_its_content() -> None:
    raw = b"From: bob@c.d\r\nSubject: x\r\n\r\nhi\r\n"
    assert SITE.inbound(raw).external_id == SITE.inbound(raw).external_id != SITE.inbound(raw + b"!").external_id
    assert SITE.inbound(raw).external_id.startswith("sha256-")


def test_who_hides_the_from_line_is_known_by_the_envelope() -> None:
    found = SITE.inbound(Raw(b"Subject: x\r\n\r\nhi\r\n", {"from": "Bob@C.d"}))
    assert found.sender == Address("mailto", "bob@c.d")
    assert SITE.inbound(b"Subject: x\r\n\r\nhi\r\n").sender is None


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"\x00\xff\xfe", b"just words, no header"])
def test_what_is_no_mail_is_quarantined(body: bytes) -> None:
    with pytest.raises(Malformed):
        SITE.read(Raw(body))


def test_a_mail_that_could_not_be_fetched_is_quarantined_with_the_reason() -> None:
    with pytest.raises(Malformed, match="mail 1:5 could not be fetched"):
        SITE.read(Raw(b"", {"unreadable": "mail 1:5 could not be fetched"}))


def test_a_mail_too_large_to_fetch_shows_its_header_and_says_so() -> None:
    assert SITE.inbound(Raw(mail(), {"cut": 99_000_000})).fields["cut_bytes"] == 99_000_000


def dsn(action: bytes = b"failed", about: str = OURS) -> bytes:
    return DSN.replace(b"Action: failed", b"Action: " + action).replace(b"hub.17.aa@demo.test", about.encode())


def test_a_notification_about_our_mail_moves_its_delivery_and_opens_nothing() -> None:
    first, second = SITE.read(Raw(dsn()))
    assert first == Receipt(
        OURS, ReceiptState.FAILED, "5.1.1", "failed: smtp; 550 5.1.1 <bob@c.d>: User unknown", "bob@c.d"
    )
    assert isinstance(second, Receipt)
    assert (second.state, second.code) == (ReceiptState.SENT, "4.4.1")


def test_a_late_success_is_a_delivery() -> None:
    first = SITE.read(Raw(dsn(b"delivered")))[0]
    assert isinstance(first, Receipt)
    assert first.state is ReceiptState.DELIVERED


def test_a_bounce_in_prose_moves_its_delivery_too() -> None:
    (found,) = SITE.read(Raw(QMAIL.replace(b"hub.17.aa@demo.test", OURS.encode())))
    assert isinstance(found, Receipt)
    assert (found.refers_to, found.state, found.code, found.recipient) == (
        OURS,
        ReceiptState.FAILED,
        "5.1.1",
        "bob@c.d",
    )


def test_a_bounce_of_a_mail_that_is_not_ours_is_shown_but_automatic() -> None:
    found = SITE.inbound(dsn(about="hub.17.00000000000000000000@demo.test"))
    assert found.automatic
    assert found.fields["report"] == "bounce"


def test_a_bounce_that_a_customer_forwards_is_theirs_to_say() -> None:
    body = f"See:\r\n> Final-Recipient: RFC822; a@b.c\r\n> Action: failed\r\n> Message-ID: <{OURS}>\r\n"
    found = SITE.inbound(mail("Fwd: Returned mail: see transcript for details", body))
    assert not found.automatic


def test_a_holiday_reply_joins_its_thread_and_is_automatic() -> None:
    found = SITE.inbound(mail("自动回复: x", head=f"X-QQ-HolidayReply: true\r\nIn-Reply-To: <{OURS}>\r\n"))
    assert (found.automatic, found.thread) == (True, (OURS,))


def test_our_own_mail_come_back_joins_its_own_thread_and_starts_nothing() -> None:
    found = SITE.inbound(mail().replace(b"m1@c.d", OURS.encode()))
    assert (found.automatic, found.thread, found.fields["came_back"]) == (True, (OURS,), True)


def test_bulk_is_automatic_unless_the_address_is_itself_a_list() -> None:
    raw = mail(head="List-ID: <l.c.d>\r\n")
    assert SITE.inbound(raw).automatic
    assert not Site([account(lists_are_automatic=False)]).inbound(raw).automatic


def test_addresses_come_from_the_envelope_then_from_delivery_then_from_the_letter() -> None:
    raw = Raw(b"Delivered-To: x@demo.test\r\n" + mail(head="Cc: y@demo.test\r\n"))
    assert [address.value for address in SITE.channel.address(raw)] == [
        "x@demo.test",
        "support@demo.test",
        "y@demo.test",
    ]
    told = Raw(raw.body, {"to": ["z@demo.test"]})
    assert [address.value for address in SITE.channel.address(told)] == ["z@demo.test"]


def test_problems_are_told_with_the_message() -> None:
    raw = mail(head="Content-Type: text/plain; charset=nonsense\r\n", body="ä")
    assert SITE.inbound(raw).fields["problems"] == ["unknown charset 'nonsense'"]
