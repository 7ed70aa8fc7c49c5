"""Calls through a real rtpengine: who is heard, who carries it, and what takes it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from plugins.sip.media.engine import Codec, Digit, Event, Gone, MediaError, Silence
from plugins.sip.media.relay import RelayEngine, ng, watch
from plugins.sip.media.rtcp import is_rtcp
from plugins.sip.media.settings import MediaSettings
from plugins.sip.tests.media.calls import LOUD, QUIET, hears, sine, stereo, until
from plugins.sip.tests.media.far_side import EVENT_KIND, FarSide, level
from plugins.sip.tests.media.rtpengine import Daemon, rtpengine
from plugins.sip.tests.media.test_lending import HERE, ends, packets, told_one_by_one

pytestmark = [pytest.mark.slow, pytest.mark.peer]


@asynccontextmanager
async def through(daemon: Daemon, silence_seconds: float = 30) -> AsyncIterator[tuple[RelayEngine, list[Event]]]:
    settings, told = MediaSettings(rtpengine=(daemon.address,), silence_seconds=silence_seconds), list[Event]()
    async with RelayEngine(settings) as engine:
        following = asyncio.create_task(_follow(engine.events(), told.append))
        yield engine, told
        following.cancel()


async def _follow(events: AsyncIterator[Event], hear: Callable[[Event], None]) -> None:
    async for event in events:
        hear(event)


async def dial(engine: RelayEngine, leg: str, far: FarSide, beside: str | None = None) -> None:
    far.endpoint = await engine.open(leg, beside=beside)
    far.start()
    await engine.connect(leg, far.address, far.codec, EVENT_KIND)


async def carried_alone(engine: RelayEngine, leg: str) -> None:
    await until(lambda: engine.relayed(leg))


async def test_a_node_carries_two_who_talk_and_gives_them_back_for_all_else(tmp_path: Path) -> None:
    async with rtpengine() as daemon, through(daemon) as (engine, told):
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent:
            await dial(engine, "caller", caller)
            await engine.play("caller", sine(2000).tobytes(), loop=True)
            await hears(caller, 2000)
            await engine.stop("caller")
            await dial(engine, "agent", agent, beside="caller")
            await engine.bridge("caller", "agent")
            await carried_alone(engine, "caller")
            assert engine.relayed("agent")
            await hears(caller, 1000)
            await hears(agent, 440)
            assert {packet.source for packet in (caller.heard[-1].packet, agent.heard[-1].packet)} == {7}

            await engine.record("caller", tmp_path / "call.wav")
            assert not engine.relayed("agent")
            await hears(caller, 1000)
            said, heard = stereo((await engine.stop_recording("caller")).path)
            assert level(said[-2000:], 440) > LOUD and level(heard[-2000:], 1000) > LOUD
            await carried_alone(engine, "caller")

            await engine.hold("caller", sine(2000).tobytes())
            await hears(caller, 2000)
            await until(lambda: level(agent.audio(0.3), 440) < QUIET)
            await engine.resume("caller")
            await carried_alone(engine, "caller")
            await hears(caller, 1000)

            await engine.send_digits("caller", "1")
            await until(lambda: caller.events)
            await carried_alone(engine, "caller")
            agent.press(caller.events[0].payload)
            await until(lambda: len({event.source for event in caller.events}) == 2)
            assert not [event for event in told if isinstance(event, Digit)]

            statistics = await engine.close("agent")
            assert statistics.received > 100
            assert not engine.relayed("caller")
            await engine.play("caller", sine(700).tobytes(), loop=True)
            await hears(caller, 700)
            assert (await engine.close("caller")).lost < 20


async def test_what_a_node_cannot_carry_alone_our_own_process_carries_behind_it() -> None:
    async with rtpengine() as daemon, through(daemon) as (engine, _):
        with FarSide(says=sine(440)) as caller, FarSide(Codec.PCMA, says=sine(1000)) as agent, FarSide() as boss:
            await dial(engine, "caller", caller)
            await dial(engine, "agent", agent, beside="caller")
            await engine.bridge("caller", "agent")
            assert not engine.relayed("caller")
            await hears(caller, 1000)
            await hears(agent, 440)
            await dial(engine, "boss", boss, beside="caller")
            await engine.mix("room", ["caller", "agent", "boss"])
            await hears(boss, 440)
            await hears(boss, 1000)
            await engine.part("agent")
            await engine.bridge("caller", "boss")
            await carried_alone(engine, "boss")
            await hears(boss, 440)


async def test_what_is_lent_goes_through_a_node_as_it_is_and_t38_past_it() -> None:
    async with rtpengine() as daemon, through(daemon) as (engine, told):
        with ends(3) as (far, worker, image):
            ours = await engine.open("fax")
            await engine.connect("fax", far.address, Codec.PCMU, None)
            near = await engine.lend("fax", worker.address)
            inward, outward = packets(1, 7, 65_530), packets(2, 9, 65_530)
            await told_one_by_one(inward, far, (ours.host, ours.port), worker)
            await told_one_by_one(outward, worker, (HERE, near), far)
            assert worker.hear() == inward
            assert [each for each in far.hear() if not is_rtcp(each)] == outward
            t38 = await engine.open_image("image")
            near = await engine.lend_image("image", far.address, image.address)
            await told_one_by_one([b"UDPTL"], far, (t38.host, t38.port), image)
            await told_one_by_one([b"LTPDU"], image, (HERE, near), far)
            assert t38.port not in (ours.port, 0) and far.hear()[-1] == b"LTPDU"
            engine.own.kill("image")
            await until(lambda: {event.leg for event in told if isinstance(event, Gone)} == {"fax", "image"})
            await engine.close("image")


async def test_silence_is_told_of_who_is_relayed_and_a_dead_node_ends_its_legs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whom exactly it is told when, test_relay_watch shows: a node tells of whole seconds."""
    monkeypatch.setattr(watch, "_PAUSE", 0.2)
    async with rtpengine() as daemon, through(daemon, silence_seconds=1) as (engine, told):
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent:
            await dial(engine, "caller", caller)
            await dial(engine, "agent", agent, beside="caller")
            await engine.bridge("caller", "agent")
            await hears(agent, 440)
            caller.talking = False
            await until(lambda: "caller" in {event.leg for event in told if isinstance(event, Silence)})
            daemon.process.kill()
            monkeypatch.setattr(ng, "_WAITS", (0.1, 0.2))
            await until(lambda: {event.leg for event in told if isinstance(event, Gone)} == {"caller", "agent"})
            with pytest.raises(MediaError, match="does not answer"):
                await engine.open("next")
