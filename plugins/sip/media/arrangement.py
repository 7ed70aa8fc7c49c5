"""Who hears whom, as arrays: made anew when it changes, used fifty times a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from plugins.sip.media.g711 import CODECS, FRAME, QUIET, Octets, Samples, encode_rows
from plugins.sip.media.leg import Leg
from plugins.sip.media.mixing import Gains, gain_matrix, mix
from plugins.sip.media.per_leg import Indices


@dataclass(frozen=True, slots=True)
class Room:
    """Legs by name, in their order; gains by (listener, speaker)."""

    legs: tuple[str, ...]
    gains: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A leg's place in `legs` is its row in every array."""

    legs: tuple[Leg, ...]
    rows: Mapping[str, int]
    codecs: Indices
    kinds: Indices  # payload types
    sending: Indices  # rows of those to whom packets go
    senders: tuple[Leg, ...]
    silence: Octets  # what goes to each who hears nothing
    listeners: Indices  # who hears somebody: first those in pairs, ...
    speakers: Indices  # ... each only this one, ...
    conferences: tuple[tuple[Indices, Gains], ...]  # ... then these
    members: Mapping[str, Sequence[int]]  # rows of who is in a room and not held

    def said(self, heard: Samples) -> Octets:
        """What comes from each leg (n, 160) to what goes to each leg (n, 160), prompts not yet in it."""
        octets = self.silence.copy()
        if len(self.listeners):
            mixed = [mix(heard[rows], gains) for rows, gains in self.conferences]
            said = np.concatenate([heard[self.speakers], *mixed])
            octets[self.listeners] = encode_rows(said, self.codecs[self.listeners])
        return octets


def arrange(legs: Sequence[Leg], rooms: Mapping[str, Room]) -> Arrangement:
    """Whoever is held hears nobody and is heard by nobody."""
    rows = {leg.name: row for row, leg in enumerate(legs)}
    present = {name: [rows[leg] for leg in room.legs if not legs[rows[leg]].held] for name, room in rooms.items()}
    pairs = [who for name, who in present.items() if _is_plain_pair(rooms[name], who)]
    conferences = [
        (np.array(who, np.intp), gain_matrix([legs[row].name for row in who], rooms[name].gains))
        for name, who in present.items()
        if len(who) > 1 and not _is_plain_pair(rooms[name], who)
    ]
    return Arrangement(
        legs=tuple(legs),
        rows=rows,
        codecs=np.array([CODECS.index(leg.codec) for leg in legs], np.intp),
        kinds=np.array([leg.codec.payload_type for leg in legs], np.intp),
        sending=np.array([row for row, leg in enumerate(legs) if leg.sending], np.intp),
        senders=tuple(leg for leg in legs if leg.sending),
        silence=np.repeat(np.array([[QUIET[leg.codec]] for leg in legs], np.uint8).reshape(-1, 1), FRAME, axis=1),
        listeners=np.concatenate(
            [
                np.array([row for one, other in pairs for row in (one, other)], np.intp),
                *(rows for rows, _ in conferences),
            ]
        ),
        speakers=np.array([row for one, other in pairs for row in (other, one)], np.intp),
        conferences=tuple(conferences),
        members=present,
    )


def _is_plain_pair(room: Room, present: Sequence[int]) -> bool:
    return len(present) == 2 and not room.gains
