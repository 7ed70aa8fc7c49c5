"""Many in one call, each with a tone of their own: whom each hears is measured, as is what the recording has of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from hub.api import Address, Monitoring
from hub.model.actor import Actor
from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline.calls import audio, calls, park, party, supervision
from hub.pipeline.calls.supervision import How
from hub.pipeline.colleagues import consult
from hub.pipeline.colleagues.consult import Whom
from hub.plugin.site_model import UserTable
from hub.store.tables import interactions, messages
from plugins.sip.wire.digest import Secret
from tests.voice.baresip import Baresip, Sound
from tests.voice.house import DESK, PASSWORD, VoiceHouse
from tests.voice.sounds import share, stereo

pytestmark = [pytest.mark.slow, pytest.mark.peer]
CALLER, ANN, BO, FOX, EVE = 500, 1250, 800, 950, 1700
TONES = {"ann": ANN, "bo": BO, "eve": EVE}
HEARD, UNHEARD = 0.1, 0.05
WINDOW = 2000
"""Samples: a quarter of a second."""
FOX_S = "+8613911112222"


class Office(VoiceHouse):
    """Ann and Bo, Eve who supervises, a caller, and Fox out in the world; all have phones."""

    def __init__(self, url: str, folder: Path) -> None:
        self.fox = Baresip(folder / "fox", f"<sip:{FOX_S}@127.0.0.1:{{sip}}>;regint=0;answermode=auto", FOX)
        way_out = {"proxies": [f"127.0.0.1:{self.fox.sip}"], "prefixes": ["+86139"]}
        super().__init__(url, folder, record=True, connection=way_out)
        eve = UserTable(login="eve", name="Eve", roles=["supervisor"])
        self.file = self.file.model_copy(update={"users": [*self.file.users, eve]})
        self._folder = folder
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Office:
        await super().__aenter__()
        self.eve = Actor(self.bo.user_id + 1, "Eve", BUILT_IN_ROLES["supervisor"], None)
        caller = Baresip(self._folder / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", CALLER)
        self.phones = {"fox": self.fox, "caller": caller}
        for who in (self.ann, self.bo, self.eve):
            await self._give(who.name.lower(), who)
        for phone in self.phones.values():
            await self._stack.enter_async_context(phone)
        await asyncio.gather(*(self.phones[name].registered() for name in TONES))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await super().__aexit__()

    async def _give(self, name: str, who: Actor) -> None:
        await self.telephones.phones.set(who.user_id, Secret.of(name, "hub", PASSWORD), "")
        account = f"<sip:{name}@127.0.0.1:{self.port}>;auth_pass={PASSWORD};regint=60;answermode=manual"
        self.phones[name] = Baresip(self._folder / name, account, TONES[name])

    async def picks_up(self, name: str, times: int = 1) -> None:
        """Their phone rings, and they do."""
        await self.phones[name].until("CALL_INCOMING", times)
        await self.phones[name].do("accept")
        await self.phones[name].until("CALL_ESTABLISHED", times)

    async def talking(self) -> int:
        """Ann and the caller; returns the interaction."""
        await self.ready()
        await self.phones["caller"].do("dial", f"sip:{DESK}@127.0.0.1:{self.port}")
        await self.picks_up("ann")
        await self.becomes("CONNECTED")
        return int((await self.rows(interactions))[-1]["id"])

    async def hear(self, wanted: Mapping[str, set[int]]) -> None:
        """Each of these phones hears just these tones of all there are."""
        found: dict[str, tuple[set[int], set[int]]] = {}
        for _ in range(60):
            await asyncio.sleep(0.25)  # sound takes its time
            found = {name: self._tones(name) for name in wanted}
            if all(found[name] == (tones, ALL - tones) for name, tones in wanted.items()):
                return
        raise AssertionError(f"{found}, wanted {wanted}")

    def _tones(self, name: str) -> tuple[set[int], set[int]]:
        """Those it hears, and those it does not; in between is neither."""
        shares = {tone: self.phones[name].loudness(tone) for tone in ALL}
        heard = {tone for tone, share in shares.items() if share > HEARD}
        return heard, {tone for tone, share in shares.items() if share < UNHEARD}


ALL = {CALLER, ANN, BO, FOX, EVE}


@pytest.fixture
async def office(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with Office(sqlite_url, tmp_path) as running:
        yield running


async def test_four_talk_a_supervisor_whispers_and_takes_over_and_all_of_it_is_recorded(office: Office) -> None:
    call, write = await office.talking(), office.store.write
    await office.ready(office.bo)
    await write(lambda tx: party.invite(tx, office.ann, call, Address("tel", FOX_S)))
    await office.becomes("CONFERENCED")
    await write(lambda tx: consult.ask(tx, office.ann, call, Whom(user=office.bo.user_id, aside=True)))
    await office.picks_up("bo")
    await office.hear({"ann": {BO}, "bo": {ANN}, "caller": {FOX}, "fox": {CALLER}})
    await write(partial(consult.join, actor=office.ann, interaction_id=call))
    four = {"caller": CALLER, "ann": ANN, "bo": BO, "fox": FOX}
    everybody = {name: {*four.values()} - {tone} for name, tone in four.items()}
    await office.hear(everybody)

    await write(lambda tx: audio.mute(tx, office.ann, call, True))
    await office.hear({name: tones - {ANN} for name, tones in everybody.items()})
    await write(lambda tx: audio.mute(tx, office.ann, call, False))

    await write(lambda tx: supervision.monitor(tx, office.eve, call, How(Monitoring.LISTEN)))
    await office.picks_up("eve")
    await office.hear({**everybody, "eve": {*four.values()}})
    await write(lambda tx: supervision.monitor(tx, office.eve, call, How(Monitoring.WHISPER)))
    await office.hear({**everybody, "ann": everybody["ann"] | {EVE}})

    await write(lambda tx: park.park(tx, office.ann, call, timedelta(minutes=2)))
    await office.phones["ann"].until("CALL_CLOSED")
    await office.hear({name: everybody[name] - {ANN} for name in ("caller", "bo", "fox")} | {"eve": {CALLER, BO, FOX}})
    await write(lambda tx: park.unpark(tx, office.ann, call))
    await office.picks_up("ann", 2)
    await office.hear({**everybody, "eve": {*four.values()}})  # the whisper was for who left
    await write(lambda tx: supervision.monitor(tx, office.eve, call, How(Monitoring.WHISPER)))

    await office.phones["bo"].do("hold")
    await office.hear({name: everybody[name] - {BO} for name in ("caller", "fox")})
    await office.phones["fox"].do("hangup")
    await office.phones["bo"].do("hangup")
    await office.hear({"caller": {ANN}, "ann": {CALLER, EVE}, "eve": {CALLER, ANN}})
    await write(lambda tx: audio.record(tx, office.ann, call, False))
    await office.until("leg.state", lambda event: event.data["state"] == "RECORDING_PAUSED")
    await write(lambda tx: supervision.monitor(tx, office.eve, call, How(Monitoring.BARGE)))
    await office.hear({"caller": {ANN, EVE}, "ann": {CALLER, EVE}})
    await write(lambda tx: audio.record(tx, office.ann, call, True))
    await write(lambda tx: calls.hold(tx, office.ann, call))
    await office.hear({"ann": {EVE}, "eve": {ANN}})
    await office.hears_something(office.phones["caller"])
    await write(lambda tx: calls.resume(tx, office.ann, call))

    await write(lambda tx: supervision.take_over(tx, office.eve, call))
    await office.phones["ann"].until("CALL_CLOSED", 2)
    await office.hear({"caller": {EVE}, "eve": {CALLER}})
    await write(lambda tx: park.park(tx, office.eve, call, timedelta(minutes=2)))
    await office.phones["eve"].until("CALL_CLOSED")
    await office.hears_something(office.phones["caller"])
    await write(lambda tx: park.unpark(tx, office.ann, call))
    await office.picks_up("ann", 3)
    await office.hear({"caller": {ANN}, "ann": {CALLER}})
    await office.phones["caller"].do("hangup")
    await office.becomes("CLOSED")
    await office.quiet()
    _is_whole(await _recording(office))


@dataclass(frozen=True)
class Recorded:
    """Two channels, and from which sample to which it was paused."""

    said: Sound
    heard: Sound
    begin: int
    end: int


async def _recording(office: Office) -> Recorded:
    [row] = [row for row in await office.rows(messages) if row["kind"] == "RECORDING"]
    [[begin, end]] = row["fields"]["pauses"]
    return Recorded(*stereo(await office.file_of(row["id"])), round(begin * 8000), round(end * 8000))


def _is_whole(made: Recorded) -> None:
    """The customer throughout, but for the pause; everybody they heard, in the order in which they did; no whisper, of
    which there was none after the pause."""
    inside = [slice(start, start + WINDOW) for start in range(made.begin, made.end - WINDOW, WINDOW // 4)]
    assert any(not made.said[each].any() and not made.heard[each].any() for each in inside), "silence"
    assert share(made.said[: made.begin], CALLER) > 0.5 and share(made.said[made.end :], CALLER) > 0.5
    before, after = _tones_in(made.heard[: made.begin]), _tones_in(made.heard[made.end :])
    assert {ANN, BO, FOX} in before and {BO, FOX} in before
    assert not any(EVE in tones for tones in before), "a whisper is not for the customer"
    assert {EVE} in after and {ANN} in after


def _tones_in(sound: Sound) -> list[set[int]]:
    """Of each quarter of a second."""
    pieces = [sound[start : start + WINDOW] for start in range(0, len(sound) - WINDOW, WINDOW)]
    return [{tone for tone in ALL if share(piece, tone) > HEARD} for piece in pieces]
