"""By IMAP from a real Dovecot: everything once, in order, whatever happens to server, folder or a single mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from hub.api import Inbound, Malformed, Misconfigured, Overloaded, Unreachable
from plugins.email.settings import AfterImport, Auth, EmailConnection, Security
from plugins.email.tests.cutting_wire import CuttingWire
from plugins.email.tests.site import Site, account, connection, mail
from plugins.email.tests.token_server import TokenServer
from tests.farside.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
def dovecot(server: Dovecot, request: pytest.FixtureRequest) -> Dovecot:
    """The server, up, as seen by a user whom no other test has."""
    if server.process is None:
        server.start()
    server.user = str(abs(hash(request.node.name)))
    return server


def mailbox(dovecot: Dovecot, **settings: Any) -> EmailConnection:
    plain = {
        "imap_host": "127.0.0.1",
        "imap_port": dovecot.port,
        "imap_security": Security.NONE,
        "imap_user": dovecot.user,
        "imap_password": SecretStr(PASSWORD),
        "imap_poll_seconds": 1,
    }
    return EmailConnection.model_validate(plain | settings)


def subjects(site: Site) -> list[str]:
    return [str(site.inbound(raw).fields["subject"]) for raw, _ in site.stored]


async def test_what_lies_there_and_what_comes_is_stored_once_and_in_order(dovecot: Dovecot) -> None:
    site = Site([account()])
    dovecot.append(mail("first", number=1))
    async with site.listening(mailbox(dovecot)) as told:
        assert told == f"imap://127.0.0.1:{dovecot.port}/INBOX"
        await site.has_stored(1)
        dovecot.append(mail("second", number=2))
        await site.has_stored(2)
        dovecot.append(mail("third", number=3))
        await site.has_stored(3)
    assert subjects(site) == ["first", "second", "third"]
    cursors = [cursor for _, cursor in site.stored]
    assert [cursor and cursor.partition(":")[2] for cursor in cursors] == ["1", "2", "3"]
    assert site.stored[0][0].body == mail("first", number=1)


async def test_idle_tells_at_once_without_waiting_for_the_poll(dovecot: Dovecot) -> None:
    site = Site([account()])
    async with site.listening(mailbox(dovecot, imap_poll_seconds=600)):
        dovecot.append(mail("early", number=1))
        await site.has_stored(1)
        dovecot.append(mail("news", number=2))
        await site.has_stored(2)
    assert subjects(site) == ["early", "news"]


async def test_a_restart_goes_on_where_the_last_commit_was(dovecot: Dovecot) -> None:
    site = Site([account()])
    for number in range(1, 31):
        dovecot.append(mail(str(number), number=number))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(12)
    already = len(site.stored)
    for number in range(31, 36):
        dovecot.append(mail(str(number), number=number))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(35)
    assert already >= 12
    assert subjects(site) == [str(number) for number in range(1, 36)]


async def test_after_an_outage_all_mails_return_not_only_the_last_few(dovecot: Dovecot) -> None:
    """Chatwoot #6604, Zammad #1861: the session dies loudly, and the next one brings everything."""
    site = Site([account()])
    dovecot.append(mail("before", number=1))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(1)
        dovecot.stop()
        assert isinstance(await site.has_ended(), Unreachable)
    with pytest.raises(Unreachable):
        async with site.listening(mailbox(dovecot)):
            pass
    dovecot.start()
    for number in range(2, 42):
        dovecot.append(mail(f"after {number}", number=number))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(41)
    assert len(set(subjects(site))) == len(subjects(site)) == 41


async def test_a_folder_made_anew_is_read_from_its_start(dovecot: Dovecot) -> None:
    """UIDVALIDITY (RFC 9051 §2.3.1.1): the old UIDs are void, though some of them exist again."""
    site = Site([account()])
    dovecot.recreate("Support")
    for number in range(1, 4):
        dovecot.append(mail(f"old {number}", number=number), "Support")
    async with site.listening(mailbox(dovecot, imap_folder="Support")):
        await site.has_stored(3)
    dovecot.recreate("Support")
    dovecot.append(mail("new 1", number=11), "Support")
    async with site.listening(mailbox(dovecot, imap_folder="Support")):
        await site.has_stored(4)
        dovecot.append(mail("new 2", number=12), "Support")
        await site.has_stored(5)
    assert subjects(site) == ["old 1", "old 2", "old 3", "new 1", "new 2"]


async def test_a_poison_mail_is_quarantined_and_the_next_one_comes(dovecot: Dovecot) -> None:
    """Chatwoot #5081 fetched one for ever, until the disk was full."""
    site = Site([account()])
    for number in range(1, 4):
        dovecot.append(mail(f"mail {number}", number=number))
    async with CuttingWire(dovecot.port, b"UID FETCH 2 ") as wire:
        settings = mailbox(dovecot, imap_port=wire.port)
        for _ in range(3):  # as the hub's supervisor does
            async with site.listening(settings):
                assert isinstance(await site.has_ended(), Unreachable)
        async with site.listening(settings):
            await site.has_stored(3)
            dovecot.append(mail("mail 4", number=4))
            await site.has_stored(4)
        assert wire.cuts == 3
    readable = [raw for raw, _ in site.stored if "unreadable" not in raw.meta]
    assert [site.inbound(raw).fields["subject"] for raw in readable] == ["mail 1", "mail 3", "mail 4"]
    with pytest.raises(Malformed):
        site.read(site.stored[1][0])


async def test_a_mail_over_the_limit_comes_with_its_header_only(dovecot: Dovecot) -> None:
    site = Site([account()])
    dovecot.append(mail("huge", "x\r\n" * 20_000, number=1))
    dovecot.append(mail("next", number=2))
    async with site.listening(mailbox(dovecot, max_bytes=5_000)):
        await site.has_stored(2)
    huge = site.inbound(site.stored[0][0])
    assert (huge.fields["subject"], huge.text) == ("huge", "")
    size = huge.fields["cut_bytes"]
    assert isinstance(size, int)
    assert size > 60_000
    assert subjects(site)[1] == "next"


async def test_a_busy_hub_gets_the_mail_as_soon_as_it_can(dovecot: Dovecot) -> None:
    site = Site([account()], refuse=Overloaded())
    dovecot.append(mail("patient", number=1))
    async with site.listening(mailbox(dovecot)):
        assert site.stored == []
        site.refuse = None
        await site.has_stored(1)
    assert subjects(site) == ["patient"]


@pytest.mark.parametrize(
    ("after", "first_flags", "archived"),
    [
        (AfterImport.KEEP, b"1 (FLAGS ())", 0),
        (AfterImport.MARK_SEEN, b"1 (FLAGS (\\Seen))", 0),
        (AfterImport.MOVE, b"", 1),
        (AfterImport.DELETE, b"", 0),
    ],
)
async def test_what_becomes_of_a_stored_mail(
    dovecot: Dovecot, after: AfterImport, first_flags: bytes, archived: int
) -> None:
    site = Site([account()])
    dovecot.recreate("Archive")
    dovecot.append(mail(number=1))
    async with site.listening(mailbox(dovecot, imap_after=after)):
        await site.has_stored(1)
        dovecot.append(mail(number=2))
        await site.has_stored(2)
        dovecot.append(mail(number=3))
        await site.has_stored(3)
    left, moved = dovecot.flags(), dovecot.flags("Archive")
    assert left[0] == first_flags if first_flags else len(left) <= 1
    assert bool(moved) == bool(archived)


async def test_failing_to_move_a_mail_away_does_not_bring_it_in_again(dovecot: Dovecot) -> None:
    """FreeScout #2422: saving to a folder failed, so the same thing was done again and again."""
    site = Site([account()])
    dovecot.append(mail("one", number=1))
    settings = mailbox(dovecot, imap_after=AfterImport.MOVE, imap_move_to="No/Such/Folder")
    async with site.listening(settings):
        await site.has_stored(1)
        dovecot.append(mail("two", number=2))
        await site.has_stored(2)
    async with site.listening(settings):
        dovecot.append(mail("three", number=3))
        await site.has_stored(3)
    assert subjects(site) == ["one", "two", "three"]


async def test_a_mail_deleted_here_does_not_return(dovecot: Dovecot) -> None:
    """Chatwoot #12054: what an agent deleted was imported again; the position knows no deleting."""
    site = Site([account()])
    dovecot.append(mail("gone", number=1))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(1)
    site.stored.clear()
    async with site.listening(mailbox(dovecot)):
        dovecot.append(mail("new", number=2))
        await site.has_stored(1)
    assert subjects(site) == ["new"]


async def test_mails_from_before_a_day_stay_where_they_are(dovecot: Dovecot) -> None:
    site = Site([account()])
    client = dovecot.client()
    client.append("INBOX", "", '"03-Mar-2020 10:02:00 +0000"', mail("old", number=1))
    client.logout()
    dovecot.append(mail("new", number=2))
    async with site.listening(mailbox(dovecot, imap_since=date(2025, 1, 1))):
        await site.has_stored(1)
    assert subjects(site) == ["new"]


async def test_a_mailbox_leads_to_its_own_accounts_only(dovecot: Dovecot) -> None:
    """FreeScout #5284: mailboxes contaminating each other."""
    site = Site([account("sales@demo.test", connection_id=8), account(aliases=["help@demo.test"])])
    dovecot.append(mail(number=1).replace(b"To: support@demo.test", b"To: sales@demo.test, help@demo.test"))
    dovecot.append(mail(number=2).replace(b"To: support@demo.test", b"To: sales@demo.test"))
    async with site.listening(mailbox(dovecot)):
        await site.has_stored(2)
    assert [raw.meta["to"] for raw, _ in site.stored] == [["support@demo.test"], ["support@demo.test"]]


async def test_a_wrong_password_or_folder_needs_an_administrator(dovecot: Dovecot) -> None:
    site = Site([account()])
    for wrong in ({"imap_password": SecretStr("wrong")}, {"imap_folder": "None"}):
        with pytest.raises(Misconfigured):
            async with site.listening(mailbox(dovecot, **wrong)):
                pass


async def test_a_probe_looks_into_the_folder_and_leaves(dovecot: Dovecot) -> None:
    site = Site([account()])
    assert await site.channel.probe(connection(mailbox(dovecot))) == f"127.0.0.1:{dovecot.port}: INBOX can be read"


async def test_two_folders_are_followed_at_once_and_end_when_told(dovecot: Dovecot) -> None:
    site = Site([account()])
    dovecot.append(mail(number=1))
    async with site.listening(mailbox(dovecot, imap_poll_seconds=600)):
        other = Site([account()])
        async with other.listening(mailbox(dovecot, imap_poll_seconds=600, imap_after=AfterImport.KEEP)):
            await site.has_stored(1)
            await other.has_stored(1)
    found = site.read(site.stored[0][0])[0]
    assert isinstance(found, Inbound)
    assert found.external_id == "m1@c.d"


async def test_xoauth2_with_a_token_that_is_refused_once() -> None:
    async with TokenServer(["stale", "fresh"]) as tokens:
        tokens.good, tokens.owner = "fresh", "alice"
        with Dovecot(token_info=tokens.info) as dovecot:
            dovecot.append(mail(number=1))
            site = Site([account()])
            settings = mailbox(
                dovecot,
                imap_auth=Auth.XOAUTH2,
                oauth_url=tokens.url,
                oauth_client_id="hub",
                oauth_refresh_token=SecretStr("refresh"),
            )
            with pytest.raises(Misconfigured):
                async with site.listening(settings):
                    pass
            async with site.listening(settings):
                await site.has_stored(1)
