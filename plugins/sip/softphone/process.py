"""The gateway's process: all its softphones, on one loop that does nothing else, so that nothing the hub does is ever
heard. Spoken to like a media process (media/wire.py); it ends when its standard input does."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from plugins.sip.media import wire
from plugins.sip.softphone import offer as offers
from plugins.sip.softphone.browser import Browser, certificate
from plugins.sip.softphone.phone import Phone


class Process:
    """Requests by their names, without the underscore."""

    def __init__(self, host: str, advertised: str, ports: Sequence[int]) -> None:
        self._host, self._advertised, self._ports = host, advertised or host, ports
        self._certificate = certificate()
        self._phones: dict[str, Phone] = {}

    async def run(self) -> None:
        """Until there is nothing more to read."""
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        _say(wire.READY)
        async with asyncio.TaskGroup() as tasks:
            while line := await reader.readline():
                tasks.create_task(self._answer(*orjson.loads(line)))
            for phone in self._phones.values():
                tasks.create_task(phone.close())

    async def _answer(self, number: int, method: str, arguments: dict[str, Any]) -> None:
        try:
            answer = await getattr(self, f"_{method}")(**arguments)
        except (OSError, ValueError, KeyError) as error:
            _say(wire.line(number, None, str(error) or type(error).__name__))
        else:
            _say(wire.line(number, answer))

    async def _ping(self) -> bool:
        return True

    async def _open(self, phone: str, offer: str) -> str:
        """The answer to a browser's offer; a phone that was open gets this browser instead of the one it had."""
        wanted, found = offers.read(offer), self._phones.get(phone)
        if found is None:
            found = self._phones[phone] = Phone(self._host, lambda: _tell("Heard", phone), lambda: _tell("Lost", phone))
        browser = Browser(wanted, self._certificate, found)
        answer = await browser.answer(self._host, self._advertised, self._ports)
        if self._phones.get(phone) is not found:
            await browser.close()
            raise ValueError("the page has gone")
        await found.meets(browser)
        browser.connect()
        return answer

    async def _close(self, phone: str) -> bool:
        if found := self._phones.pop(phone, None):
            await found.close()
        return True

    async def _reserve(self, phone: str, leg: str) -> int:
        return self._phones[phone].reserve(leg)

    async def _connect(
        self, phone: str, leg: str, remote: tuple[str, int], events: int | None, talks: bool, listens: bool
    ) -> bool:
        self._phones[phone].connect(leg, (remote[0], remote[1]), events, talks=talks, listens=listens)
        return True

    async def _free(self, phone: str, leg: str) -> bool:
        if found := self._phones.get(phone):
            found.free(leg)
        return True


def _tell(event: str, phone: str) -> None:
    _say(wire.line(0, event, {"phone": phone}))


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def main() -> None:
    """Run on this process's standard input and output."""
    host, advertised, first, last = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the hub says when to stop
    gc.collect()
    gc.freeze()
    ports = range(int(last), int(first) - 1, -1)  # from above: the lines' media begins below
    asyncio.run(Process(host, advertised, ports).run())
