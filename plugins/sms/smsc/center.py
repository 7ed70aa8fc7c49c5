"""The SMSC proper (SMPP 3.4): takes what is submitted, gives what handsets send, and reports."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

import smpp34

from . import alphabet, joining
from .handsets import Handsets, Text, digits
from .joining import Joiner, Piece

UDHI, RECEIPT = 0x40, 0x04
"""esm_class (SMPP 3.4 §5.2.12)."""
INTERNATIONAL, ISDN = 1, 1
RECEIPTED_MESSAGE_ID, MESSAGE_STATE, MESSAGE_PAYLOAD = 0x001E, 0x0427, 0x0424
"""Optional parameters (§5.3.2)."""
DELIVERED, UNDELIVERABLE = 2, 5
"""message_state (§5.2.28)."""
STAT: Final = {DELIVERED: "DELIVRD", UNDELIVERABLE: "UNDELIV"}
CODINGS: Final = {alphabet.GSM: "GSM-7", alphabet.UCS2: "Unicode"}
TRIES: Final = 40
PAUSE: Final = 0.25
"""Seconds between two tries to hand something over."""


class NotTaken(Exception):
    """Nobody is bound who could receive, or nobody who is took it; the word for it."""


class Center:
    """`async with Center(host, port, handsets) as center`: whoever binds gets the texts of all handsets."""

    def __init__(self, host: str, port: int, handsets: Handsets) -> None:
        self._server = smpp34.Server(host, port, system_id="hub-smsc")
        self._handsets = handsets
        self._joiner = Joiner()
        self._receivers: dict[str, smpp34.Esme] = {}
        self._numbers = itertools.count(int(datetime.now(UTC).timestamp() * 1000))
        self._references = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def binds(self) -> int:
        """How many are bound that receive."""
        return len(self._receivers)

    async def __aenter__(self) -> Center:
        """Raises smpp34.SmppError or OSError when the port cannot be had."""
        await self._server.start()
        self._later(self._serve())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        await self._server.stop()

    async def send(self, handset: str, to: str, text: str) -> Text:
        """From a handset. Returns when every piece was taken; raises NotTaken."""
        written = alphabet.write(text)
        total = len(written.pieces)
        kept = self._handsets.note(
            handset, to, text, own=True, parts=total, coding=CODINGS[written.coding], state="SENDING"
        )
        reference = next(self._references) & 0xFF
        try:
            for place, octets in enumerate(written.pieces, 1):
                udh = joining.header(Piece(reference, total, place)) if total > 1 else b""
                await self._deliver(handset, to, udh + octets, written.coding, UDHI if udh else 0, [])
        except NotTaken:
            self._handsets.move(kept, "FAILED")
            raise
        self._handsets.move(kept, "SENT")
        return kept

    async def _serve(self) -> None:
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                if event.can_receive:
                    self._receivers[event.session_id] = event
            elif isinstance(event, smpp34.Unbound):
                self._receivers.pop(event.session_id, None)
            else:
                self._take(event)

    def _take(self, submitted: smpp34.SubmitSmEvent) -> None:
        number = f"{next(self._numbers):x}"
        submitted.accept(number)
        handset, sender = digits(submitted.destination_addr), submitted.source_addr
        octets, piece = _payload(submitted), None
        if submitted.esm_class & UDHI:
            piece, octets = joining.split(octets)
        text: str | None = alphabet.read(octets, submitted.data_coding)
        if self._handsets.is_on(handset):
            if piece is not None and text is not None:
                text = self._joiner.take(sender, handset, piece, text)
            if text is not None:
                coding, parts = CODINGS.get(submitted.data_coding, "8-bit"), piece.total if piece else 1
                self._handsets.note(handset, sender, text, own=False, parts=parts, coding=coding, state="RECEIVED")
        if submitted.registered_delivery & 1:
            state = DELIVERED if self._handsets.is_on(handset) else UNDELIVERABLE
            self._later(self._report(number, handset, sender, state))

    async def _report(self, number: str, handset: str, sender: str, state: int) -> None:
        now = f"{datetime.now(UTC):%y%m%d%H%M}"
        done, error = ("001", "000") if state == DELIVERED else ("000", "001")
        said = (
            f"id:{number} sub:001 dlvrd:{done} submit date:{now} done date:{now} stat:{STAT[state]} err:{error} text:"
        )
        tlvs = [
            smpp34.Tlv(RECEIPTED_MESSAGE_ID, number.encode() + b"\0"),
            smpp34.Tlv(MESSAGE_STATE, bytes([state])),
        ]
        try:
            await self._deliver(handset, sender, said.encode(), alphabet.GSM, RECEIPT, tlvs)
        except NotTaken:
            return  # who does not come back for its receipts gets none

    async def _deliver(
        self, sender: str, to: str, octets: bytes, coding: int, esm_class: int, tlvs: list[smpp34.Tlv]
    ) -> None:
        why = "NOBODY_BOUND"
        for _ in range(TRIES):
            for esme in list(self._receivers.values()):
                try:
                    answer = await esme.deliver_sm(
                        to, octets, source_addr=sender, source_addr_ton=INTERNATIONAL, source_addr_npi=ISDN,
                        dest_addr_ton=INTERNATIONAL, dest_addr_npi=ISDN, esm_class=esm_class, data_coding=coding,
                        tlvs=tlvs,
                    )  # fmt: skip
                except smpp34.SmppError:
                    why = "NOT_ANSWERED"
                    continue
                if answer.is_success:
                    return
                why = "REFUSED"
            await asyncio.sleep(PAUSE)
        raise NotTaken(why)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _payload(submitted: smpp34.SubmitSmEvent) -> bytes:
    if submitted.short_message:
        return submitted.short_message
    return next((tlv.value for tlv in submitted.tlvs if tlv.tag == MESSAGE_PAYLOAD), b"")
