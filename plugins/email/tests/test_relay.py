"""Out by a real mail server in a process of its own: what it wrote down is what counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from hub.api import (
    Address,
    Attachment,
    HubError,
    Misconfigured,
    Outbound,
    Rejected,
    SendError,
    Sent,
    Throttled,
    TooLarge,
    Unreachable,
)
from plugins.email.bodies import letter
from plugins.email.parse import parse
from plugins.email.settings import Auth, EmailConnection, Security
from plugins.email.tests.certificates import write_certificate
from plugins.email.tests.site import Site, account, connection
from plugins.email.tests.token_server import TokenServer
from tests.farside.processes import SmtpSink

pytestmark = pytest.mark.slow

HELLO = Outbound(17, 1, 1, Address("mailto", "bob@c.d", "Bob"), text="Hello\n.\nBob", subject="Order")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "ledger.jsonl") as running:
        yield running


def relay(sink: SmtpSink, **settings: Any) -> EmailConnection:
    plain = {"relay_host": "127.0.0.1", "relay_port": sink.port, "relay_security": Security.NONE, "relay_timeout": 10}
    return EmailConnection.model_validate(plain | settings)


async def send(site: Site, settings: EmailConnection, message: Outbound = HELLO) -> Sent:
    return await site.channel.send(connection(settings), site.owned[0], message)


def to(address: str, **fields: Any) -> Outbound:
    return replace(HELLO, to=Address("mailto", address), fields=fields)


async def test_a_reply_arrives_under_the_id_the_hub_was_told(sink: SmtpSink) -> None:
    site = Site([account(display_name="{agent}, {account}", signature="Best regards\n{agent}")])
    sent = await send(site, relay(sink), replace(HELLO, agent_name="安娜"))
    (taken,) = sink.mails()
    mail = parse(taken["body"].encode("latin-1"))
    assert mail.message_ids("message-id") == (sent.external_id,) == sent.known_as
    assert letter(mail).text == "Hello\n.\nBob\n\n-- \nBest regards\n安娜"
    assert mail.mailboxes("from")[0].name == "安娜, Demo"
    assert (taken["sender"], taken["to"]) == ("support@demo.test", ["bob@c.d"])
    await site.channel.close()


async def test_the_same_delivery_again_carries_the_same_id(sink: SmtpSink) -> None:
    site = Site([account()])
    assert (await send(site, relay(sink))).external_id == (await send(site, relay(sink))).external_id
    await site.channel.close()


async def test_one_connection_carries_one_mail_after_another(sink: SmtpSink) -> None:
    site = Site([account()])
    for number in range(5):
        await send(site, relay(sink), replace(HELLO, delivery_id=number))
    assert len({tuple(taken["peer"]) for taken in sink.mails()}) == 1
    await site.channel.close()


async def test_mails_at_once_share_no_more_connections_than_allowed(sink: SmtpSink) -> None:
    site, settings = Site([account()]), relay(sink, relay_connections=3)
    await asyncio.gather(*(send(site, settings, replace(HELLO, delivery_id=number)) for number in range(20)))
    taken = sink.mails()
    assert len(taken) == 20
    assert len({tuple(mail["peer"]) for mail in taken}) <= 3
    await site.channel.close()


async def test_a_connection_the_relay_dropped_meanwhile_is_replaced(sink: SmtpSink) -> None:
    site = Site([account()])
    await send(site, relay(sink))
    sink.stop()
    sink.start()
    await send(site, relay(sink), replace(HELLO, delivery_id=18))
    assert len(sink.mails()) == 2
    await site.channel.close()


@pytest.mark.parametrize(
    ("address", "error", "detail"),
    [
        ("reject-550-x@c.d", Rejected, "reject-550-x@c.d: 550 5.1.1 not now"),
        ("busy-451-x@c.d", Throttled, "451"),
        ("greylist-x@c.d", Unreachable, "450"),
        ("large-552-x@c.d", TooLarge, "552"),
        ("reject-535-x@c.d", Misconfigured, "535"),
    ],
)
async def test_each_refusal_is_one_of_the_closed_set(
    sink: SmtpSink, address: str, error: type[SendError], detail: str
) -> None:
    site = Site([account()])
    with pytest.raises(error, match=detail):
        await send(site, relay(sink), to(address))
    assert sink.mails() == []
    await send(site, relay(sink))
    assert len(sink.mails()) == 1
    await site.channel.close()


async def test_a_refused_copy_means_that_nobody_gets_it(sink: SmtpSink) -> None:
    site = Site([account()])
    with pytest.raises(Rejected, match="reject-550-cc"):
        await send(site, relay(sink), to("bob@c.d", cc=["reject-550-cc@c.d"]))
    assert sink.mails() == []
    await site.channel.close()


async def test_cut_off_before_the_answer_it_may_be_tried_again_under_the_same_id(sink: SmtpSink) -> None:
    site = Site([account()])
    with pytest.raises(Unreachable) as cut:
        await send(site, relay(sink), to("drop-x@c.d"))
    assert cut.value.retryable
    await send(site, relay(sink), to("drop-x@c.d"))
    ids = {parse(taken["body"].encode("latin-1")).raw_header("message-id") for taken in sink.mails()}
    assert (len(sink.mails()), len(ids)) == (2, 1)
    await site.channel.close()


async def test_a_relay_that_is_down_is_unreachable(sink: SmtpSink) -> None:
    settings = relay(sink)
    sink.stop()
    with pytest.raises(Unreachable):
        await send(Site([account()]), settings)


async def test_a_connection_without_a_relay_says_so() -> None:
    with pytest.raises(Misconfigured, match="no relay"):
        await send(Site([account()]), EmailConnection())
    site = Site([account()])
    with pytest.raises(Misconfigured, match="no connection"):
        await site.channel.send(None, site.owned[0], HELLO)


async def test_international_recipients_go_by_smtputf8(sink: SmtpSink) -> None:
    site = Site([account()])
    await send(site, relay(sink), to("张三@c.d"))
    assert sink.mails()[0]["to"] == ["张三@c.d"]
    await site.channel.close()


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_encrypted_with_a_password(tmp_path: Path, security: Security) -> None:
    certificate = str(write_certificate(tmp_path))
    implicit = ("--implicit-tls",) if security is Security.TLS else ()
    with SmtpSink(tmp_path / "l", ("--certificate", certificate, "--password", "pw", *implicit)) as sink:
        secured = {
            "relay_security": security,
            "tls_ca": certificate,
            "relay_user": "support",
            "relay_host": "localhost",
        }
        site, settings = Site([account()]), relay(sink, relay_password=SecretStr("pw"), **secured)
        await send(site, settings)
        assert [(taken["tls"], taken["login"]) for taken in sink.mails()] == [(True, "support")]
        with pytest.raises(Misconfigured):
            await send(site, relay(sink, relay_password=SecretStr("wrong"), **secured))
        with pytest.raises(HubError) as untrusted:
            await send(site, relay(sink, relay_password=SecretStr("pw"), **secured | {"tls_ca": ""}))
        assert isinstance(untrusted.value, Misconfigured)
        assert len(sink.mails()) == 1
        await site.channel.close()


async def test_a_relay_without_the_demanded_encryption_is_not_used(sink: SmtpSink) -> None:
    with pytest.raises(Misconfigured):
        await send(Site([account()]), relay(sink, relay_security=Security.STARTTLS))
    assert sink.mails() == []


async def test_xoauth2_with_a_refreshed_token(tmp_path: Path) -> None:
    with SmtpSink(tmp_path / "l", ("--token", "tok-2")) as sink:
        async with TokenServer(["tok-1", "tok-2"]) as server:
            site = Site([account()])
            settings = relay(
                sink,
                relay_auth=Auth.XOAUTH2,
                relay_user="support@demo.test",
                oauth_url=server.url,
                oauth_client_id="hub",
                oauth_refresh_token=SecretStr("refresh"),
            )
            with pytest.raises(Misconfigured):
                await send(site, settings)
            await send(site, settings)
            await send(site, settings, replace(HELLO, delivery_id=18))
            assert [taken["login"] for taken in sink.mails()] == ["support@demo.test"] * 2
            assert server.asked == ["grant_type=refresh_token&refresh_token=refresh&client_id=hub"] * 2
            await site.channel.close()


async def test_a_probe_logs_in_and_leaves(sink: SmtpSink) -> None:
    site = Site([account()])
    assert await site.channel.probe(connection(relay(sink))) == f"127.0.0.1:{sink.port}: takes our mail"
    assert await site.channel.probe(connection(EmailConnection())) == "nothing to reach: the connection only listens"
    settings = relay(sink)
    sink.stop()
    with pytest.raises(Unreachable):
        await site.channel.probe(connection(settings))


async def test_a_mail_beyond_the_channels_own_limit_is_not_tried(sink: SmtpSink) -> None:
    files = (Attachment("a.bin", "application/octet-stream", bytes(26 * 1024 * 1024)),)
    with pytest.raises(TooLarge):
        await send(Site([account()]), relay(sink), replace(HELLO, attachments=files))
