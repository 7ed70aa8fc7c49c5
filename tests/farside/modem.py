"""A GSM modem with a SIM, a process of its own on a pseudo terminal, that writes down what it was told.

`python -m tests.farside.modem LEDGER LINK [--pin 1234]` puts a link to its terminal at LINK and prints
{"event": "listening", "port": 0} and then every line of its ledger; on its standard input it takes commands, a JSON
object a line: {"do": "text", "from", "text", "pdu"?} puts a text into the SIM and tells of it; {"do": "unplug"} takes
the terminal away, {"do": "plug in"} puts another in its place.

What becomes of a text is in its recipient's last four digits: 0038 no network, 0021 refused, 0404 reported undelivered,
0500 taken, and the modem unplugged before it says so; any other is taken, and reported delivered.

Its PDUs are put together and taken apart here, and share no code with the hub's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tty
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from tests.farside.ledger import Ledger

STAMP = "62112231400023"  # 2026-11-22 13:04:00 +08:00


def swapped(digits: str) -> str:
    digits += "F" * (len(digits) % 2)
    return "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))


def septets(octets: bytes, total: int) -> str:
    """GSM text, of letters that are ASCII's, too."""
    bits = "".join(f"{octet:08b}"[::-1] for octet in octets)
    return "".join(chr(int(bits[7 * at : 7 * at + 7][::-1], 2)) for at in range(total))


class Modem:
    """The SIM's texts by their places, and the terminal at which it is spoken to."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._ledger, self._link, self._pin = Ledger(options.ledger), options.link, options.pin
        self._texts: dict[int, tuple[str, str]] = {}
        self._places, self._references = count(1), count(254)
        self._terminal = self._theirs = -1
        self._waiting = ""
        self._written = ""
        self._to = ""

    def note(self, event: str, **facts: object) -> None:
        self._ledger.note(event, **facts)
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()

    def plug_in(self) -> None:
        self._terminal, theirs = os.openpty()
        tty.setraw(theirs)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(theirs))
        self._theirs = theirs  # kept open: a terminal nobody has open is readable without an end
        asyncio.get_running_loop().add_reader(self._terminal, self._came)

    def unplug(self) -> None:
        asyncio.get_running_loop().remove_reader(self._terminal)
        self._link.unlink()
        os.close(self._terminal)
        os.close(self._theirs)
        self._waiting = self._to = ""

    def _came(self) -> None:
        with suppress(OSError):  # unplugged while it was spoken to
            self._waiting += os.read(self._terminal, 4096).decode()
            while (end := re.search("[\r\x1a\x1b]", self._waiting)) is not None:
                line, self._waiting = self._waiting[: end.start()], self._waiting[end.end() :]
                self._met(line, end[0])

    def _met(self, line: str, end: str) -> None:
        if end == "\x1a":
            self._submitted(line)
        elif end == "\r" and self._to == "" and line:
            self.note("command", line=line)
            self._commanded(line)

    def _commanded(self, line: str) -> None:
        if line == "AT+CPIN?":
            self.say("+CPIN: SIM PIN" if self._pin else "+CPIN: READY", "OK")
        elif line.startswith("AT+CPIN="):
            good = line == f'AT+CPIN="{self._pin}"'
            self._pin = "" if good else self._pin
            self.say("OK" if good else "+CME ERROR: 16")
        elif line.startswith("AT+CMGL"):
            for place, (head, text) in self._texts.items():
                self.say(f"+CMGL: {place},{head}", text)
            self.say("OK")
        elif line.startswith("AT+CMGD="):
            self._texts.pop(int(line[8:]), None)
            self.note("freed", place=int(line[8:]))
            self.say("OK")
        elif line.startswith("AT+CMGS="):
            self._to = line[8:]
            os.write(self._terminal, b"\r\n> ")
        elif line == "AT+CSQ":
            self.say("+CSQ: 21,99", "OK")
        elif line == "AT+COPS?":
            self.say('+COPS: 0,0,"Test Mobile",2', "OK")
        else:
            self.say("OK" if re.match(r"AT$|ATE0|AT\+(CMEE|CMGF|CNMI|CSCS|CSMP)=", line) else "+CME ERROR: 4")

    def _submitted(self, line: str) -> None:
        in_words = self._to.startswith('"')
        told = self._of_text_mode(line) if in_words else self._of_pdu(bytes.fromhex(line))
        self._to, reference = "", next(self._references) % 256
        last = told["to"][-4:]
        errors = {"0038": "+CMS ERROR: 38", "0021": "+CMS ERROR: 21"}
        self.note("text", **told, reference=reference, error=errors.get(last, ""))
        if last == "0500":
            self.unplug()
        elif last in errors:
            self.say(errors[last])
        else:
            self.say(f"+CMGS: {reference}", "OK")
            if in_words:
                time = '"26/11/22,13:04:00+32"'
                self.say(f'+CDS: 6,{reference},"{told["to"].encode("utf-16-be").hex()}",145,{time},{time},0')
                return
            number, status = told["to"].removeprefix("+"), "46" if last == "0404" else "00"
            report = f"0006{reference:02X}{len(number):02X}91{swapped(number)}{STAMP}{STAMP}{status}"
            self.say(f"+CDS: {len(report) // 2 - 1}", report)

    def _of_text_mode(self, line: str) -> dict[str, Any]:
        number = bytes.fromhex(self._to.strip('"')).decode("utf-16-be")
        return {"to": number, "text": bytes.fromhex(line).decode("utf-16-be"), "header": ""}

    def _of_pdu(self, octets: bytes) -> dict[str, Any]:
        assert len(octets) - 1 == int(self._to), "the length that was said is another"
        first, digits = octets[1], octets[3]
        at = 5 + (digits + 1) // 2
        number = ("+" if octets[4] == 0x91 else "") + swapped(octets[5:at].hex().upper())[:digits]
        coding, at = octets[at + 1], at + 2 + (1 if first & 0x18 == 0x10 else 0)
        length, data = octets[at], octets[at + 1 :]
        size = data[0] + 1 if first & 0x40 else 0
        if coding == 8:
            text = data[size:].decode("utf-16-be")
        else:
            text = septets(data, length)[(size * 8 + 6) // 7 :]
        return {"to": number, "text": text, "header": data[:size].hex(), "report": bool(first & 0x20)}

    def command(self, told: dict[str, Any]) -> None:
        if told["do"] == "unplug":
            self.unplug()
        elif told["do"] == "plug in":
            self.plug_in()
            self.note("plugged in")
        else:
            place = next(self._places)
            self._texts[place] = self._delivered(told)
            self.say(f'+CMTI: "SM",{place}')

    def _delivered(self, told: dict[str, Any]) -> tuple[str, str]:
        data = told["text"].encode("utf-16-be")
        if told.get("mode") == "text":
            return (
                f'"REC UNREAD","{told["from"].encode("utf-16-be").hex()}",,"26/11/22,13:04:00+32"',
                data.hex().upper(),
            )
        number = told["from"].removeprefix("+")
        pdu = f"0004{len(number):02X}91{swapped(number)}0008{STAMP}{len(data):02X}{data.hex().upper()}"
        pdu = told.get("pdu", pdu)
        return f"0,,{len(pdu) // 2 - 1}", pdu

    def say(self, *lines: str) -> None:
        os.write(self._terminal, "".join(f"\r\n{line}\r\n" for line in lines).encode())


async def main(options: argparse.Namespace) -> None:
    """Serve until the standard input ends."""
    modem = Modem(options)
    modem.plug_in()
    modem.note("listening", port=0)
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    while line := await stdin.readline():
        modem.command(json.loads(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger", type=Path)
    parser.add_argument("link", type=Path)
    parser.add_argument("--pin", default="")
    asyncio.run(main(parser.parse_args()))
