"""A carrier's registrar of a test: it asks for a log-in, grants what it is told to, and writes down who asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from sipmessage import Request

from plugins.sip.tests.party import Party
from plugins.sip.wire.digest import Secret, Verdicts, parameters

Answer: TypeAlias = tuple[int, *tuple[str, ...]]
USERNAME, PASSWORD = "site42", "correct horse"


class Carrier:
    """`asked` are the REGISTERs it got, `came` everything else."""

    def __init__(self, party: Party, answer: Callable[[Request], Answer] | None) -> None:
        self.party = party
        self.asked: list[Request] = []
        self.came: asyncio.Queue[object] = asyncio.Queue()
        self._answer = answer or self.logging_in
        self._verdicts = Verdicts("carrier", b"key")

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.party.port}"

    async def serve(self) -> None:
        """For ever."""
        while True:
            message = await self.party.listen()
            if isinstance(message, Request) and message.method == "REGISTER":
                self.asked.append(message)
                code, *headers = self._answer(message)
                self.party.reply(message, code, *headers)
            else:
                self.came.put_nowait(message)

    def logging_in(self, request: Request) -> Answer:
        """401, until the password is right; then for as long as was asked."""
        given = parameters(request.headers.get("Authorization") or "")
        if not given or self._verdicts.judge(given, "REGISTER", Secret.of(USERNAME, "carrier", PASSWORD), 0.0):
            return (401, *(f"WWW-Authenticate: {each}" for each in self._verdicts.challenges(0.0)))
        return granted(request)


def granted(request: Request) -> Answer:
    """As long as was asked."""
    return (200, f"Contact: {request.headers['Contact']}")


@asynccontextmanager
async def carrier(answer: Callable[[Request], Answer] | None = None) -> AsyncIterator[Carrier]:
    """At work; without an `answer` of the test's it wants a log-in."""
    with Party() as party:
        found = Carrier(party, answer)
        serving = asyncio.create_task(found.serve())
        try:
            yield found
        finally:
            serving.cancel()
            await asyncio.wait([serving])


def settings(*carriers: Carrier, **more: object) -> dict[str, object]:
    """A trunk that registers there, whose peers are nobody."""
    log_in = {"username": USERNAME, "password": PASSWORD, "register_seconds": 300}
    return {"peers": [], "proxies": [each.where for each in carriers], **log_in, **more}
