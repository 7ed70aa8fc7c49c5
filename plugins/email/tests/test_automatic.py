"""No machine is answered by a machine."""

from __future__ import annotations

import pytest

from plugins.email.automatic import Machine, machine, may_be_answered
from plugins.email.parse import Mail, parse


def mail(head: str = "", sender: str = "bob@c.d", subject: str = "Hello") -> Mail:
    return parse(f"From: {sender}\r\nSubject: {subject}\r\n{head}\r\n\r\nx".encode())


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: auto-notified; owner-email=x",
        "X-QQ-HolidayReply: true",
        "X-QQ-AUTO-REPLY: true",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "X-Apple-Action: VACATION",
        "Precedence: auto_reply",
    ],
)
def test_replies_of_machines_are_known(head: str) -> None:
    assert machine(mail(head)) is Machine.AUTOREPLY
    assert not may_be_answered(mail(head))


@pytest.mark.parametrize(
    "subject",
    [
        "自动回复:hello world",
        "自动回复: 订单",
        "Automatic reply: Order",
        "Out of Office: back soon",
        "来自a@b.c的自动回复 ",
    ],
)
def test_replies_of_machines_that_tell_only_by_subject(subject: str) -> None:
    assert machine(mail(subject=subject)) is Machine.AUTOREPLY


def test_a_person_answering_an_automatic_reply_is_a_person() -> None:
    assert machine(mail(subject="Re: Automatic reply: Order")) is Machine.PERSON


@pytest.mark.parametrize(
    "head", ["Precedence: bulk", "List-ID: <l.x>", "List-Unsubscribe: <mailto:a@b>", "Precedence: junk"]
)
def test_lists_and_bulk_are_known(head: str) -> None:
    assert machine(mail(head)) is Machine.BULK
    assert not may_be_answered(mail(head))


def test_the_null_return_path_is_never_answered() -> None:
    assert machine(mail("Return-Path: <>")) is Machine.GENERATED
    assert machine(mail(), envelope_sender="") is Machine.GENERATED
    assert not may_be_answered(mail(), envelope_sender="")


@pytest.mark.parametrize(
    "sender", ["no-reply@c.d", "MAILER-DAEMON@c.d", "postmaster@c.d", "donotreply@c.d", "bounces+x=y@c.d", ""]
)
def test_addresses_nobody_reads_are_never_answered(sender: str) -> None:
    assert not may_be_answered(mail(sender=sender))


@pytest.mark.parametrize(
    "head", ["Auto-Submitted: no", "X-Autoreply: no", "Precedence: normal", "X-Auto-Response-Suppress: None"]
)
def test_a_person_is_answered(head: str) -> None:
    assert machine(mail(head)) is Machine.PERSON
    assert may_be_answered(mail(head), envelope_sender="bob@c.d")


def test_who_asks_not_to_be_answered_is_not() -> None:
    assert not may_be_answered(mail("X-Auto-Response-Suppress: All"))
