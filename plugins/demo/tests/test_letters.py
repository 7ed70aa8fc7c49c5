"""Mails are written and read as mail programs do."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from plugins.demo import letters
from plugins.demo.letters import File

SENDER, SUPPORT = "wang.fang@customers.test", "support@demo.test"


def test_what_is_written_is_read() -> None:
    files = [File("发票.pdf", "application/pdf", b"%PDF-1.7"), File("note.txt", "text/plain", "雨".encode())]
    message = letters.write(SENDER, SUPPORT, "冰箱响", "您好\n\n很响。", files=files, name="王芳")
    letter = letters.read(message.as_bytes())
    assert (letter.sender, letter.sender_name, letter.to) == (SENDER, "王芳", SUPPORT)
    assert (letter.subject, letter.text.strip()) == ("冰箱响", "您好\n\n很响。")
    assert [(file.name, file.content) for file in letter.files] == [
        ("发票.pdf", b"%PDF-1.7"),
        ("note.txt", "雨".encode()),
    ]


def test_an_answer_stays_in_the_thread_and_quotes() -> None:
    first = letters.read(letters.write(SENDER, SUPPORT, "Fridge", "It hums.").as_bytes())
    second = letters.write(SENDER, SUPPORT, letters.reply_subject(first.subject), "Still.", answers=first)
    third = letters.write(SENDER, SUPPORT, "Re: Fridge", "And now?", answers=letters.read(second.as_bytes()))
    assert second["In-Reply-To"] == first.message_id
    assert str(third["References"]).split() == [first.message_id, str(second["Message-ID"])]
    assert f"<{SENDER}> wrote:\n> It hums." in second.get_content()  # a line that mail programs know, and fold away


@pytest.mark.parametrize("subject", ["Re: Fridge", "RE: Fridge", "回复：冰箱", "AW: Fridge"])
def test_re_stands_once(subject: str) -> None:
    assert letters.reply_subject(subject) == subject


def test_inline_pictures_are_put_into_the_page_and_are_no_attachments() -> None:
    message = EmailMessage()
    message["From"] = SUPPORT
    message.set_content("see")
    message.add_alternative('<img src="cid:logo@x">', subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(b"\x89PNG", "image", "png", cid="<logo@x>")
    letter = letters.read(message.as_bytes())
    assert "data:image/png;base64,iVBORw==" in letter.html.replace("\n", "")
    assert letter.files == ()


def test_a_subject_of_two_lines_cannot_add_a_header() -> None:
    message = letters.write(SENDER, SUPPORT, "Hello\r\nBcc: all@example.org", "x")
    assert message["Bcc"] is None
