"""The demo of one site: what its routes and its background work share."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import cast

import aiosmtplib
import httpx

from hub.api import Context
from plugins.demo import passwords, post, seeding
from plugins.demo.fax_machine.process import Machine
from plugins.demo.handset.smsc import Handsets, NoCarrier, Smsc
from plugins.demo.hub_client import HubClient, Refused
from plugins.demo.post_office import open_office
from plugins.demo.settings import DemoSettings

log = logging.getLogger(__name__)

LOOPBACK, TELEPHONE_WITHIN = "127.0.0.1", 3.0
TROUBLE = (Refused, NoCarrier, httpx.HTTPError, aiosmtplib.SMTPException, OSError, TimeoutError)
"""What may go wrong on the way to the hub, and passes or is told in one line."""


class NotYet(Exception):
    """The demo is still starting."""


class Demo:
    """`mail_server`: where the hub takes mail; `mail_addresses`: to which addresses; `numbers`: its telephones;
    `text_numbers`: where it takes texts, `fax_numbers`: faxes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = cast("DemoSettings", context.settings)
        self.mail_server: tuple[str, int] | None = None
        self.mail_addresses: list[str] = []
        self.numbers: list[str] = []
        self.text_numbers: list[str] = []
        self.fax_numbers: list[str] = []
        self.smsc = Smsc(self.settings.smsc_port if self.settings.smsc else 0, self.settings.texts_file)
        self.machine = Machine(self.settings.fax_port if self.settings.fax else 0, self.settings.faxes_folder)

    async def run(self) -> None:
        """Take the customers' mail until the site stops; meanwhile follow the password and fill the site."""
        async with open_office(self.context.store, self.settings.mailbox_port), asyncio.TaskGroup() as tasks:
            tasks.create_task(self.smsc.run())
            tasks.create_task(self.machine.run())
            try:
                await self._open()
                await asyncio.get_running_loop().create_future()
            finally:
                self.settings.running_file.unlink(missing_ok=True)

    @property
    def handsets(self) -> Handsets:
        """The customers' handsets. Raises NoCarrier while their SMSC is not up."""
        if self.smsc.handsets is None:
            raise NoCarrier
        return self.smsc.handsets

    async def send(self, message: EmailMessage, box: str) -> int:
        """A customer's mail to the hub; the id of the copy in their box. Raises NotYet, or one of TROUBLE."""
        if self.mail_server is None:
            raise NotYet
        try:
            return await post.send(self.context.store, self.mail_server, message, box)
        except (ConnectionError, aiosmtplib.SMTPConnectError):  # the listener may have another port since
            await self._look_around(passwords.stored(self.settings.password_file))
            return await post.send(self.context.store, self.mail_server, message, box)

    async def telephone(self) -> tuple[str, int]:
        """Where the hub takes calls by SIP. Raises one of TROUBLE."""
        if self.settings.sip_port:
            return LOOPBACK, self.settings.sip_port
        async with admin(self.context.site_url, passwords.stored(self.settings.password_file)) as hub:
            return await hub.listener("sip", TELEPHONE_WITHIN)

    async def _open(self) -> None:
        try:
            password = await passwords.follow(self.context.site_url, self.settings.password_file)
            await self._look_around(password)
            self._say_where()
            if self.settings.seed and self.mail_server:
                await seeding.fill(self.context, self.mail_server, self.smsc, password)
        except TROUBLE as error:
            log.warning("the demo is not complete, and tries again at the next start: %s", _sentence(error))

    async def _look_around(self, password: str) -> None:
        async with admin(self.context.site_url, password) as hub:
            self.numbers = await hub.addresses("tel", "sip")
            self.text_numbers = await hub.addresses("tel", "sms") if self.smsc.wanted else []
            self.fax_numbers = await hub.addresses("tel", "fax") if self.machine.wanted else []
            self.mail_server = await hub.mail_server()
            self.mail_addresses = await hub.addresses("mailto")

    def _say_where(self) -> None:
        said = {"site": self.context.site_url, "mail_server": self.mail_server, "mail_addresses": self.mail_addresses}
        said["text_numbers"] = self.text_numbers
        fresh = self.settings.running_file.with_suffix(".new")  # whoever looks finds all of it, or nothing yet
        fresh.write_text(json.dumps(said), encoding="utf-8")
        fresh.replace(self.settings.running_file)


@asynccontextmanager
async def admin(site: str, password: str) -> AsyncIterator[HubClient]:
    """A short session of the administrator."""
    async with HubClient(site) as hub:
        await hub.log_in("admin", password)
        yield hub
        with suppress(Refused):
            await hub.log_out()


def _sentence(error: BaseException) -> str:
    """No address and no name of a person: the kind of an error, and the words of those that hold none."""
    return str(error) if isinstance(error, Refused | ConnectionError) else type(error).__name__
