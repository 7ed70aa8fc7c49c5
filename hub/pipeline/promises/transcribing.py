"""Voicemails are read as well as heard, where the site has somebody who listens: one after another, on one node.

What was said is content: it becomes the message's text, and stands in no log and no event. Of what is in an agent's own
box the words are kept with that, and not in the conversation, which colleagues read who may not hear it.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

from hub.api import Event, MessageKind, Overloaded, Recognition, Transcript
from hub.model.states import InteractionState
from hub.pipeline.promises import voicemail
from hub.store import blobs, interactions, messages, timers, voicemails
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
DEADLINE = 120.0
GRACE = 10.0
IDLE = 30.0
LEASE = "transcripts"
WAV = ("audio/wav", "audio/x-wav", "audio/wave")


class Transcriber:
    """One a node. `services` are all the site's, read when asked for."""

    def __init__(self, store: Store, services: Iterable[object]) -> None:
        self._store = store
        self._services = services
        self._listener: Recognition | None = None
        self._more = asyncio.Event()

    def listen(self, listener: Recognition) -> None:
        """From now on this one reads them."""
        self._listener = listener
        self._more.set()

    def observe(self, batch: Sequence[Event]) -> None:
        """Something was left to be heard, or self-service is over and has said whose it is."""
        if any(_may_be_read(event) for event in batch):
            self._more.set()

    async def run(self) -> None:
        """Read what is left for ever; a site without a recogniser reads nothing, and loses nothing by it."""
        self._listener = next((each for each in self._services if isinstance(each, Recognition)), None)
        while True:
            self._more.clear()
            if self._listener is not None and await self._one(self._listener):
                continue
            with suppress(TimeoutError):  # not wait_for: before 3.12 it drops a cancellation that meets a wake
                async with asyncio.timeout(IDLE):
                    await self._more.wait()

    async def _one(self, listener: Recognition) -> bool:
        try:
            row = await self._store.write(self._next)
            if row is None:
                return False
            found = await self._heard(listener, row)
            await self._store.write(lambda tx: _keep(tx, row["id"], found))
        except Overloaded:
            return False
        return True

    def _next(self, tx: Tx) -> Row | None:
        row = voicemails.untold(tx.conn)
        if row is None or not timers.hold(tx, LEASE, self._store.node, DEADLINE + 2 * GRACE):
            return None
        return row

    async def _heard(self, listener: Recognition, row: Row) -> Transcript | None:
        files = await self._store.read(lambda conn: blobs.load(conn, row["message_id"]))
        sound = next((file.content for file in files if file.media_type in WAV), None)
        if sound is None:
            return None
        try:
            async with asyncio.timeout(DEADLINE + GRACE):
                return await listener.recognise(sound, row["language"] or "en", DEADLINE)
        except Exception as error:  # noqa: BLE001  # a provider that fails must not keep the others' from being read
            log.warning("voicemail %d could not be recognised: %s", row["id"], type(error).__name__)
            return None


def _may_be_read(event: Event) -> bool:
    left = event.data.get("kind") == MessageKind.VOICEMAIL
    return left or event.data.get("previous") == InteractionState.SELF_SERVICE


def _keep(tx: Tx, voicemail_id: int, found: Transcript | None) -> None:
    row = voicemails.get(tx, voicemail_id)
    interaction = interactions.locked(tx, row["interaction_id"])
    text = found.text.strip() if found is not None else ""
    if found is not None and text and row["box_user_id"] is None:
        said = {"provider": found.provider, "language": found.language, "confidence": found.confidence}
        messages.transcribe(tx, row["message_id"], text, said)
    own = text if row["box_user_id"] is not None else ""
    voicemail.told(tx, interaction, row, voicemails.DONE if text else voicemails.FAILED, own)
