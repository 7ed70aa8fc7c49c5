"""A carrier's CMPP gateway (ISMG), a process of its own that writes down what it was told.

`python -m tests.farside.cmpp_ismg LEDGER` prints {"event": "listening", "port": …} and then every line of its ledger,
too; on its standard input it takes commands, a JSON object a line:
{"do": "text", "from", "to", "text", "format": 0|8|15, "header": hex, "id": hex of 8 octets} is a text from a handset,
{"do": "hang up"} cuts every line. What it has not been answered 0 for is delivered again after the next login.

What becomes of a submission is in its recipient's last four digits: 0008 too fast (the first time only), 0013 refused,
0404 taken and reported UNDELIV, 0500 taken, and the line cut before the answer; any other is reported DELIVRD.

Its octets are put together here from the tables of the specification, and share no code with the hub's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import struct
import sys
from contextlib import suppress
from hashlib import md5
from itertools import count
from pathlib import Path
from typing import Any

from tests.farside.ledger import Ledger

SUBMIT = {
    2: struct.Struct(">8s4B10sB21s3B6s2s6s17s17s21sB21sB"),
    3: struct.Struct(">8s4B10sB32sB3B6s2s6s17s17s21sB32sBB"),
}
DELIVER = {2: struct.Struct(">8s21s10s3B21sBB"), 3: struct.Struct(">8s21s10s3B32sBBB")}
REPORT = {2: struct.Struct(">8s7s10s10s21sI"), 3: struct.Struct(">8s7s10s10s32sI")}
TAIL = {2: 8, 3: 20}
CHARSETS = {0: "ascii", 8: "utf-16-be", 15: "gb18030"}


def text(octets: bytes) -> str:
    return octets.split(b"\0")[0].decode()


class Gateway:
    """All connections of one enterprise."""

    def __init__(self, ledger: Path, source: str, secret: str, version: int) -> None:
        self._ledger, self._source, self._secret, self._version = Ledger(ledger), source, secret, version
        self._lines: list[asyncio.StreamWriter] = []
        self._pending: dict[bytes, bytes] = {}
        self._numbers, self._ids = count(1), count(0x1122334455660001)
        self._seen: set[str] = set()

    def note(self, event: str, **facts: object) -> None:
        self._ledger.note(event, **facts)
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            while True:
                head = await reader.readexactly(12)
                length, command, sequence = struct.unpack(">3I", head)
                self.meet(writer, command, sequence, await reader.readexactly(length - 12))
        if writer in self._lines:
            self._lines.remove(writer)
        writer.close()

    def meet(self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes) -> None:
        if command == 1:
            self.login(writer, sequence, body)
        elif writer not in self._lines:
            writer.close()
        elif command == 4:
            self.submitted(writer, sequence, body)
        elif command == 0x80000005:
            result = int.from_bytes(body[8:], "big")
            if result == 0:
                self._pending.pop(body[:8], None)
            self.note("deliver_resp", id=body[:8].hex(), result=result)
        elif command in (2, 8):
            self.say(writer, command | 0x80000000, sequence, b"\0" if command == 8 else b"")

    def login(self, writer: asyncio.StreamWriter, sequence: int, body: bytes) -> None:
        source, proof, version, timestamp = struct.unpack(">6s16sBI", body)
        good = md5(source.rstrip(b"\0") + bytes(9) + self._secret.encode() + b"%010d" % timestamp).digest()
        status = (
            2 if text(source) != self._source else 3 if proof != good else 4 if version >> 4 != self._version else 0
        )
        width = ">I" if self._version == 3 else ">B"
        answer = struct.pack(width, status)
        answer += md5(answer + proof + self._secret.encode()).digest() + bytes([version])
        self.say(writer, 0x80000001, sequence, answer)
        self.note("login", status=status)
        if status == 0:
            self._lines.append(writer)
            for octets in self._pending.values():
                self.say(writer, 5, next(self._numbers), octets)

    def submitted(self, writer: asyncio.StreamWriter, sequence: int, body: bytes) -> None:
        table = SUBMIT[self._version]
        values = list(table.unpack(body[: table.size]))
        if self._version == 3:  # without the kinds of terminal it has the fields of 2.0
            del values[20], values[8]
        content = body[table.size : table.size + values[-1]]
        assert len(body) == table.size + values[-1] + TAIL[self._version], "octets too many or too few"
        form, udhi, to = values[10], values[9], text(values[18])
        start = content[0] + 1 if udhi else 0
        words = content[start:].decode(CHARSETS[form])
        result = {"0008": 8, "0013": 13}.get(to[-4:], 0)
        if result == 8 and to in self._seen:
            result = 0
        self._seen.add(to)
        number = struct.pack(">Q", next(self._ids))
        self.note(
            "submit",
            to=to,
            source=text(values[16]),
            service=text(values[5]),
            sp=text(values[11]),
            text=words,
            format=form,
            header=content[:start].hex(),
            total=values[1],
            number=values[2],
            result=result,
            id=number.hex(),
        )
        if to.endswith("0500"):
            writer.transport.abort()
            return
        width = ">8sI" if self._version == 3 else ">8sB"
        self.say(writer, 0x80000004, sequence, struct.pack(width, number, result))
        if result == 0 and values[3] == 1:
            status = b"UNDELIV" if to.endswith("0404") else b"DELIVRD"
            done = b"2611221304"
            report = REPORT[self._version].pack(number, status, done, done, to.encode(), 7)
            self.deliver(struct.pack(">Q", next(self._ids)), text(values[16]), to, report, 0, 0, 1)

    def deliver(self, number: bytes, to: str, sender: str, content: bytes, form: int, udhi: int, report: int) -> None:
        ends = (0, report, len(content)) if self._version == 3 else (report, len(content))
        table = DELIVER[self._version]
        body = table.pack(number, to.encode(), b"", 0, udhi, form, sender.encode(), *ends)
        self._pending[number] = body + content + bytes(TAIL[self._version])
        if self._lines:
            self.say(self._lines[-1], 5, next(self._numbers), self._pending[number])

    def command(self, told: dict[str, Any]) -> None:
        if told["do"] == "hang up":
            for line in self._lines:
                line.transport.abort()
            return
        head = bytes.fromhex(told.get("header", ""))
        content = head + told["text"].encode(CHARSETS[told["format"]])
        number = bytes.fromhex(told["id"]) if "id" in told else struct.pack(">Q", next(self._ids))
        self.deliver(number, told["to"], told["from"], content, told["format"], 1 if head else 0, 0)

    def say(self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes) -> None:
        writer.write(struct.pack(">3I", 12 + len(body), command, sequence) + body)


def _secured(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def main(options: argparse.Namespace) -> None:
    """Serve until the standard input ends."""
    gateway = Gateway(options.ledger, options.source, options.secret, options.version)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", options.port, ssl=_secured(options.certificate))
    gateway.note("listening", port=server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    while line := await stdin.readline():
        gateway.command(json.loads(line))
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--certificate", type=Path, help="PEM with key: speak TLS")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--source", default="901234")
    parser.add_argument("--secret", default="a secret")
    parser.add_argument("--version", type=int, default=2)
    asyncio.run(main(parser.parse_args()))
