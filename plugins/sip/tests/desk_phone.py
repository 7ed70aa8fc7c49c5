"""An agent's desk phone word by word: it logs in, holds, calls a colleague, and joins its two calls."""

from __future__ import annotations

import time
from urllib.parse import quote

from sipmessage import Request, Response

from hub.api import Ringing
from plugins.sip.phones.phones import Binding
from plugins.sip.tests.party import ACCOUNT, Party, Site, described
from plugins.sip.wire import digest
from plugins.sip.wire.addresses import name_addr, tag
from plugins.sip.wire.digest import Secret

ANN, BO = 3, 4
PASSWORD = "a good password"


class DeskPhone(Party):
    """One call of a phone; its second call is another of these."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __enter__(self) -> DeskPhone:
        return self

    async def registered(self, found: Site, user_id: int) -> None:
        """As if it had logged in."""
        await found.exchange.phones.set(user_id, Secret.of(self.name, "hub", PASSWORD), "")
        contact = f"sip:{self.name}@127.0.0.1:{self.port}"
        binding = Binding(self.name, contact, "UDP", "127.0.0.1", self.port, "r", 1, "", int(time.time()) + 600)
        await found.exchange.phones.bind(self.name, [binding], [], time.time())

    async def dials(self, found: Site, to: str, *headers: str, password: str = PASSWORD) -> Response:
        """Calls "bo" with its log-in: the final answer, acknowledged."""
        await self.begins(found, to, *headers, password=password)
        answer = await self.answer()
        self.into(answer)
        if answer.code < 300:
            self.acknowledge()
        return answer

    async def begins(self, found: Site, to: str, *headers: str, password: str = PASSWORD) -> None:
        """Calls, and does not wait for an answer."""
        self.where = ("127.0.0.1", found.port)
        self._from, self._to = f"<sip:{self.name}@hub>;tag={self.port}", f"<sip:{to}@hub>"
        self._target = f"sip:{to}@hub"
        asked = await self.ask("INVITE", *headers, body=described())
        assert asked.code == 407, asked.code
        challenges = asked.headers.getlist("Proxy-Authenticate")
        given = digest.credentials(challenges, "INVITE", self._target, self.name, password)
        self.say(self.request("INVITE", f"Proxy-Authorization: {given}", *headers, body=described()))

    def joins(self, to: str, dialog: str) -> None:
        """REFER with Replaces (RFC 5589 §7.3)."""
        self.say(self.request("REFER", f"Refer-To: <sip:{to}@hub?Replaces={quote(dialog, safe='')}>"))

    async def referred(self) -> list[str]:
        """What it is told of its REFER: the answer's code and each sipfrag, until it knows how it went."""
        told: list[str] = []
        while not told or not ("202" in told[0] and len(told) == 3):
            message = await self.hear()
            if isinstance(message, Request):
                assert message.method == "NOTIFY", message.method
                self.reply(message, 200)
                told.append(message.body.decode().strip())
            else:
                told.append(str(message.code))
                if message.code >= 300:
                    return told
        return told


def dialog_of(party: Party) -> str:
    """As a Replaces names it: the to-tag is ours."""
    asks = party.request("OPTIONS")
    ours, theirs = tag(name_addr(asks.headers["To"])), tag(name_addr(asks.headers["From"]))
    return f"{asks.call_id};to-tag={ours};from-tag={theirs}"


async def rings(found: Site, leg: str, user_id: int) -> None:
    """As the core asks it."""
    await found.channel.ring(ACCOUNT, Ringing(leg, found.thread, user_id, None, 20))


async def talks(found: Site, caller: Party, ann: DeskPhone) -> None:
    """The caller and Ann hear each other."""
    await ann.registered(found, ANN)
    await caller.call(found.port)
    await rings(found, "offer:1", ANN)
    await ann.picks_up()
    await found.channel.bridge(ACCOUNT, found.thread, ["offer:1"])


async def holds(phone: DeskPhone, direction: str = "sendonly") -> None:
    """Its user presses hold, or lets go."""
    assert (await phone.ask("INVITE", body=described(4000, direction))).code == 200
    phone.acknowledge()
