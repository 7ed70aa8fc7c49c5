"""The whole way, in the real process, on both databases: what the peers get wrong, measured on the same mails."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from plugins.email.bodies import letter
from plugins.email.tests.company import Company, write_site
from plugins.email.tests.site import mail
from plugins.email.tests.test_bounce import DSN
from tests.farside.processes import SmtpSink
from tests.support.fixtures import StartHub


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "ledger.jsonl") as running:
        yield running


@pytest.fixture
async def company(tmp_path: Path, sink: SmtpSink, hub_process: StartHub) -> AsyncIterator[Company]:
    write_site(tmp_path, sink.port)
    async with Company(await hub_process(), sink) as running:
        yield running


async def test_a_conversation_by_mail(company: Company) -> None:
    """Opened, answered, continued under another subject, continued without any ids, bounced."""
    await company.write(mail("My washing machine", "It does not start."))
    (opened,) = await company.interactions("My washing machine")
    assert opened["ticket"]

    answer = await company.answer(opened["id"], "Did you plug it in?")
    assert answer.message_ids("in-reply-to") == ("m1@c.d",)
    assert letter(answer).text == "Did you plug it in?\n\n-- \nCompany"
    subject, ours = answer.header("subject"), answer.message_ids("message-id")[0]
    assert subject.startswith("Re: My washing machine [#")

    await company.write(mail("something else", "Yes!", f"References: <x@y> <{ours}>\r\n", number=2))
    await company.messages(opened["id"], 3)
    await company.write(mail(f"AW: {subject}", "It hums.", number=3))
    said = await company.messages(opened["id"], 4)
    assert [message["text"] for message in said] == ["It does not start.", "Did you plug it in?", "Yes!", "It hums."]

    await company.write(DSN.replace(b"hub.17.aa@demo.test", ours.encode()), sender="")
    failed = await company.until(
        lambda: company.messages(opened["id"], 4), lambda items: "FAILED" in str(items[1]["delivery"])
    )
    assert "5.1.1" in str(failed[1]["delivery"])
    assert len((await company.get("/interactions"))["items"]) == 1


async def test_what_the_peers_get_wrong(company: Company) -> None:
    await redelivered_and_copied(company)
    await mislabelled_html_only_and_strange(company)
    await written_by_machines(company)
    await confirmed_once(company)


async def redelivered_and_copied(company: Company) -> None:
    """A byte-identical redelivery is stored twice by all three; a copy to a second mailbox is a second conversation."""
    both = mail("To you all")
    await company.write(both, "support@demo.test", "sales@demo.test")
    await company.write(both)
    await company.write(b"Received: by another way\r\n" + both, "sales@demo.test")
    await company.write(mail("The end", number=2))
    found = await company.interactions("To you all", "The end")
    assert len(found) == 2
    assert len(await company.messages(found[0]["id"], 1)) == 1


async def mislabelled_html_only_and_strange(company: Company) -> None:
    """GBK labelled gb2312 is wrong 50 of 50 in two of them; one drops HTML-only mail, one an unknown attachment."""
    chinese = "镕基 𠮷：退款"
    encoded = base64.b64encode(chinese.encode("gb18030")).decode()
    label = "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n"
    await company.write(mail("mislabelled", encoded, label, number=11))
    await company.write(mail("html", "<p>only <b>rich</b></p>", "Content-Type: text/html\r\n", number=12))
    await company.write(mail("strange", "??", "Content-Type: x-un/known; name=a.xyz\r\n", number=13))
    one, two, three = await company.interactions("mislabelled", "html", "strange")
    assert (await company.messages(one["id"], 1))[0]["text"] == chinese
    assert (await company.messages(two["id"], 1))[0]["text"] == "only rich"
    (attached,) = (await company.messages(three["id"], 1))[0]["attachments"]
    assert (attached["name"], attached["size"]) == ("a.xyz", 4)


async def written_by_machines(company: Company) -> None:
    await company.write(mail("自动回复: x", head="X-QQ-HolidayReply: true\r\n", number=21))
    await company.write(mail("Weekly news", head="List-Unsubscribe: <mailto:x@y>\r\n", number=22))
    await company.write(mail("A person", number=23))
    (person,) = await company.interactions("A person")
    assert person["ticket"]
    items = (await company.get("/interactions?limit=100"))["items"]
    assert not [item for item in items if item["subject"] in ("自动回复: x", "Weekly news") and item["ticket"]]


async def confirmed_once(company: Company) -> None:
    """One automatic answer a day and sender, none to machines; the second sender shows that the timers have run."""
    for number in (31, 32):
        await company.write(mail(f"Question {number}", number=number, sender="eve@c.d"), "sales@demo.test")
    await company.write(mail("Machine", head="Precedence: bulk\r\n", number=33, sender="news@c.d"), "sales@demo.test")
    await company.write(mail("Later", number=34, sender="zoe@c.d"), "sales@demo.test")
    (notice,) = await company.received("zoe@c.d", 1)
    (first,) = await company.received("eve@c.d", 1)
    assert notice.header("auto-submitted") == first.header("auto-submitted") == "auto-replied"
    assert "under the number" in letter(first).text
    assert await company.received("news@c.d", 0) == []
