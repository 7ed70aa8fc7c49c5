"""The toy's far side: `python -m tests.farside.toy_peer LEDGER [--port N] [--secret S]`, prints "listening on PORT".

Every input offered and every answer, delivery and signal got stands in its ledger. Besides the roles of
tests.farside.toy_lines it has "watch", which is sent a line whenever there is news in the ledger, and "control", by
which a test makes it speak: {"do": "say", …line…} pushes an input (with proof) until it is answered, {"do": "behave",
"as": how} sets how it answers sends: "well", "slowly" (pending; a receipt follows when the test says it), "rejected",
"throttled", "unknown", "silent", "hang_up". A command of a call is refused as its name; "ringing" before its name
leaves it without an answer until the hub gives up.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.farside.ledger import Ledger
from tests.farside.toy_lines import LONGEST, Line, decode, encode, proof

REFUSALS = ("rejected", "throttled", "unknown")


class Exchange:
    """Keeps what it has to say until it is answered, and every delivery by its id."""

    def __init__(self, ledger: Ledger, secret: str) -> None:
        self._ledger = ledger
        self._secret = secret
        self._unanswered: dict[str, Line] = {}
        self._deliveries: dict[str, str] = {}
        self._calls: dict[str, set[str]] = {}  # session → agents' legs
        self._behaviour = "well"
        self._listeners: list[asyncio.StreamWriter] = []
        self._watchers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP connection, by the role its first line names."""
        try:
            first = decode(await reader.readline() or b"{}")
            if first.get("role") == "listen":
                await self._listened_to(reader, writer)
            elif first.get("role") == "send":
                await self._delivered(first, reader, writer)
            elif first.get("role") == "call":
                await self._called(first, reader, writer)
            elif first.get("role") == "tell":
                self._note("told", **{key: value for key, value in first.items() if key != "role"})
            elif first.get("role") == "watch":
                await self._watched(reader, writer)
            elif first.get("role") == "control":
                await self._controlled(reader, writer)
        except (OSError, ValueError):
            pass  # the other side is gone, or was no toy: the ledger has what was said until then
        finally:
            writer.close()

    def _note(self, event: str, **facts: object) -> None:
        self._ledger.note(event, **facts)
        for watcher in self._watchers:
            watcher.write(encode({"news": event}))

    async def _watched(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._watchers.append(writer)
        await reader.read()
        self._watchers.remove(writer)

    async def _listened_to(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._note("listener")
        self._listeners.append(writer)
        for line in list(self._unanswered.values()):
            self._offer(line, writer)
        try:
            while data := await reader.readline():
                self._answered(decode(data))
        finally:
            self._listeners.remove(writer)

    def _offer(self, line: Line, writer: asyncio.StreamWriter) -> None:
        self._note("offered", id=line["id"], kind=line["kind"])
        writer.write(encode(line))

    def _answered(self, answer: Line) -> None:
        (word, ident), *_ = answer.items()
        self._note({"ack": "acked", "refuse": "refused", "again": "put_off"}[word], id=ident, **answer)
        if word != "again":
            self._unanswered.pop(ident, None)

    async def _called(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        facts = {key: value for key, value in line.items() if key != "role"}
        if self._behaviour == f"ringing {line['do']}":
            self._note("commanded", **facts)
            await reader.read()
            self._note("given_up", **facts)
        else:
            writer.write(encode(self._commanded(line)))
            await writer.drain()

    def _commanded(self, line: Line) -> Line:
        """A call's command: noted, and its legs remembered."""
        do, session, leg = str(line["do"]), str(line["session"]), str(line.get("leg", ""))
        if do == "alive":
            return {"alive": {thread: sorted(legs) for thread, legs in self._calls.items()}}
        self._note("commanded", **{key: value for key, value in line.items() if key != "role"})
        if do == self._behaviour:
            return {"error": "as told"}
        if do in {"ring", "place", "invite"}:
            self._calls.setdefault(session, set()).add(leg)
        elif do == "release":
            self._calls.get(session, set()).discard(leg)
        elif do in {"end", "transfer_out"}:
            self._calls.pop(session, None)
        return {"done": True}

    def _remember(self, line: Line) -> None:
        session, leg = str(line.get("session", "")), str(line.get("leg", ""))
        if line["kind"] == "say":
            self._calls.setdefault(session, set())
        elif line["kind"] == "leg" and line["state"] == "ENDED" and leg:
            self._calls.get(session, set()).discard(leg)
        elif line["kind"] == "leg" and line["state"] == "ENDED":
            self._calls.pop(session, None)

    async def _delivered(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ident = str(line["delivery"])
        if self._behaviour in REFUSALS:
            answer: Line = {"error": self._behaviour, "why": "as told"}
        else:
            known = ident in self._deliveries
            external = self._deliveries.setdefault(ident, f"toy-{ident}")
            self._note("delivery", known=known, external=external, **line)
            answer = {"sent": external, "pending": 60} if self._behaviour == "slowly" else {"sent": external}
        if self._behaviour == "silent":
            await reader.read()
        elif self._behaviour != "hang_up":
            writer.write(encode(answer))
            await writer.drain()

    async def _controlled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.readline():
            line = decode(data)
            if line.pop("do") == "behave":
                self._behaviour = line["as"]
                if line["as"] == "forgetful":
                    self._calls.clear()
            else:
                self._say(line)
            writer.write(encode({"done": True}))
            await writer.drain()

    def _say(self, line: Line) -> None:
        self._remember(line)
        line.setdefault("proof", proof(self._secret, line["id"]))
        if line["kind"] != "typing":
            self._unanswered[line["id"]] = line
        for listener in self._listeners[-1:]:
            self._offer(line, listener)


async def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret", default="squeak")
    options = parser.parse_args()
    exchange = Exchange(Ledger(options.ledger), options.secret)
    server = await asyncio.start_server(exchange.serve, "127.0.0.1", options.port, limit=LONGEST)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
