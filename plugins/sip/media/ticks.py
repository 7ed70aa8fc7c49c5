"""One tick: 20 ms of every leg, in a few array operations. Nothing here waits for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import numpy as np

from plugins.sip.media import rtp
from plugins.sip.media.arrangement import Arrangement, arrange
from plugins.sip.media.call_progress import ToneDetector
from plugins.sip.media.dtmf import KeyDetector
from plugins.sip.media.engine import Event, Played, Statistics, Tone
from plugins.sip.media.g711 import FRAME, QUIET, RATE, Octets, Samples, decode_rows
from plugins.sip.media.incoming import PLAIN, Incoming
from plugins.sip.media.leg import Leg
from plugins.sip.media.lending import Reads
from plugins.sip.media.mixing import stereo, together
from plugins.sip.media.outgoing import Outgoing
from plugins.sip.media.per_leg import Indices, PerLeg
from plugins.sip.media.recording import Track
from plugins.sip.media.reporting import Reporting
from plugins.sip.media.rtcp import is_rtcp

_SIZE = PLAIN.itemsize
_BEFORE, _BEHIND = 50, 10_000  # packets


class _Rows(PerLeg):
    """All that has a row a leg."""

    kept = ("heard",)

    def __init__(self, count: int) -> None:
        self.incoming, self.outgoing = Incoming(count), Outgoing(count)
        self.keys, self.tones = KeyDetector(count), ToneDetector(count)
        self.heard: Samples = np.zeros((count, FRAME), np.int16)

    def take_over(self, old: _Rows, rows: Indices, old_rows: Indices) -> None:
        """See PerLeg."""
        super().take_over(old, rows, old_rows)
        self.incoming.take_over(old.incoming, rows, old_rows)
        self.outgoing.take_over(old.outgoing, rows, old_rows)
        self.keys.take_over(old.keys, rows, old_rows)
        self.tones.take_over(old.tones, rows, old_rows)


class Ticks:
    """The arrays of all legs and what must be remembered from one frame to the next."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._arrangement = arrange([], {})
        self._now = _Rows(0)
        self._came: list[tuple[Leg, bytes, float]] = []
        self._reporting = Reporting()

    def rearrange(self, arrangement: Arrangement) -> None:
        """Legs came, went, agreed or hear others; what is known of those that stay is kept."""
        old = self._arrangement
        if arrangement.legs == old.legs:
            self._arrangement = arrangement
            return
        self._take_in()
        kept = [leg for leg in arrangement.legs if leg in old.legs]
        old_rows = np.array([leg.row for leg in kept], np.intp)
        for row, leg in enumerate(arrangement.legs):
            leg.row = row
        rows = np.array([leg.row for leg in kept], np.intp)
        before, self._now = self._now, _Rows(len(arrangement.legs))
        self._now.take_over(before, rows, old_rows)
        self._arrangement = arrangement

    def agreed(self, leg: Leg, now: float, *, anew: bool) -> None:
        """Its media was agreed, or agreed anew; `anew` after a time in which it spoke to others, or not at all."""
        if anew:
            self._now.incoming.reception.restart(leg.row)
        self._now.incoming.last_heard[leg.row] = now
        self._reporting.begin(leg, now)

    def last_heard(self, leg: Leg) -> float:
        """When something came from it, or its media was agreed."""
        return float(self._now.incoming.last_heard[leg.row])

    def statistics(self, leg: Leg) -> Statistics:
        """Up to now."""
        reception, row, far = self._now.incoming.reception, leg.row, leg.control.reporter.far
        return Statistics(
            sent=int(self._now.outgoing.sent[row]),
            received=int(reception.received[row]),
            lost=reception.lost(row),
            late=int(self._now.incoming.play_out.late[row]),
            refused=leg.refused + leg.socket.refused + leg.control.refused,
            jitter_ms=round(1000 * float(reception.jitter[row]) / RATE, 1),
            far_lost=far.lost,
            far_jitter_ms=far.jitter_ms,
            round_trip_ms=far.round_trip_ms,
        )

    def receive(self, ready: Iterable[Reads], now: float) -> None:
        """Read one datagram of each; plain ones are handled together, at the next tick or when a leg has two."""
        for leg in ready:
            datagram = leg.read()
            if datagram is None or not isinstance(leg, Leg):
                continue
            if len(datagram) != _SIZE:
                self._special(leg, datagram, now)
                continue
            if leg.came:
                self._take_in()
            leg.came = True
            self._came.append((leg, datagram, now))

    def tick(self, number: int, ticks: int, now: float, tracks: Mapping[str, Track]) -> None:
        """`ticks` have gone by since the last one; `tracks` are the recordings, by leg or room."""
        if not self._arrangement.legs:
            return
        self._take_in()
        heard = self._listen()
        self._detect(heard, now)
        said = self._arrangement.said(heard)
        self._play(said)
        self._send(said, ticks)
        if tracks:
            self._record(number, heard, said, tracks)
        self._reporting.tell(self._now.incoming, self._now.outgoing, now)

    def lead(self, one: Leg, other: Leg, now: float) -> bool:
        """Go on just before what the other one sends, which is what each will hear next, without us between. Whether
        both have been heard: of who has not, nobody knows where they begin."""
        of_one, of_other = (self._now.incoming.numbers(leg.row, now) for leg in (one, other))
        if of_one is None or of_other is None:
            return False
        for leg, (sequence, timestamp) in ((one, of_other), (other, of_one)):
            self._renumber(leg, sequence - _BEFORE, timestamp - _BEFORE * FRAME)
        return True

    def overtake(self, leg: Leg, seconds: float) -> None:
        """Go on well behind what it has heard without us since `lead`, for so long."""
        sent = self._now.outgoing.so_far(leg.row)
        ahead = round(seconds * 50) + _BEHIND
        self._renumber(leg, sent.sequence + ahead, sent.timestamp + _BEHIND * FRAME)

    def _renumber(self, leg: Leg, sequence: int, timestamp: int) -> None:
        silence = bytes([QUIET[leg.codec]]) * FRAME
        for step in self._now.outgoing.renumber(leg.row, sequence, timestamp):
            source = self._now.outgoing.so_far(leg.row).source
            with suppress(OSError):  # as with any packet
                leg.socket.write(rtp.build(leg.codec.payload_type, *step, source, silence, marker=True))

    def passed(self, leg: Leg, packet: rtp.Packet) -> None:
        """One of somebody else's has gone out by this leg."""
        self._now.outgoing.passed(leg.row, packet)

    def say_goodbye(self, leg: Leg, now: float) -> None:
        """The last report of a leg that is about to go."""
        self._reporting.end(leg, self._now.incoming, self._now.outgoing, now)

    def _take_in(self) -> None:
        """What has come, at most one datagram a leg."""
        came, self._came = self._came, []
        if not came:
            return
        legs, datagrams, times = zip(*came, strict=True)
        for leg in legs:
            leg.came = False
        rows = np.array([leg.row for leg in legs], np.intp)
        for index in self._now.incoming.heard(rows, datagrams, np.array(times)):
            self._special(*came[index])

    def _special(self, leg: Leg, datagram: bytes, now: float) -> None:
        """Anything but a plain packet of a known source."""
        if is_rtcp(datagram):
            leg.control.take(datagram)
            return
        try:
            packet = rtp.parse(datagram)
        except rtp.NotRtp:
            leg.refused += 1
            return
        self._now.incoming.last_heard[leg.row] = now
        if packet.kind == leg.event_kind:
            self._count(leg, packet, now)
            leg.event(packet, now)
        elif payload := leg.octets(packet):
            self._count(leg, packet, now)
            self._now.incoming.play_out.put(leg.row, packet.timestamp, payload)
        else:
            leg.refused += 1

    def _count(self, leg: Leg, packet: rtp.Packet, now: float) -> None:
        if self._now.incoming.changed_source(leg.row, packet.source):
            leg.new_source()
        self._now.incoming.count(leg.row, packet, now)

    def _listen(self) -> Samples:
        """What came from each; where nothing did, the last frame fades away: short gaps are less of a click so."""
        octets, filled = self._now.incoming.play_out.take()
        heard = decode_rows(octets, self._arrangement.codecs)
        missing = np.flatnonzero(~filled)
        heard[missing] = self._now.heard[missing] // 2
        self._now.heard = heard
        return heard

    def _detect(self, heard: Samples, now: float) -> None:
        legs = self._arrangement.legs
        for row, key in self._now.keys.heard(heard):
            legs[row].inband(key, now)
        for row, kind in self._now.tones.heard(heard):
            self._tell(Tone(legs[row].name, kind))

    def _play(self, said: Octets) -> None:
        """Prompts instead of what they would hear."""
        rows, frames = [], []
        for row, leg in enumerate(self._arrangement.legs):
            playing = leg.tones or leg.playing
            if playing is None or not leg.started:
                continue
            frame = playing.next(leg.codec)
            if frame is not None:
                rows.append(row)
                frames.append(frame)
                continue
            leg.sounded()
            if playing.play:
                self._tell(Played(leg.name, playing.play, finished=True))
        if rows:
            said[rows] = np.frombuffer(b"".join(frames), np.uint8).reshape(-1, FRAME)

    def _send(self, said: Octets, ticks: int) -> None:
        arrangement, sent = self._arrangement, self._now.outgoing.sent
        datagrams = self._now.outgoing.packets(said, arrangement.kinds, arrangement.sending, ticks)
        sent[arrangement.sending] += 1
        for leg in arrangement.senders:
            start = leg.row * _SIZE
            if not leg.say(datagrams[start : start + _SIZE]):
                sent[leg.row] -= 1

    def _record(self, number: int, heard: Samples, said: Octets, tracks: Mapping[str, Track]) -> None:
        rows, members = self._arrangement.rows, self._arrangement.members
        legs = [name for name in tracks if name in rows]
        places = np.array([rows[name] for name in legs], np.intp)
        told = decode_rows(said[places], self._arrangement.codecs[places])
        for name, frame in zip(legs, stereo(heard[places], told), strict=True):
            tracks[name].add(number, frame.tobytes())
        for name in tracks.keys() & members.keys():
            first, others = list(members[name][:1]), list(members[name][1:])
            tracks[name].add(number, stereo(together(heard[first]), together(heard[others])).tobytes())
