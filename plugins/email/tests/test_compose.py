"""What goes out is a correct mail, and no typed word can become a header."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Address, Attachment, Outbound, Rejected
from plugins.email.bodies import letter
from plugins.email.compose import Envelope, Letterhead, compose
from plugins.email.headers import Mailbox
from plugins.email.parse import Mail, parse

AT = datetime(2026, 3, 3, 10, 2, tzinfo=UTC)
HEAD = Letterhead(Mailbox("support@demo.test", "Demo 支持"), "Ann Lee\nDemo")
PLAIN = Outbound(17, 1, 1, Address("mailto", "bob@c.d", "Bob"), text="Hello Bob", subject="Order")


def sent(message: Outbound, head: Letterhead = HEAD) -> tuple[Envelope, Mail]:
    envelope = compose(message, head, "hub.17.aa@demo.test", AT)
    return envelope, parse(envelope.body)


def test_a_plain_reply_is_threaded_signed_and_carries_its_serial() -> None:
    answer = replace(PLAIN, in_reply_to="new@c", references=("new@c", "old@c"), serial="482190356")
    envelope, mail = sent(answer)
    assert mail.header("subject") == "Re: Order [#4821-9035-6]"
    assert mail.message_ids("message-id") == ("hub.17.aa@demo.test",)
    assert mail.message_ids("in-reply-to") == ("new@c",)
    assert mail.message_ids("references") == ("old@c", "new@c")
    assert letter(mail).text == "Hello Bob\n\n-- \nAnn Lee\nDemo"
    assert mail.mailboxes("from") == (Mailbox("support@demo.test", "Demo 支持"),)
    assert (envelope.sender, envelope.recipients) == ("support@demo.test", ("bob@c.d",))
    assert mail.problems == ()


@pytest.mark.parametrize("subject", ["Re: Order [#4821-9035-6]", "答复: Order [#4821-9035-6]"])
def test_prefix_and_serial_are_not_heaped_up(subject: str) -> None:
    _, mail = sent(replace(PLAIN, subject=subject, in_reply_to="a@b", serial="4821-9035-6"))
    assert mail.header("subject") == subject


def test_html_inline_pictures_and_files_come_back_as_they_went() -> None:
    files = (
        Attachment("报价 单.pdf", "application/pdf", b"%PDF" * 1000),
        Attachment("pic.png", "image/png", b"\x89PNG", "pic@1", inline=True),
        Attachment("mail.eml", "message/rfc822", b"Subject: x\n\nbare\n"),
    )
    _, mail = sent(replace(PLAIN, html='<p>Hello <img src="cid:pic@1"></p>', attachments=files))
    said = letter(mail)
    assert 'src="cid:pic@1"' in said.html
    assert {(part.name, part.content) for part in said.attachments} == {(file.name, file.content) for file in files}


def test_bcc_is_in_the_envelope_only() -> None:
    envelope, mail = sent(replace(PLAIN, fields={"cc": ["Cy <cy@c.d>", "bob@c.d"], "bcc": "secret@x.y"}))
    assert envelope.recipients == ("bob@c.d", "cy@c.d", "secret@x.y")
    assert [box.address for box in mail.mailboxes("cc")] == ["cy@c.d"]
    assert b"secret" not in envelope.body


def test_a_subject_an_agent_typed_wins() -> None:
    assert sent(replace(PLAIN, fields={"subject": "Other"}))[1].header("subject") == "Other"


def test_what_no_person_wrote_says_so_and_is_not_signed() -> None:
    _, mail = sent(replace(PLAIN, automatic=True, in_reply_to="a@b"))
    assert mail.header("auto-submitted") == "auto-replied"
    assert mail.header("x-auto-response-suppress") == "All"
    assert letter(mail).text == "Hello Bob"
    assert sent(replace(PLAIN, automatic=True))[1].header("auto-submitted") == "auto-generated"
    assert sent(PLAIN)[1].header("auto-submitted") == ""


def test_an_answer_to_something_without_a_message_id_refers_to_nothing() -> None:
    _, mail = sent(replace(PLAIN, in_reply_to="sha256-abc", references=("sha256-abc",)))
    assert mail.raw_header("in-reply-to") == mail.raw_header("references") == ""


def test_long_chains_keep_root_and_newest() -> None:
    _, mail = sent(replace(PLAIN, in_reply_to="0@h", references=tuple(f"{index}@h" for index in range(90))))
    found = mail.message_ids("references")
    assert (found[0], found[-1], len(found)) == ("89@h", "0@h", 20)


@pytest.mark.parametrize("address", ["bob", "bob@c.d\r\nRCPT TO:<e@v.il>", "a b@c.d", "<a@b>@c.d", "", "a@b,c@d"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected):
        compose(replace(PLAIN, to=Address("mailto", address)), HEAD, "x@y", AT)


def test_a_cc_that_is_no_address_is_refused() -> None:
    with pytest.raises(Rejected):
        sent(replace(PLAIN, fields={"cc": "nobody"}))


def test_international_addresses_ask_for_smtputf8_domains_do_not() -> None:
    assert sent(replace(PLAIN, to=Address("mailto", "张三@例子.测试")))[0].utf8
    envelope = sent(replace(PLAIN, to=Address("mailto", "bob@例子.测试")))[0]
    assert (envelope.utf8, envelope.recipients) == (False, ("bob@xn--fsqu00a.xn--0zwm56d",))


@given(typed=st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_typed_word_becomes_a_header_or_a_line_of_its_own(typed: str) -> None:
    message = Outbound(
        17, 1, 1, Address("mailto", "bob@c.d", typed), text=typed, subject=f"s{typed}\r\nBcc: e@v.il", serial=typed,
        attachments=(Attachment(typed, typed, b"x", typed, inline=True),),
    )  # fmt: skip
    envelope, mail = sent(message, Letterhead(Mailbox("support@demo.test", typed), typed))
    names = [name for name, _ in mail.fields]
    assert sorted(names) == sorted(set(names))
    assert set(names) <= {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "content-type",
        "content-transfer-encoding",
        "mime-version",
    }
    assert envelope.recipients == ("bob@c.d",)
    assert all(len(line) <= 998 for line in envelope.body.split(b"\r\n"))
    assert envelope.body.count(b"\n") == envelope.body.count(b"\r\n")


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=500))
def test_text_arrives_as_it_was_written(text: str) -> None:
    _, mail = sent(replace(PLAIN, text=f"-{text}-"), replace(HEAD, signature=""))
    assert letter(mail).text == f"-{text}-"
