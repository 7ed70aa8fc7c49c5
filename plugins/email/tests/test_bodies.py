"""Which part is the letter, and what its HTML may still do."""

from __future__ import annotations

import time

import pytest

from plugins.email.bodies import letter
from plugins.email.markup import clean, to_text
from plugins.email.parse import parse


def mail(*parts: bytes, subtype: bytes = b"mixed") -> bytes:
    head = b"From: a@b.c\r\nContent-Type: multipart/%s; boundary=X\r\n\r\n" % subtype
    return head + b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n"


PLAIN = b"Content-Type: text/plain\r\n\r\nplain words"
HTML = b'Content-Type: text/html; charset=utf-8\r\n\r\n<p>rich words <img src="cid:pic@1"></p>'
PICTURE = b"Content-Type: image/png\r\nContent-ID: <pic@1>\r\nContent-Disposition: inline\r\n\r\nPNG"


def test_alternative_gives_both_forms_and_no_attachment() -> None:
    said = letter(parse(mail(PLAIN, HTML, subtype=b"alternative")))
    assert (said.text, said.attachments) == ("plain words", ())
    assert "rich words" in said.html


def test_inline_pictures_stay_tied_to_their_place() -> None:
    said = letter(parse(mail(HTML, PICTURE, subtype=b"related")))
    assert 'src="cid:pic@1"' in said.html
    assert [part.content_id for part in said.attachments] == ["pic@1"]


def test_a_mail_of_html_alone_has_text_too() -> None:
    assert letter(parse(HTML)).text == "rich words"


def test_apple_mail_puts_pictures_between_texts_and_nothing_is_dropped() -> None:
    said = letter(parse(mail(PLAIN, PICTURE, b"Content-Type: text/plain\r\n\r\nmore words")))
    assert said.text == "plain words\nmore words"
    assert len(said.attachments) == 1


def test_text_and_html_side_by_side_are_both_in_both() -> None:
    said = letter(parse(mail(PLAIN, HTML)))
    assert said.text == "plain words\nrich words"
    assert "<pre>plain words</pre>" in said.html


def test_a_named_text_is_a_file() -> None:
    said = letter(parse(mail(PLAIN, b'Content-Type: text/plain; name="log.txt"\r\n\r\nlog lines')))
    assert said.text == "plain words"
    assert [part.name for part in said.attachments] == ["log.txt"]


def test_an_unknown_type_is_a_file() -> None:
    said = letter(parse(mail(PLAIN, b"Content-Type: x-strange/thing\r\n\r\nwhatever")))
    assert [(part.media_type, part.content) for part in said.attachments] == [("x-strange/thing", b"whatever")]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://evil.test"></iframe>',
        '<form action="https://evil.test"><input name=password></form>',
        '<div style="position:fixed;background:url(https://evil.test)">x</div>',
        '<style>body{background:url("https://evil.test")}</style>',
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        '<meta http-equiv=refresh content="0;url=https://evil.test">',
        '<base href="https://evil.test/">',
        '<div class="gmail_quote" onclick="alert(1)">x</div>',
    ],
)
def test_nothing_active_survives(attack: str) -> None:
    cleaned = clean(f"<p>before</p>{attack}<p>after</p>").lower()
    for word in (
        "<script",
        "onerror",
        "onload",
        "onclick",
        "javascript:",
        "<iframe",
        "<form",
        "evil.test",
        "<svg",
        "data:",
    ):
        assert word not in cleaned
    assert "before" in cleaned


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><blockquote>old words</blockquote></div>',
        '<blockquote type="cite">old words</blockquote>',
        '<div id="divRplyFwdMsg">old words</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm">old words</div>',
        "<div><includetail>old words</includetail></div>",
        "<div style='font-size: 12px'>------------------ 原始邮件 ------------------</div><div>old words</div>",
        '<div id="isReplyContent">old words</div>',
        '<div class="moz-cite-prefix">On 1/1/26 a wrote:</div><blockquote>old words</blockquote>',
    ],
)
def test_the_quotation_of_each_program_is_folded_in_html(quote: str) -> None:
    cleaned = clean(f"<div><p>new words</p>{quote}</div>")
    said, _, folded = cleaned.partition('<details class="quoted">')
    assert "new words" in said
    assert "old words" in folded
    assert "\n> old words" in to_text(cleaned)


def test_a_forwarded_mail_is_not_folded_away() -> None:
    assert "<details" not in clean('<div class="gmail_quote">the forwarded words</div>')


def test_html_nested_without_end_costs_no_time_and_keeps_its_words() -> None:
    """60,000 open elements took the sanitiser 22 seconds: its time grows with the square of the depth."""
    begun = time.process_time()
    cleaned = clean("<div>" * 60_000 + "deep &amp; <script>alert(1)</script>words")
    assert time.process_time() - begun < 3
    assert "<div" not in cleaned
    assert "<script" not in cleaned
    assert to_text(cleaned).split() == ["deep", "&", "alert(1)", "words"]


def test_text_from_html_keeps_lines_lists_and_entities() -> None:
    html = "<p>One&nbsp;&amp; two</p><ul><li>a</li><li>b</li></ul>x<br>y<pre>  kept\n  lines</pre>"
    assert to_text(clean(html)) == "One & two\n\n- a\n- b\nx\ny\n  kept\n  lines"
