"""Whatever the bytes, reading them gives an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.api import Malformed, Raw
from plugins.email import charsets, headers
from plugins.email.bodies import letter
from plugins.email.bounce import report
from plugins.email.markup import clean, to_text
from plugins.email.parse import fingerprint, parse
from plugins.email.quoting import fold
from plugins.email.tests.site import Site, account
from plugins.email.tests.test_bounce import DSN
from plugins.email.tests.test_parse import MIXED

PIECES = [
    b"From: a@b.c\r\n",
    b"Subject: =?gb2312?B?xPq6w6Os?=\r\n",
    b"Content-Type: multipart/mixed; boundary=X\r\n",
    b"\r\n",
    b"--X\r\n",
    b"--X--\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/html; charset=\xff\r\n",
    b"<div class=gmail_quote>",
    b"Content-Transfer-Encoding: base64\r\n",
    b"=C4=E3",
    b"Content-Type: message/delivery-status\r\n",
    b"Action: failed\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=X\r\n",
    b"\x00\xff\xfe\n",
    b"> quoted\r\n",
    b"Content-Disposition: attachment; filename*0*=x''%ff; filename*1=y\r\n",
    b"Date: 99 Foo 0 99:99\r\n",
    b"begin 644 x\r\n#86)C\r\nend\r\n",
    b"Content-Type: text/plain; charset*=utf-8''idna\r\n",
    b"References: <a\x00\xff@b> <\r\n",
    b"Message-ID: <x\x00\xc3@y>\r\n",
    b"Content-Type: a\x00\xff/b\r\n",
    b"Content-Type: text/plain; charset=utf-7\r\n",
    b"+2AA-",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
]
SITE = Site([account()])


def read_everything(raw: bytes) -> None:
    mail = parse(raw)
    letter(mail)
    report(mail)
    fingerprint(raw)
    for name, value in mail.fields:
        headers.text(value), headers.mailboxes(value), headers.message_ids(value), headers.date(value)
        assert name == name.lower()
    with suppress(Malformed):
        for found in SITE.read(Raw(raw)):
            for text in strings(asdict(found)):
                assert "\x00" not in text
                text.encode()


def strings(value: object) -> Iterator[str]:
    """Every string within: databases refuse NUL and lone surrogates."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from strings(inner)


@given(raw=st.binary(max_size=2000))
@settings(max_examples=150)
def test_arbitrary_bytes(raw: bytes) -> None:
    read_everything(raw)


@pytest.mark.slow
@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=25))
@settings(max_examples=300)
def test_mails_put_together_from_broken_pieces(pieces: list[bytes]) -> None:
    read_everything(b"".join(pieces))


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=150)
def test_good_mails_with_damage(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([MIXED, DSN])))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_everything(bytes(raw))


@given(
    data=st.binary(max_size=300),
    label=st.text(max_size=20) | st.sampled_from(["utf-7", "hz", "iso-2022-jp", "utf-16", "mbcs"]),
)
def test_any_bytes_under_any_label_are_text(data: bytes, label: str) -> None:
    text, _ = charsets.decode(data, label)
    text.encode()


@given(text=st.text(max_size=500))
@example(text="在 2026年3月3日 写道：\n> x")
def test_folding_loses_no_line(text: str) -> None:
    folded = fold(text)
    parts = f"{folded.said}\n{folded.signature}\n{folded.quoted}"
    assert [line.strip() for line in parts.split("\n") if line.strip()] == [
        line.strip() for line in text.split("\n") if line.strip()
    ]


@given(html=st.text(alphabet="<>/abdivspcrt\"'= &;!-", max_size=200) | st.text(max_size=200))
def test_cleaned_html_is_stable_and_has_text(html: str) -> None:
    once = clean(html)
    assert "<script" not in once.lower()
    assert isinstance(to_text(once), str)
