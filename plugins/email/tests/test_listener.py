"""By SMTP: a mail is acknowledged when it is stored, refused when nobody wants it, deferred when we are busy."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api import Overloaded
from plugins.email.settings import EmailConnection
from plugins.email.tests.certificates import write_certificate
from plugins.email.tests.site import Site, account, mail

LISTEN = EmailConnection(listen=True)


@asynccontextmanager
async def smtp(site: Site, way: EmailConnection = LISTEN) -> AsyncIterator[int]:
    async with site.listening(way) as told:
        yield int(told.rpartition(":")[2])


async def send(port: int, raw: bytes, *to: str, sender: str = "bob@c.d", options: tuple[str, ...] = ()) -> object:
    """One transaction of an ordinary client; returns the refused recipients."""

    def work() -> object:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            return client.sendmail(sender, to or ("support@demo.test",), raw, mail_options=options)

    return await asyncio.to_thread(work)


async def talk(port: int, *blocks: bytes) -> bytes:
    """Raw bytes, each block at once; everything the server said until it hung up."""

    def work() -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
            for block in blocks:
                peer.sendall(block)
            said = b""
            while chunk := peer.recv(4096):
                said += chunk
            return said

    return await asyncio.to_thread(work)


async def test_a_mail_is_stored_with_its_envelope_before_it_is_acknowledged() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        await send(port, mail())
    ((raw, cursor),) = site.stored
    assert raw.body == mail()
    assert raw.meta == {"via": "smtp", "to": ["support@demo.test"], "from": "bob@c.d", "client": "127.0.0.1"}
    assert cursor is None


async def test_an_unknown_recipient_gets_550_and_the_others_their_mail() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        refused = await send(port, mail(), "nobody@demo.test", "support@demo.test")
    assert refused == {"nobody@demo.test": (550, b"5.1.1 No such mailbox here")}
    assert len(site.stored) == 1


@pytest.mark.parametrize(
    "recipient", ["Support@DEMO.test", "help@demo.test", "support+x@demo.test", "help+y@demo.test"]
)
async def test_case_aliases_and_plus_addresses_lead_to_the_account(recipient: str) -> None:
    site = Site([account(aliases=["Help@demo.test"])])
    async with smtp(site) as port:
        await send(port, mail(), recipient)
    assert site.stored[0][0].meta["to"] == ["support@demo.test"]


async def test_one_mail_to_two_of_our_mailboxes_is_stored_once_for_both() -> None:
    site = Site([account(), account("sales@demo.test")])
    async with smtp(site) as port:
        await send(port, mail(), "sales@demo.test", "support@demo.test", "support+x@demo.test")
    assert [raw.meta["to"] for raw, _ in site.stored] == [["sales@demo.test", "support@demo.test"]]


@pytest.mark.parametrize(("trouble", "code"), [(Overloaded(), 451), (OSError("disk full"), 451)])
async def test_what_cannot_be_stored_now_is_asked_for_again(trouble: Exception, code: int) -> None:
    site = Site([account()], refuse=trouble)
    async with smtp(site) as port:
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            await send(port, mail())
        assert refusal.value.smtp_code == code
        site.refuse = None
        await send(port, mail())
    assert len(site.stored) == 1


async def test_the_null_path_is_told_apart_from_no_path() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        await send(port, mail(), sender="")
    assert site.stored[0][0].meta["from"] == ""


async def test_a_mail_over_the_limit_is_refused_by_its_announced_and_by_its_real_size() -> None:
    site = Site([account()])
    async with smtp(site, LISTEN.model_copy(update={"max_bytes": 10_000})) as port:
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            await send(port, mail(body="x" * 20_000), options=("SIZE=20000",))
        said = await talk(
            port,
            b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\n",
            b"line\r\n" * 5000 + b".\r\nQUIT\r\n",
        )
    assert announced.value.smtp_code == 552
    assert b"\r\n552 " in said
    assert site.stored == []


async def test_lines_longer_than_the_standard_allows_are_taken() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        await send(port, mail(body="汉" * 60_000))
    assert site.inbound(site.stored[0][0]).text == "汉" * 60_000


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n\n.\r\n\r\n"])
async def test_only_the_real_end_ends_a_mail(end: bytes) -> None:
    """SMTP smuggling (CVE-2023-51764 and kin): a second mail hidden behind a false end stays text."""
    site = Site([account()])
    hidden = b"MAIL FROM:<x@demo.test>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\nFrom: x@demo.test\r\n\r\nsmuggled\r\n"
    async with smtp(site) as port:
        await talk(
            port,
            b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\n",
            b"From: a@b.c\r\n\r\nfirst" + end + hidden + b".\r\nQUIT\r\n",
        )
    ((raw, _),) = site.stored
    assert b"smuggled" in raw.body
    assert raw.meta["from"] == "a@b.c"


async def test_leading_dots_come_back_as_they_were() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        await send(port, mail(body=".hidden\r\n..two"))
    assert site.inbound(site.stored[0][0]).text == ".hidden\n..two"


@pytest.mark.slow
@given(body=st.lists(st.sampled_from([b"\r\n", b".", b"..", b"\n", b"\r", b"x", b"word."]), max_size=12).map(b"".join))
@settings(max_examples=40, deadline=None)
def test_any_body_comes_as_it_was_sent(body: bytes) -> None:
    """Whatever dots and line ends stand in it; the client stuffs dots and ends the last line (RFC 5321 §4.5.2)."""
    ended = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
    assert asyncio.run(carried(ended)) == ended


async def carried(body: bytes) -> bytes:
    """What is stored of a body that a client sends with its dots stuffed."""
    stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in re.split(rb"(?<=\r\n)", body))
    site = Site([account()])
    async with smtp(site) as port:
        head = b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\n"
        await talk(port, head + stuffed + b".\r\nQUIT\r\n")
    return site.stored[0][0].body


async def test_a_large_body_full_of_false_ends_comes_as_it_was_sent() -> None:
    body = b"word.\r\n.x\r\n\r\n.\ry\n.\n" * 40_000 + b"\r\n"
    assert len(body) > 600_000
    assert await carried(body) == body


async def test_two_mails_in_one_pipelined_session() -> None:
    site = Site([account()])
    one = b"MAIL FROM:<a@b.c>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\n"
    async with smtp(site) as port:
        said = await talk(port, b"EHLO x\r\n" + one, mail() + b".\r\n" + one, mail(number=2) + b".\r\nQUIT\r\n")
    assert said.count(b"250 2.0.0 Stored") == 2
    assert [site.inbound(raw).external_id for raw, _ in site.stored] == ["m1@c.d", "m2@c.d"]


async def test_an_international_address_is_taken() -> None:
    site = Site([account("支持@demo.test")])
    async with smtp(site) as port:
        said = await talk(
            port,
            "EHLO x\r\nMAIL FROM:<张三@c.d> SMTPUTF8\r\nRCPT TO:<支持@demo.test>\r\nDATA\r\n".encode(),
            mail() + b".\r\nQUIT\r\n",
        )
    assert b"250 2.0.0 Stored" in said
    assert site.stored[0][0].meta["from"] == "张三@c.d"


async def test_a_mail_going_round_in_circles_is_refused() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            await send(port, b"Received: x\r\n" * 120 + mail())
    assert refusal.value.smtp_code == 554


async def test_too_many_connections_are_asked_to_come_back() -> None:
    site = Site([account()])
    async with smtp(site, LISTEN.model_copy(update={"listen_max_connections": 1})) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as first:
            assert (await asyncio.to_thread(first.recv, 100)).startswith(b"220")
            assert (await talk(port)).startswith(b"421")


async def test_starttls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path)
    site = Site([account()])

    def work(port: int) -> None:

        with smtplib.SMTP("localhost", port, timeout=10) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(certificate)))
            client.sendmail("bob@c.d", ["support@demo.test"], mail())

    async with smtp(
        site, LISTEN.model_copy(update={"listen_certificate": str(certificate), "listen_max_connections": 1})
    ) as port:
        await asyncio.to_thread(work, port)
    assert len(site.stored) == 1


async def test_a_taken_port_is_an_error_before_ready() -> None:
    site = Site([account()])
    async with smtp(site) as port:
        with pytest.raises(OSError, match="in use"):
            async with Site([account()]).listening(LISTEN.model_copy(update={"listen_port": port})):
                pass


async def test_a_connection_that_only_sends_is_healthy() -> None:
    async with Site([account()]).listening(EmailConnection(relay_host="x.test")) as told:
        assert told == "sends only"
