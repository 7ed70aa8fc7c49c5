"""An SMSC on the far side, a process of its own that writes down what passes: built on smpplib's packets, not on ours.

`python -m tests.farside.smsc LEDGER` prints "listening HOST PORT" and serves until terminated. Standard input says, one
JSON object a line, what a handset sends: {"token", "from", "to", "hex", and any field of deliver_sm}. It is delivered
until an ESME has answered ESME_ROK, on every new session again. In the ledger stand:

    submit    what an ESME handed over: "id", "from", "to", "hex", "esm_class", "data_coding", and the "status" it got
    answered  what it said to a handset's text or to a receipt: "token", "status"
    bound     a session: "bind", "system_id"

What it does with a submission stands at the end of the recipient's number: …0581 is told ESME_RTHROTTLED the first
time, …0111 ESME_RINVDSTADR, …0999 never reaches a handset (its receipt says UNDELIV), …0333's
receipt is sent before the answer; for …0777 the line is cut before
the answer, the first time. `--receipts tlv|text|none` says in which style receipts are, `--decimal` that they name in
decimal what the answer named in hexadecimal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import ssl
import struct
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from smpplib import consts  # type: ignore[import-untyped]  # it has no types
from smpplib.smpp import make_pdu, parse_pdu  # type: ignore[import-untyped]  # as above

from tests.farside.ledger import Ledger

PASSWORD: Final = "a-secret"
LARGEST: Final = 100_000
RECEIPT: Final = 4  # esm_class: an SMSC delivery receipt
WINDOW: Final = 50
AGAIN: Final = 0.2
logging.getLogger("smpplib").setLevel(logging.ERROR)


class _Numbers:
    """What smpplib wants of a client: sequence numbers."""

    def __init__(self) -> None:
        self.sequence = 0

    def next_sequence(self) -> int:
        self.sequence += 1
        return self.sequence


class Center:
    """What is to be delivered, and to whom."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.ledger = Ledger(options.ledger)
        self.waiting: dict[str, dict[str, Any]] = {}
        self.queue: deque[str] = deque()
        self.tasks: set[asyncio.Task[None]] = set()
        self.sessions: list[Session] = []
        self.seen: set[str] = set()
        self._ids = count(0x1A0)

    def serve(self, session: Session) -> None:
        """As a task of our own: the server's would complain when we end."""
        task = asyncio.get_running_loop().create_task(session.serve())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def deliver(self, token: str, fields: dict[str, Any]) -> None:
        """Until it is answered."""
        self.waiting[token] = fields
        self.again([token])

    def again(self, tokens: Iterable[str]) -> None:
        """These are nobody's, and still to be taken."""
        self.queue.extend(token for token in tokens if token in self.waiting)
        self.push()

    def push(self) -> None:
        """Give what is queued to whoever can take it."""
        while self.queue:
            session = next((each for each in self.sessions if each.takes), None)
            if session is None:
                return
            token = self.queue.popleft()
            session.deliver(token, self.waiting[token])

    def submitted(self, told: Any) -> tuple[int, str]:
        """The status and id a submission is answered with; its receipt follows."""
        to, status = _text(told.destination_addr), consts.SMPP_ESME_ROK
        if to.endswith("0581") and to not in self.seen:
            status = consts.SMPP_ESME_RTHROTTLED
        elif to.endswith("0111"):
            status = consts.SMPP_ESME_RINVDSTADR
        self.seen.add(to)
        name = f"{next(self._ids):X}"
        payload = told.short_message or getattr(told, "message_payload", None) or b""
        self.ledger.note(
            "submit",
            id=name,
            to=to,
            hex=bytes(payload).hex(),
            esm_class=told.esm_class,
            data_coding=told.data_coding,
            status=status,
            **{"from": _text(told.source_addr)},
        )
        if not status and told.registered_delivery and self.options.receipts != "none":
            receipt = (f"receipt {name}", self._receipt(name, told))
            overtakes = to.endswith("0333")
            self.deliver(*receipt) if overtakes else asyncio.get_running_loop().call_soon(self.deliver, *receipt)
        return status, name

    def _receipt(self, name: str, told: Any) -> dict[str, Any]:
        failed = _text(told.destination_addr).endswith("0999")
        shown = str(int(name, 16)) if self.options.decimal else name
        fields: dict[str, Any] = {
            "source_addr": _text(told.destination_addr),
            "source_addr_ton": told.dest_addr_ton,
            "destination_addr": _text(told.source_addr),
            "dest_addr_ton": told.source_addr_ton,
            "esm_class": RECEIPT,
        }
        if self.options.receipts == "tlv":
            state = 5 if failed else 2
            return {**fields, "short_message": b"", "receipted_message_id": shown, "message_state": state}
        words = f"stat:{'UNDELIV' if failed else 'DELIVRD'} err:{'045' if failed else '000'} text:"
        body = (
            f"id:{shown} sub:001 dlvrd:{'000' if failed else '001'} submit date:2601010000 done date:2601010001 {words}"
        )
        return {**fields, "short_message": body.encode()}


class Session:
    """One connection of an ESME."""

    def __init__(self, center: Center, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.center, self.reader, self.writer = center, reader, writer
        self.numbers, self.bind = _Numbers(), ""
        self.delivering: dict[int, str] = {}

    @property
    def takes(self) -> bool:
        """Whether it may be given another text."""
        return self.bind in ("bind_transceiver", "bind_receiver") and len(self.delivering) < WINDOW

    async def serve(self) -> None:
        with suppress(OSError, EOFError):
            while await self._meet(await self._next()):
                pass
        self.bind = ""
        if self in self.center.sessions:
            self.center.sessions.remove(self)
        self.writer.close()
        self.center.again(self.delivering.values())

    def deliver(self, token: str, fields: dict[str, Any]) -> None:
        told = make_pdu("deliver_sm", client=self.numbers, **fields)
        self.delivering[told.sequence] = token
        self.writer.write(told.generate())

    async def _next(self) -> Any:
        start = await self.reader.readexactly(4)
        length = struct.unpack(">L", start)[0]
        if not 16 <= length <= LARGEST:
            raise EOFError
        octets = start + await self.reader.readexactly(length - 4)
        return parse_pdu(octets, client=self.numbers, allow_unknown_opt_params=True)

    async def _meet(self, told: Any) -> bool:
        if told.command.startswith("bind_") and not told.command.endswith("_resp"):
            return self._bound(told)
        if told.command == "submit_sm":
            return self._submitted(told)
        if told.command == "deliver_sm_resp":
            self._answered(told)
        elif told.command in ("enquire_link", "unbind"):
            self._answer(f"{told.command}_resp", told)
        return bool(told.command != "unbind")

    def _bound(self, told: Any) -> bool:
        good = _text(told.password) == PASSWORD
        self.center.ledger.note("bound", bind=told.command, system_id=_text(told.system_id), good=good)
        status = consts.SMPP_ESME_ROK if good else consts.SMPP_ESME_RINVPASWD
        self._answer(f"{told.command}_resp", told, status, system_id="far-side")
        if good:
            self.bind = told.command
            self.center.sessions.append(self)
            self.center.push()
        return good

    def _submitted(self, told: Any) -> bool:
        cut = _text(told.destination_addr).endswith("0777") and _text(told.destination_addr) not in self.center.seen
        status, name = self.center.submitted(told)
        if cut:
            self.writer.transport.abort()
            return False
        self._answer("submit_sm_resp", told, status, message_id=name)
        return True

    def _answered(self, told: Any) -> None:
        token = self.delivering.pop(told.sequence, None)
        if token is None:
            return
        self.center.ledger.note("answered", token=token, status=told.status)
        if told.status == consts.SMPP_ESME_ROK or told.status == consts.SMPP_ESME_RINVDSTADR:
            self.center.waiting.pop(token, None)
            self.center.push()
        else:
            asyncio.get_running_loop().call_later(AGAIN, self.center.again, [token])

    def _answer(self, command: str, told: Any, status: int = 0, **fields: Any) -> None:
        answer = make_pdu(command, client=self.numbers, sequence=told.sequence, status=status, **fields)
        answer.sequence, answer.status = told.sequence, status
        self.writer.write(answer.generate())


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")


def _said(line: bytes) -> tuple[str, dict[str, Any]]:
    """What a handset sends, as smpplib's fields."""
    told = json.loads(line)
    token, sender, to, octets = (told.pop(name) for name in ("token", "from", "to", "hex"))
    fields = {"source_addr": sender, "destination_addr": to, "short_message": bytes.fromhex(octets), **told}
    if "payload" in fields:
        fields["message_payload"] = bytes.fromhex(fields.pop("payload"))
    return token, {"source_addr_ton": 1, "source_addr_npi": 1, **fields}


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    center, loop, ended = Center(options), asyncio.get_running_loop(), asyncio.Event()
    server = await asyncio.start_server(
        lambda reader, writer: center.serve(Session(center, reader, writer)),
        options.host,
        options.port,
        ssl=_tls(options),
    )
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    lines = asyncio.StreamReader(limit=2**22)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    host, port = server.sockets[0].getsockname()[:2]
    sys.stdout.write(f"listening {host} {port}\n")
    sys.stdout.flush()
    saying = asyncio.create_task(_say(center, lines))
    await ended.wait()
    saying.cancel()
    server.close()


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    if not options.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate)
    return context


async def _say(center: Center, lines: asyncio.StreamReader) -> None:
    async for line in lines:
        center.deliver(*_said(line))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--receipts", choices=("text", "tlv", "none"), default="text")
    parser.add_argument("--decimal", action="store_true")
    parser.add_argument("--certificate", help="speak TLS with this PEM file")
    return parser


if __name__ == "__main__":
    asyncio.run(serve(arguments().parse_args()))
