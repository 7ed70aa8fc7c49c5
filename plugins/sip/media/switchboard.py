"""All legs of one worker and what may be asked of them; each public method with a plain signature is one request."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from plugins.sip.media import wire
from plugins.sip.media.arrangement import arrange
from plugins.sip.media.engine import Codec, Digit, DigitSource, Direction, Event, MediaError, Silence
from plugins.sip.media.leg import Leg
from plugins.sip.media.lender import Lender
from plugins.sip.media.lending import Images, Reads
from plugins.sip.media.prompter import Prompter
from plugins.sip.media.readiness import Readiness
from plugins.sip.media.recording import DiskThread, Track
from plugins.sip.media.rooms import Rooms
from plugins.sip.media.rtp_socket import RtpSocket
from plugins.sip.media.ticks import Ticks
from plugins.sip.media.wire import Reply

_PLAIN_PAIR: Final = 2


class Switchboard:
    """`tell` and `later` may be called from any thread: an event to the hub, work for the ticker's thread."""

    def __init__(
        self,
        host: str,
        ports: Iterable[int],
        silence_seconds: float,
        tell: Callable[[Event], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._host, self._silence_seconds = host, silence_seconds
        self._ports = itertools.cycle(list(ports) or [0])
        self._port_count = max(1, len(list(ports)))
        self._tell = tell
        self._legs: dict[str, Leg] = {}
        self._rooms = Rooms()
        self._tracks: dict[str, Track] = {}
        self._sockets: Readiness[Reads] = Readiness()
        self._ticks = Ticks(tell)
        self._tick = 0
        self._disk = DiskThread()
        self._prompter = Prompter(self._legs, tell, later)
        self._images = Images(self._sockets, self._socket)
        self.lender = Lender(self._sockets, self._images, self._ticks, self._leg, self._rearrange)

    def __len__(self) -> int:
        return len(self._legs) + len(self._images)

    def receive(self) -> None:
        """Read one packet of each leg that has one."""
        now = time.monotonic()
        self._ticks.receive(self._sockets.ready(), now)

    def tick(self, number: int) -> None:
        """Send 20 ms to each leg; `number` counts ticks of the clock, some of which may have been missed."""
        ticks, self._tick = number - self._tick, number
        self._ticks.tick(number, ticks, time.monotonic(), self._tracks)

    def watch(self) -> None:
        """Tell who has been silent too long; to be called now and then."""
        now = time.monotonic()
        for leg in self._legs.values():
            seconds = now - self._ticks.last_heard(leg)
            if not leg.started or not leg.direction.receiving or seconds < self._silence_seconds:
                leg.told_silence = False
            elif not leg.told_silence:
                leg.told_silence = True
                self._tell(Silence(leg.name, round(seconds, 1)))

    def stop(self) -> None:
        """Finish recordings, free everything."""
        for target in list(self._tracks):
            self.stop_recording(lambda *_: None, target=target)
        for name in list(self._legs):
            self.close(lambda *_: None, leg=name)
        self._images.clear()
        self._prompter.stop()
        self._disk.stop()

    def open(self, reply: Reply, *, leg: str) -> None:
        """A socket."""
        if leg in self._legs:
            raise MediaError(f"{leg} is open already")
        opened = Leg(leg, self._socket(), self._pressed)
        self._legs[leg] = opened
        self._sockets.register(opened.socket, opened)
        if opened.socket.control:
            self._sockets.register(opened.control, opened.control)
        self._rearrange()
        reply(opened.socket.port)

    def connect(
        self,
        reply: Reply,
        *,
        leg: str,
        remote: list[Any],
        codec: str,
        telephone_event: int | None,
        crypto: list[str] | None,
        direction: str,
        learn: bool,
        rtcp: int,
    ) -> None:
        """Media as agreed."""
        at = self._leg(leg)
        was_heard = at.direction.receiving
        self._sockets.unregister(at.socket)
        try:
            at.connect(
                (str(remote[0]), int(remote[1])), Codec(codec), telephone_event, wire.keys_in(crypto),
                Direction(direction), learn=learn, rtcp=rtcp,
            )  # fmt: skip
        finally:
            self._sockets.register(at.socket, at)
        self._ticks.agreed(at, time.monotonic(), anew=not was_heard)
        self._rearrange()
        reply(True)

    def play(self, reply: Reply, *, leg: str, path: str, play: int, loop: bool, interruptible: bool) -> None:
        """Load the file, then speak."""
        self._prompter.play(reply, self._leg(leg), path, play, loop=loop, interruptible=interruptible)

    def stop_playing(self, reply: Reply, *, leg: str) -> None:
        """Prompt or music."""
        self._prompter.silence(self._leg(leg))
        reply(True)

    def mix(self, reply: Reply, *, room: str, legs: list[str], gains: list[tuple[str, str, float]]) -> None:
        """Exactly these are in the room."""
        levels = {(listener, speaker): gain for listener, speaker, gain in gains}
        self._rooms.fill(room, [self._leg(leg) for leg in legs], levels)
        self._rearrange()
        reply(True)

    def part(self, reply: Reply, *, leg: str) -> None:
        """Leave the room."""
        self._rooms.leave(self._leg(leg))
        self._rearrange()
        reply(True)

    def hold(self, reply: Reply, *, leg: str) -> None:
        """Out of hearing, its place kept."""
        self._leg(leg).held = True
        self._rearrange()
        reply(True)

    def resume(self, reply: Reply, *, leg: str) -> None:
        """Back in hearing."""
        resumed = self._leg(leg)
        resumed.held = False
        self._prompter.silence(resumed)
        self._rearrange()
        reply(True)

    def record(self, reply: Reply, *, target: str, path: str) -> None:
        """From now on."""
        if target in self._tracks:
            raise MediaError(f"{target} is being recorded already")
        if target not in self._legs and target not in self._rooms.by_name:
            raise MediaError(f"there is no leg or room {target}")
        self._tracks[target] = Track(Path(path), self._tick + 1, self._disk)
        reply(True)

    def pause_recording(self, reply: Reply, *, target: str, paused: bool) -> None:
        """Silence instead of sound, or sound again."""
        self._track(target).paused = paused
        reply(True)

    def stop_recording(self, reply: Reply, *, target: str) -> None:
        """Answers once the file is whole."""
        track = self._track(target)
        del self._tracks[target]
        track.finish(lambda seconds, error: reply(None, f"recording: {error}") if error else reply(seconds))

    def send_digits(self, reply: Reply, *, leg: str, digits: str) -> None:
        """Press keys."""
        self._leg(leg).press(digits)
        reply(True)

    def lead(self, reply: Reply, *, leg: str, other: str) -> None:
        """Number what goes to both so that what the other sends follows."""
        reply(self._ticks.lead(self._leg(leg), self._leg(other), time.monotonic()))

    def overtake(self, reply: Reply, *, leg: str, seconds: float) -> None:
        """Number what goes to it so that it follows what it heard meanwhile."""
        self._ticks.overtake(self._leg(leg), seconds)
        reply(True)

    def statistics(self, reply: Reply, *, leg: str) -> None:
        """Up to now."""
        reply(asdict(self._ticks.statistics(self._leg(leg))))

    def close(self, reply: Reply, *, leg: str) -> None:
        """Free the socket."""
        if leg in self._images:
            reply(self._images.close(leg))
            return
        closed = self._leg(leg)
        self._prompter.silence(closed)
        self._rooms.leave(closed)
        self._ticks.say_goodbye(closed, time.monotonic())
        self._sockets.unregister(closed.socket)
        if closed.socket.control:
            self._sockets.unregister(closed.control)
        self.lender.take_back(closed)
        closed.close()
        statistics = self._ticks.statistics(closed)
        del self._legs[leg]
        self._rearrange()
        reply(asdict(statistics))

    def _leg(self, name: str) -> Leg:
        if name not in self._legs:
            raise MediaError(f"there is no leg {name}")
        return self._legs[name]

    def _track(self, target: str) -> Track:
        if target not in self._tracks:
            raise MediaError(f"{target} is not being recorded")
        return self._tracks[target]

    def _socket(self) -> RtpSocket:
        return RtpSocket(self._host, itertools.islice(self._ports, self._port_count))

    def _rearrange(self) -> None:
        self._ticks.rearrange(arrange(list(self._legs.values()), self._rooms.by_name))

    def _pressed(self, leg: Leg, key: str, source: DigitSource) -> None:
        """Tell it, let it cut a prompt off, and pass it on to who is at the other end of a bridge."""
        self._tell(Digit(leg.name, key, source))
        if leg.playing and leg.playing.interruptible:
            self._prompter.silence(leg)
        others = self._rooms.others(leg)
        if source is DigitSource.TELEPHONE_EVENT and len(others) == _PLAIN_PAIR - 1 and not leg.held:
            with suppress(ValueError):
                others[0].press(key)
