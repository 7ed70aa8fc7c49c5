"""The real process comes back by itself when its mailbox server does, and has lost nothing (within ten seconds)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.email.tests.company import Company, write_site
from plugins.email.tests.site import mail
from tests.farside.dovecot import PASSWORD, Dovecot
from tests.farside.processes import SmtpSink
from tests.support.fixtures import StartHub

pytestmark = pytest.mark.peer
IMAP = """
imap_host = "127.0.0.1"
imap_port = {port}
imap_security = "none"
imap_user = "alice"
imap_password = "{password}"
imap_poll_seconds = 1
"""


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


async def test_after_an_outage_of_the_mailbox_server_everything_arrives_unattended(
    tmp_path: Path, dovecot: Dovecot, hub_process: StartHub
) -> None:
    with SmtpSink(tmp_path / "ledger.jsonl") as sink:
        write_site(tmp_path, sink.port, IMAP.format(port=dovecot.port, password=PASSWORD))
        dovecot.append(mail("before", number=1))
        hub = await hub_process()
        async with Company(hub, sink) as company:
            await company.interactions("before")
            dovecot.stop()
            await hub.kill()
            await hub.start()
        async with Company(hub, sink) as company:
            dovecot.start()
            for number in range(2, 15):
                dovecot.append(mail(f"after {number}", number=number))
            async with asyncio.timeout(10):
                await company.interactions(*(f"after {number}" for number in range(2, 15)))
            assert len(await company.interactions("before")) == 1
