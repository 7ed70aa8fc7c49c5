"""One tick: 20 ms of every leg, in a few array operations. Nothing here waits for anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from plugins.sip.media.arrangement import Arrangement, arrange
from plugins.sip.media.call_progress import ToneDetector
from plugins.sip.media.dtmf import KeyDetector
from plugins.sip.media.engine import Event, Played, Tone
from plugins.sip.media.g711 import CODECS, FRAME, QUIET, Samples, decode_rows, encode_rows, to_samples
from plugins.sip.media.recording import Track

_QUIET = [bytes([QUIET[codec]]) * FRAME for codec in CODECS]


class Ticks:
    """The arrays of all legs and what must be remembered from one frame to the next."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._take_over(arrange([], {}))

    def rearrange(self, arrangement: Arrangement) -> None:
        """Legs came, went or hear others; what is known of those that stay is kept."""
        old, old_keys, old_tones, old_heard = self._arrangement, self._keys, self._tones, self._heard
        self._take_over(arrangement)
        kept = [leg.name for leg in arrangement.legs if leg.name in old.rows]
        rows = np.array([arrangement.rows[name] for name in kept], np.intp)
        old_rows = np.array([old.rows[name] for name in kept], np.intp)
        self._keys.take_over(old_keys, rows, old_rows)
        self._tones.take_over(old_tones, rows, old_rows)
        self._heard[rows] = old_heard[old_rows]

    def tick(self, number: int, ticks: int, now: float, tracks: Mapping[str, Track]) -> None:
        """`ticks` have gone by since the last one; `tracks` are the recordings, by leg or room."""
        arrangement = self._arrangement
        if not arrangement.legs:
            return
        heard = self._listen()
        self._detect(heard, now)
        said = arrangement.said(heard)
        self._play(said)
        octets = encode_rows(said, arrangement.codecs).tobytes()
        for row, leg in enumerate(arrangement.legs):
            if leg.started:
                leg.send(octets[row * FRAME : (row + 1) * FRAME], ticks)
        if tracks:
            self._record(number, heard, said, tracks)

    def _take_over(self, arrangement: Arrangement) -> None:
        count = len(arrangement.legs)
        self._arrangement = arrangement
        self._keys, self._tones = KeyDetector(count), ToneDetector(count)
        self._heard: Samples = np.zeros((count, FRAME), np.int16)

    def _listen(self) -> Samples:
        """What came from each; where nothing did, the last frame fades away: short gaps are less of a click so."""
        legs = self._arrangement.legs
        frames = [leg.take() for leg in legs]
        octets = b"".join([frame or _QUIET[leg.codec] for frame, leg in zip(frames, legs, strict=True)])
        heard = decode_rows(np.frombuffer(octets, np.uint8).reshape(-1, FRAME), self._arrangement.codecs)
        missing = [row for row, frame in enumerate(frames) if frame is None]
        if missing:
            heard[missing] = self._heard[missing] // 2
        self._heard = heard
        return heard

    def _detect(self, heard: Samples, now: float) -> None:
        legs = self._arrangement.legs
        for row, key in self._keys.heard(heard):
            legs[row].inband(key, now)
        for row, kind in self._tones.heard(heard):
            self._tell(Tone(legs[row].name, kind))

    def _play(self, said: Samples) -> None:
        for row, leg in enumerate(self._arrangement.legs):
            playing = leg.sounding()
            if playing is None or not leg.started:
                continue
            frame = playing.next()
            if frame is not None:
                said[row] = frame
                continue
            leg.sounded()
            if playing.play:
                self._tell(Played(leg.name, playing.play, finished=True))

    def _record(self, number: int, heard: Samples, said: Samples, tracks: Mapping[str, Track]) -> None:
        rows, members = self._arrangement.rows, self._arrangement.members
        legs = [name for name in tracks if name in rows]
        places = [rows[name] for name in legs]
        for name, frame in zip(legs, _stereo(heard[places], said[places]), strict=True):
            tracks[name].add(number, frame.tobytes())
        for name in tracks.keys() & members.keys():
            first, others = list(members[name][:1]), list(members[name][1:])
            tracks[name].add(number, _stereo(_sum(heard[first]), _sum(heard[others])).tobytes())


def _sum(heard: Samples) -> Samples:
    """Some legs together (n, 160); none are silent."""
    return to_samples(heard.sum(axis=0, dtype=np.float32))


def _stereo(left: Samples, right: Samples) -> npt.NDArray[np.int16]:
    """Samples of two channels, interleaved as wav files have them."""
    return np.stack([left, right], axis=-1).astype("<i2", copy=False)
