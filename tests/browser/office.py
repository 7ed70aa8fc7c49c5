"""A small company with a mailbox, a chat widget and a few agents, for tests that look at the inbox."""

from __future__ import annotations

import asyncio
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import httpx

from tests.farside.chat_visitor import ChatVisitor
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess
from tests.support.site_file import mailbox, shop

PASSWORD = "a-long-password-for-tests"
SUPPORT = "support@office.test"

SITE = """
[site]
name = "Office"
plugins = ["email", "web_chat"]

[[queues]]
key = "service"
name = "Service"
offer_seconds = {offer_seconds}
wrap_up_seconds = {wrap_up_seconds}
dispositions = ["SOLVED", "PARTS_ORDERED"]

[[queues]]
key = "sales"
name = "Sales"
"""

USER = """
[[users]]
login = "{login}"
name = "{name}"
password = "{password}"
roles = ["{role}"]
queues = ["service"]
"""

PEOPLE = (("ada", "Ada Admin", "admin"), ("lin", "Lin Yue", "agent"), ("tom", "Tom Becker", "agent"))


def site_file(relay_port: int, offer_seconds: int = 30, wrap_up_seconds: int = 0) -> str:
    """The site's `hub.toml`; whoever logs in does so with PASSWORD."""
    users = [USER.format(login=login, name=name, password=PASSWORD, role=role) for login, name, role in PEOPLE]
    site = SITE.format(offer_seconds=offer_seconds, wrap_up_seconds=wrap_up_seconds)
    return "".join([site, mailbox(SUPPORT, "service", relay_port, more="opens_ticket = true"), shop("service"), *users])


@dataclass(slots=True)
class Office:
    """The running company, its customers' mail server, and an administrator's hand on the API."""

    hub: HubProcess
    customers: SmtpSink
    api: httpx.AsyncClient

    @property
    def url(self) -> str:
        return self.hub.http

    async def write_mail(
        self, subject: str, text: str, *, sender: str = "wang@customers.test", html: str = "", sound: bytes = b""
    ) -> None:
        """A customer writes; returns once the hub has it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, SUPPORT, subject
        mail["Message-ID"] = make_msgid(domain="customers.test")
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        if sound:
            mail.add_attachment(sound, "audio", "wav", filename="heard.wav")
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.hub.port_of("mail"), timeout=10) as server:
            server.send_message(mail)

    def visitor(self, name: str = "Chen Wei") -> ChatVisitor:
        """Somebody on the shop's page, who has given their name."""
        return ChatVisitor(self.url, answers={"name": name})

    async def get(self, path: str, **query: Any) -> Any:
        """What the API says to the administrator."""
        answer = await self.api.get(f"/api/v1{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The administrator makes something."""
        answer = await self.api.post(f"/api/v1{path}", json=body)
        answer.raise_for_status()
        return answer.json()
