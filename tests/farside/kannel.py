"""Kannel from Debian: bearerbox and smsbox as two processes, their settings and ports the test's own.

It is an ESME of the SMSC at `smsc_port`, takes requests at `http://127.0.0.1:<port>/cgi-bin/sendsms`, and hands texts
from handsets on to `get_url` (Kannel's %-codes in it).
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port

BEARERBOX, SMSBOX = "/usr/sbin/bearerbox", "/usr/sbin/smsbox"
WITHIN = 30.0
SETTINGS = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {box}
smsbox-interface = 127.0.0.1
log-file = "{folder}/bearerbox.log"
log-level = 1

group = smsc
smsc = smpp
smsc-id = carrier
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = kannel
smsc-password = {password}
system-type = ""
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {port}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = hub
password = {user_password}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{get_url}"
"""


@dataclass(slots=True)
class Kannel:
    """Use it as a context manager."""

    folder: Path
    smsc_port: int
    smsc_password: str
    user_password: str
    get_url: str
    port: int
    _processes: list[Process] = field(default_factory=list)

    async def __aenter__(self) -> Kannel:
        box = free_port()
        settings = self.folder / "kannel.conf"
        settings.write_text(
            SETTINGS.format(
                admin=free_port(),
                box=box,
                folder=self.folder,
                smsc=self.smsc_port,
                password=self.smsc_password,
                port=self.port,
                user_password=self.user_password,
                get_url=self.get_url,
            )
        )
        try:
            await self._start(BEARERBOX, settings, box)
            await self._start(SMSBOX, settings, self.port)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _start(self, program: str, settings: Path, port: int) -> None:
        process = await asyncio.create_subprocess_exec(
            program, "-v", "4", str(settings), stdout=DEVNULL, stderr=DEVNULL, cwd=self.folder
        )
        self._processes.append(process)
        async with asyncio.timeout(WITHIN):
            while not await _answers(port):
                assert process.returncode is None, f"{program} ended: see {self.folder}"
                await asyncio.sleep(0.1)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
