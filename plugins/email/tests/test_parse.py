"""The MIME tree of good, damaged and hostile mails."""

from __future__ import annotations

import time

from plugins.email.bodies import letter
from plugins.email.limits import Limits
from plugins.email.parse import fingerprint, parse

MIXED = b"""From: a@b.c\r
Subject: s\r
Content-Type: multipart/mixed; boundary=X\r
\r
--X\r
Content-Type: text/plain; charset=gb2312\r
Content-Transfer-Encoding: base64\r
\r
xPq6w6OsztLU2jIwMjTE6r+0tb3By8nnx/i1xL+q1LTP7sS/\r
--X\r
Content-Type: application/pdf; name="=?gb18030?B?sai82y5wZGY=?="\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0x\r
--X--\r
"""


def test_text_and_attachment_of_a_chinese_mail() -> None:
    said = letter(parse(MIXED))
    assert said.text == "您好，我在2024年看到了社区的开源项目"
    assert [(part.name, part.content) for part in said.attachments] == [("报价.pdf", b"%PDF-1")]


def test_a_boundary_that_never_comes_leaves_readable_text() -> None:
    mail = parse(b"Subject: s\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\nWords.\r\n")
    assert letter(mail).text == "Words."
    assert "StartBoundaryNotFoundDefect" in mail.problems


def test_damaged_base64_gives_what_is_left_of_it() -> None:
    raw = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVs!bG8=d29ybGQ=\r\n"
    mail = parse(raw)
    assert mail.leaves()[0].content == b"Helloworld"
    assert mail.problems == ("damaged base64",)


def test_an_enclosed_mail_is_an_attachment_byte_for_byte() -> None:
    inner = b"Subject: inner\r\nX-Odd:  two  spaces\r\n\r\nbody\r\n"
    raw = (
        b"Content-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--X--\r\n"
    )
    (part,) = parse(raw).leaves()
    assert part.content.rstrip() == inner.rstrip()
    assert part.name == "attachment-1.eml"


def test_an_enclosed_mail_in_forbidden_base64_is_decoded() -> None:
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQpoaQ==\r\n"
    assert parse(raw).leaves()[0].content == b"Subject: x\r\n\r\nhi"


def test_eight_bit_file_names_survive() -> None:
    raw = (
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="'
        + "报价.pdf".encode("gb18030")
        + b'"\r\n\r\nx'
    )
    assert parse(raw).leaves()[0].name == "报价.pdf"


def nested(depth: int) -> bytes:
    raw = b""
    for level in range(depth):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return b"Subject: deep\r\n" + raw + b"Content-Type: text/plain\r\n\r\nbottom\r\n"


def test_nesting_beyond_the_limit_keeps_the_whole_as_a_file() -> None:
    mail = parse(nested(30), Limits(depth=10))
    assert mail.header("subject") == "deep"
    assert "nested deeper than 10" in mail.problems
    assert b"bottom" in mail.leaves()[0].content


def test_a_nesting_bomb_costs_no_recursion() -> None:
    raw = nested(5000)
    mail = parse(raw)
    assert mail.header("subject") == "deep"
    assert mail.leaves()[0].content == raw
    assert mail.leaves()[0].name == "original.eml"


def test_a_bomb_of_parts_is_not_taken_apart() -> None:
    raw = b"Subject: bomb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 200_000
    begun = time.process_time()
    mail = parse(raw)
    assert time.process_time() - begun < 1
    assert [part.name for part in mail.leaves()] == ["original.eml"]
    assert mail.problems == ("more than 500 parts",)


def test_an_endless_header_is_cut() -> None:
    raw = b"Subject: long\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nbody"
    mail = parse(raw)
    assert mail.header("subject") == "long"
    assert mail.leaves()[0].content == raw


def test_one_mail_by_two_ways_has_one_fingerprint() -> None:
    first = b"Received: from x\r\nDelivered-To: support@demo.test\r\n" + MIXED
    second = b"Received: from y\r\n by z\r\nDelivered-To: sales@demo.test\r\n" + MIXED.replace(b"\r\n", b"\n")
    assert fingerprint(first) == fingerprint(second)


def test_a_reused_message_id_with_other_words_has_another_fingerprint() -> None:
    assert fingerprint(b"Message-ID: <a@b>\r\n\r\none") != fingerprint(b"Message-ID: <a@b>\r\n\r\ntwo")


def test_mbox_style_and_bare_line_ends_are_read() -> None:
    mail = parse(b"From MAILER-DAEMON  Sat Oct  4 08:00:09 2025\nSubject: x\n\nbody\n")
    assert mail.header("subject") == "x"
    assert letter(mail).text == "body"


def test_problems_are_told_once() -> None:
    part = b"--X\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\r\n"
    mail = parse(b"Content-Type: multipart/mixed; boundary=X\r\n\r\n" + part * 3 + b"--X--\r\n")
    assert mail.problems == ("unknown charset 'nonsense'",)
