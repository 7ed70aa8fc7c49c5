"""A whole site around the telephone, in this process: real store, real pipeline, real media workers; the far sides are
other programs (sipp, baresip)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import psutil

from hub.api import Address
from hub.pipeline import thread
from hub.pipeline.calls import calls
from hub.plugin import migrations, settings
from hub.plugin.discovery import GROUP, Plugins, discover
from hub.plugin.site_model import SiteFile
from hub.store import blobs
from plugins.sip import _channels
from plugins.sip.exchange import Exchange as Telephones
from plugins.sip.wire.digest import Secret
from tests.toy.tests.house import TOY, House
from tests.voice.baresip import Baresip

DESK = "+861058880000"
PASSWORD = "correct-horse-battery"
LOOKS = 120  # a quarter of a second each: a busy machine may need them


class Nowhere:
    """The toys' exchange, which has nothing to do here."""

    port = 1


class VoiceHouse(House):
    """One trunk whose peers are on loopback, one number, one agent, Ann, with a phone."""

    def __init__(
        self, url: str, folder: Path, flow: str = "", others: Sequence[str] = (), **number_settings: Any
    ) -> None:
        self._others = others
        shared = number_settings.pop("shared", {})
        super().__init__(url, folder, Nowhere())  # type: ignore[arg-type]  # only its port is asked for
        connection = {
            "listen_port": 0,
            "registrar": True,
            "peers": ["127.0.0.1"],
            **number_settings.pop("connection", {}),
        }
        number = {"name": "Desk", "channel": "sip", "address": f"tel:{DESK}", "connection": "Trunk", "queue": "desk"}
        self.file = SiteFile.model_validate(
            {
                "plugins": {
                    "sip": {"digest": ["MD5"], **shared},  # baresip 1.0 gives up when it is offered anything else
                    "self_service": {"folder": str(folder)},
                },
                "queues": [{"key": "desk", "name": "Desk"}],
                "connections": [{"name": "Trunk", "channel": "sip", "settings": connection}],
                "accounts": [{**number, "flow": flow, "settings": number_settings}],
                "users": [{"login": login, "name": login.title(), "queues": ["desk"]} for login in ("ann", "bo")],
            }
        )

    def plugins(self) -> Plugins:
        entries = [EntryPoint("sip", "plugins.sip", GROUP), TOY]
        entries += [EntryPoint(name, f"plugins.{name}", GROUP) for name in ("tts", "self_service")]
        found = discover(["sip", *self._others], entries)
        settings.configure(found, self.file.plugins, {})
        return found

    async def __aenter__(self) -> VoiceHouse:
        await asyncio.to_thread(migrations.upgrade, self._url, self.plugins())
        await super().__aenter__()
        try:
            await self.until("connection.state", lambda event: event.data["state"] == "RUNNING")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    @property
    def telephones(self) -> Telephones:
        """The exchange of this site."""
        return _channels[-1][1].exchange

    @property
    def port(self) -> int:
        """Where it listens."""
        return next(iter(self.telephones.trunks.values())).port.udp.local[1]

    async def give_phone(self) -> None:
        """Ann may register as "ann"."""
        await self.telephones.phones.set(self.ann.user_id, Secret.of("ann", "hub", PASSWORD), "")

    async def hears(self, phone: Baresip, frequency: float, share: float = 0.8) -> None:
        """This phone hears this tone now."""
        heard = 0.0
        for _ in range(LOOKS):
            await asyncio.sleep(0.25)  # sound takes its time
            heard = phone.loudness(frequency)
            if heard >= share:
                return
        raise AssertionError(f"{phone.folder.name} hears {heard:.2f} of {frequency} Hz")

    async def hears_no(self, phone: Baresip, frequency: float) -> None:
        """This phone does not hear this tone any more."""
        for _ in range(LOOKS):
            await asyncio.sleep(0.25)  # as above
            if phone.loudness(frequency) < 0.1:
                return
        raise AssertionError(f"{phone.folder.name} still hears {frequency} Hz")

    async def call(self, to: Address) -> None:
        """Ann calls somebody by a click."""
        [account] = self.site.directory.calling()
        row, can = self.site.directory.row(account.id), self.site.directory.channel_of(account).capabilities
        scope = thread.scope_of(row, can.dedup_scope)
        await self.store.write(lambda tx: calls.place(tx, self.ann, account, row, can, scope, calls.Wanted(to)))

    async def file_of(self, message_id: int) -> bytes:
        """The one file of a message."""
        [file] = await self.store.read(lambda conn: blobs.load(conn, message_id))
        return file.content

    async def hears_something(self, phone: Baresip) -> None:
        """This phone hears a voice or music now."""
        for _ in range(LOOKS):
            await asyncio.sleep(0.25)  # as above
            if phone.level() > 200:
                return
        raise AssertionError(f"{phone.folder.name} hears nothing")

    def media_processes(self) -> list[int]:
        """Those that carry this site's audio."""
        children = psutil.Process().children()
        return [each.pid for each in children if any(word.endswith("media/start.py") for word in each.cmdline())]

    async def quiet(self) -> None:
        """Every leg is gone."""
        async with asyncio.timeout(30):
            while self.telephones.lines or self.telephones.agent.calls:  # noqa: ASYNC110 - nothing tells of a dialog's end
                await asyncio.sleep(0.02)
