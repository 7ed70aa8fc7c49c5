"""Reports about mails of ours are told from letters, and say which mail and which recipient."""

from __future__ import annotations

import pytest

from plugins.email.bounce import Kind, Outcome, report
from plugins.email.parse import parse

DSN = b"""Return-Path: <>\r
From: MAILER-DAEMON@mx.test (Mail Delivery System)\r
Subject: Undelivered Mail Returned to Sender\r
Content-Type: multipart/report; report-type=delivery-status; boundary=X\r
\r
--X\r
Content-Type: text/plain\r
\r
I'm sorry.\r
--X\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.test\r
\r
Original-Recipient: rfc822;Bob@c.d\r
Final-Recipient: rfc822; bob@forwarded.test\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 <bob@c.d>:\r
    User unknown\r
\r
Final-Recipient: rfc822; eve@c.d\r
Action: delayed\r
Status: 4.4.1 (connection refused)\r
--X\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <hub.17.aa@demo.test>\r
Subject: Your order\r
--X--\r
"""


def test_a_standard_notification_names_recipients_status_and_mail() -> None:
    found = report(parse(DSN))
    assert found.kind is Kind.BOUNCE
    assert found.original == "hub.17.aa@demo.test"
    assert found.outcomes == (
        Outcome("bob@c.d", "failed", "5.1.1", "smtp; 550 5.1.1 <bob@c.d>: User unknown"),
        Outcome("eve@c.d", "delayed", "4.4.1", "4.4.1 (connection refused)"),
    )


def plain(sender: str, subject: str, body: str, head: str = "") -> bytes:
    return (
        f"From: {sender}\r\nSubject: {subject}\r\n{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()
    )


QMAIL = plain(
    "MAILER-DAEMON@mx.test",
    "failure notice",
    "Hi. This is the qmail-send program at mx.test.\r\nI'm afraid I wasn't able to deliver your message.\r\n\r\n"
    "<bob@c.d>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 unknown user\r\n\r\n"
    "--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <s@demo.test>\r\n"
    "Message-ID: <hub.17.aa@demo.test>\r\nTo: bob@c.d\r\n\r\nhello\r\n",
)
QQ = plain(
    '"PostMaster@qq.com" <PostMaster@qq.com>',
    "=?utf-8?B?57O757uf6YCA5L+h?=",
    "抱歉，您的邮件被退回来了……\r\n原邮件信息：\r\n"
    "收件人：bob@qq.com\r\n退信原因：收件人不存在 550 Mailbox not found\r\n",
)
NETEASE = plain(
    "Postmaster@163.com", "系统退信/Systems bounce", "您发送的邮件无法投递\r\nbob@163.com : 550 User not found\r\n"
)
EXIM_DELAY = plain(
    "Mail Delivery System <Mailer-Daemon@mx.test>",
    "Warning: message 1abc delayed 24 hours",
    "This message was created automatically.\r\nThe message has not yet been delivered:\r\n\r\n"
    "  bob@c.d\r\n    421 try later\r\n",
)


@pytest.mark.parametrize(
    ("raw", "recipient", "action"),
    [
        (QMAIL, "bob@c.d", "failed"),
        (QQ, "bob@qq.com", "failed"),
        (NETEASE, "bob@163.com", "failed"),
        (EXIM_DELAY, "bob@c.d", "delayed"),
    ],
    ids=["qmail", "qq", "163", "exim-delay"],
)
def test_bounces_in_prose_are_read(raw: bytes, recipient: str, action: str) -> None:
    found = report(parse(raw))
    assert found.kind is Kind.BOUNCE
    assert [(outcome.recipient, outcome.action) for outcome in found.outcomes] == [(recipient, action)]


def test_the_returned_mail_is_named_by_its_copy() -> None:
    found = report(parse(QMAIL))
    assert found.original == "hub.17.aa@demo.test"
    assert found.outcomes[0].status == "5.1.1"


@pytest.mark.parametrize(
    "raw",
    [
        plain("bob@c.d", "My mail was returned", "I got: Undelivered Mail Returned to Sender. Why?"),
        plain("bob@c.d", "delivery failure of my washing machine", "it was not delivered to me"),
        plain("postmaster@c.d", "A question from the postmaster", "Do you sell postmasters?"),
        plain("bob@c.d", "退信", "请问为什么退信"),
    ],
)
def test_people_who_speak_of_bounces_are_people(raw: bytes) -> None:
    assert report(parse(raw)).kind is Kind.NOT_BOUNCE


def test_a_bounce_that_a_person_passed_on_is_marked_as_theirs() -> None:
    body = "Forward.\r\n> Final-Recipient: RFC822; a@b.c\r\n> Action: failed\r\n> Status: 5.1.1\r\n"
    found = report(parse(plain("bob@c.d", "Fwd: Returned mail: see transcript for details", body)))
    assert found.forwarded


def test_a_vacation_message_is_an_autoreply() -> None:
    raw = plain(
        "bob@c.d", "Away", "I am away", "Auto-Submitted: auto-replied\r\nIn-Reply-To: <hub.17.aa@demo.test>\r\n"
    )
    found = report(parse(raw))
    assert (found.kind, found.referred) == (Kind.AUTOREPLY, ("hub.17.aa@demo.test",))


def test_a_complaint_is_a_feedback_report() -> None:
    raw = (
        b"From: fbl@x.test\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=X\r\n\r\n"
        b"--X\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        b"--X\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <hub.17.aa@demo.test>\r\n\r\nhello\r\n--X--\r\n"
    )
    found = report(parse(raw))
    assert (found.kind, found.original) == (Kind.FEEDBACK_REPORT, "hub.17.aa@demo.test")
