"""Text comes out readable whatever label, encoding or damage it has."""

from __future__ import annotations

import base64

import pytest

from plugins.email import charsets, headers

HAN = "您的账单，镕基 㐂 𠮷"


@pytest.mark.parametrize("label", ["gb2312", "GB2312", "gbk", "x-gbk", "gb18030", "cp936", '"gb2312"', "euc-cn"])
def test_every_chinese_label_is_read_as_gb18030(label: str) -> None:
    assert charsets.decode(HAN.encode("gb18030"), label) == (HAN, None)


def test_text_without_a_label_is_recognised() -> None:
    assert charsets.guess("信用卡账单".encode("gb18030")) == "信用卡账单"
    assert charsets.guess("信用卡账单".encode()) == "信用卡账单"
    assert charsets.guess("Müller grüßt aus Köln".encode("cp1252")) == "Müller grüßt aus Köln"


def test_a_wrong_label_does_not_turn_the_text_into_noise() -> None:
    assert charsets.decode("账单 und Größe".encode(), "us-ascii") == ("账单 und Größe", None)
    text, problem = charsets.decode("账单".encode("gb18030"), "utf-8")
    assert text == "账单"
    assert problem == "text is not valid 'utf-8'"


def test_a_single_bad_byte_costs_one_character() -> None:
    text, problem = charsets.decode("一二三四五六七八九十".encode()[:-1], "utf-8")
    assert text == "一二三四五六七八九\ufffd"
    assert problem


@pytest.mark.parametrize(
    "label", ["punycode", "idna", "unicode_escape", "undefined", "hex", "rot13", "no-such", "a\x00b"]
)
def test_codecs_that_are_no_charsets_are_refused(label: str) -> None:
    text, problem = charsets.decode(b"plain \\x41", label)
    assert text == "plain \\x41"
    assert problem is not None


def test_western_labels_are_read_as_windows_1252() -> None:
    assert charsets.decode(b"\x93quoted\x94 \x80 5", "iso-8859-1")[0] == "“quoted” € 5"


def word(text: bytes, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text).decode()}?="


def test_a_character_cut_in_two_by_encoded_words_is_whole() -> None:
    data = "退款申请".encode("gb18030")
    assert headers.text(f"{word(data[:3], 'gb2312')}\r\n {word(data[3:], 'gb2312')}") == "退款申请"


def test_white_space_counts_between_words_and_text_but_not_between_words() -> None:
    assert headers.text(f"Re: {word(b'a', 'utf-8')} {word(b'b', 'utf-8')} c") == "Re: ab c"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("=?utf-8?Q?a_=E4=B8=AD?=", "a 中"),
        ("=?utf-8?Q?Nr. 5?=", "Nr. 5"),
        ("=?utf-8*zh?B?5Lit?=", "中"),
        ("=?utf-8?B?5Lit", "=?utf-8?B?5Lit"),
        ("=?nonsense?B?5Lit?=", "中"),
        ("=?utf-8?B?5L!i t?=", "中"),
        ("two\r\n lines\tand a tab", "two lines\tand a tab"),
        ("bell\x07 and \u202eoverride", "bell  and  override"),
    ],
)
def test_encoded_words_in_any_state(raw: str, said: str) -> None:
    assert headers.text(raw) == said


def test_eight_bit_headers_nobody_labelled() -> None:
    assert headers.text("账单".encode("gb18030").decode("ascii", "surrogateescape")) == "账单"
    assert headers.text("账单".encode().decode("ascii", "surrogateescape")) == "账单"


@pytest.mark.parametrize(
    ("raw", "addresses"),
    [
        ('"Wang, Li" <Li.Wang@Example.COM>, b@c.d', ["li.wang@example.com", "b@c.d"]),
        ('"=?gb18030?B?zNrRtg==?=" <c@qq.com>', ["c@qq.com"]),
        ("support@demo.test (Help Desk)", ["support@demo.test"]),
        ("undisclosed-recipients:;", []),
        ("<a@b.c", ["a@b.c"]),
        ("a@b.c; d@e.f", ["a@b.c", "d@e.f"]),
        ("a@b.c, A@B.C", ["a@b.c"]),
        ("", []),
    ],
)
def test_addresses_in_any_state(raw: str, addresses: list[str]) -> None:
    assert [box.address for box in headers.mailboxes(raw)] == addresses


def test_display_names_are_decoded_after_the_address_is_found() -> None:
    comma = base64.b64encode("王, 经理 <evil@x.y>".encode()).decode()
    assert headers.mailboxes(f"=?utf-8?B?{comma}?= <real@b.c>") == (headers.Mailbox("real@b.c", "王, 经理 <evil@x.y>"),)


def test_message_ids_with_and_without_brackets() -> None:
    assert headers.message_ids("<a@b>\r\n <c@d> <a@b>") == ("a@b", "c@d")
    assert headers.message_ids("a@b c@d") == ("a@b", "c@d")
    assert headers.message_ids("none here") == ()


def test_dates_are_utc_or_nothing() -> None:
    found = headers.date("Wed, 20 May 2020 15:49:07 +0800")
    assert found is not None
    assert found.isoformat() == "2020-05-20T07:49:07+00:00"
    assert headers.date("Thu, 29 Apr 99999 23:34:45 +0000") is None
    assert headers.date("yesterday") is None
