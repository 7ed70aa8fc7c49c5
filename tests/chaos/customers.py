"""The customers: each says tokens nobody else says, on a real channel, and writes down what they were told."""

from __future__ import annotations

import asyncio
import smtplib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.chaos.site import CODE, MAILBOX
from tests.farside.chat_visitor import ChatVisitor
from tests.farside.ledger import Ledger, read_ledger
from tests.farside.processes import SmtpSink
from tests.farside.text_center import TextCenter

PATIENCE = 0.2
LATIN, UNDERSCORE = 3, "\x11"  # data_coding of what handsets say; the one letter of ours that GSM writes otherwise


class Customers(Protocol):
    """One channel's customers. `acked`: tokens the hub said it has; `orders`: what one person said, one after the
    other; `heard`: how often each reply arrived."""

    acked: set[str]
    orders: list[list[str]]

    async def say(self, tokens: list[str]) -> None: ...

    def heard(self) -> dict[str, int]: ...

    async def leave(self) -> None: ...


@dataclass(slots=True)
class Mailers:
    """Mail servers that try again until they are told 250, as real ones do: the same mail, the same Message-ID."""

    port: int
    sink: SmtpSink
    acked: set[str] = field(default_factory=set)
    orders: list[list[str]] = field(default_factory=list)

    async def say(self, tokens: list[str]) -> None:
        """One mail per token, a few at a time."""
        turn = asyncio.Semaphore(4)
        await asyncio.gather(*(self._until_taken(token, turn) for token in tokens))

    def heard(self) -> dict[str, int]:
        """Replies the far side's mail server has written down."""
        counts: dict[str, int] = {}
        for mail in self.sink.mails():
            body = mail["body"]
            token = body.split("re:", 1)[1].split()[0] if "re:" in body else ""
            counts[token] = counts.get(token, 0) + 1
        return counts

    async def leave(self) -> None:
        """Mail servers do not say good-bye."""

    async def _until_taken(self, token: str, turn: asyncio.Semaphore) -> None:
        while token not in self.acked:
            async with turn:
                if await asyncio.to_thread(self._send, token):
                    self.acked.add(token)
                    return
            await asyncio.sleep(PATIENCE)

    def _send(self, token: str) -> bool:
        sender = f"{token}@customers.test"
        headers = (f"From: {sender}", f"To: {MAILBOX}", f"Subject: {token}", f"Message-ID: <{token}@customers.test>")
        mail = "\r\n".join([*headers, "", token, ""])
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as server:
                server.sendmail(sender, [MAILBOX], mail.encode())
        except (OSError, smtplib.SMTPException):
            return False
        return True


@dataclass(slots=True)
class Visitors:
    """Chat visitors with one tab each; each says its tokens in turn and waits for the acknowledgement."""

    site: str
    ledger_path: Path
    people: int = 3
    acked: set[str] = field(default_factory=set)
    orders: list[list[str]] = field(default_factory=list)
    _visitors: list[ChatVisitor] = field(default_factory=list)
    _ledger: Ledger | None = None

    async def say(self, tokens: list[str]) -> None:
        """The tokens, dealt out among the visitors."""
        self._ledger = self._ledger or Ledger(self.ledger_path)
        groups = [tokens[number :: self.people] for number in range(self.people)]
        await asyncio.gather(*(self._visit(group) for group in groups if group))

    def heard(self) -> dict[str, int]:
        """Replies by how many different messages carried them, as far as the visitors' ledger goes."""
        shown: dict[str, set[int]] = {}
        for line in read_ledger(self.ledger_path) if self.ledger_path.exists() else []:
            if line["event"] == "shown" and not line["own"] and line["text"].startswith("re:"):
                shown.setdefault(line["text"].removeprefix("re:"), set()).add(line["id"])
        return {token: len(ids) for token, ids in shown.items()}

    async def leave(self) -> None:
        """Close the tabs."""
        for visitor in self._visitors:
            await visitor.leave()
        if self._ledger is not None:
            self._ledger.close()

    async def _visit(self, tokens: list[str]) -> None:
        self.orders.append(tokens)
        seed = len(self.orders)
        visitor = ChatVisitor(self.site, ledger=self._ledger, seed=seed, name=f"visitor{seed}")
        self._visitors.append(visitor)
        await visitor.arrive(within=60)
        for token in tokens:
            if await visitor.say(token, within=120) == "acked":
                self.acked.add(token)


@dataclass(slots=True)
class Texters:
    """Handsets: each says one token, by an SMSC that comes again until it is told ESME_ROK."""

    center: TextCenter
    acked: set[str] = field(default_factory=set)
    orders: list[list[str]] = field(default_factory=list)
    _said: int = 0

    async def say(self, tokens: list[str]) -> None:
        """One text per token; returns when all are taken."""
        for token in tokens:
            self._said += 1
            self.center.say(token, f"86138{self._said:08}", CODE, token.encode(), data_coding=LATIN)
        while set(tokens) - self.acked:
            answered = {line["token"] for line in self.center.noted("answered") if not line["status"]}
            self.acked |= answered & set(tokens)
            await asyncio.sleep(0.05)

    def heard(self) -> dict[str, int]:
        """Replies the SMSC has written down and taken."""
        counts: dict[str, int] = {}
        for line in self.center.noted("submit"):
            text = bytes.fromhex(line["hex"]).decode("latin-1").replace(UNDERSCORE, "_")
            if text.startswith("re:") and not line["status"]:
                counts[text[3:]] = counts.get(text[3:], 0) + 1
        return counts

    async def leave(self) -> None:
        """The SMSC ends with the scene."""
