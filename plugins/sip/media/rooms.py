"""Which legs are together, and how loud each hears each. A leg is in one room at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.sip.media.arrangement import Room
from plugins.sip.media.leg import Leg


class Rooms:
    """`by_name` is what the arrangement is made of."""

    def __init__(self) -> None:
        self.by_name: dict[str, Room] = {}
        self._members: dict[str, tuple[Leg, ...]] = {}

    def fill(self, room: str, members: Sequence[Leg], gains: Mapping[tuple[str, str], float]) -> None:
        """Exactly these are in it from now on."""
        for member in [*self._members.get(room, ()), *members]:
            self.leave(member)
        for member in members:
            member.room = room
        self._put(room, tuple(members), gains)

    def leave(self, leg: Leg) -> None:
        """Whoever is in none stays so."""
        room = self.by_name.get(leg.room)
        if room:
            self._put(leg.room, tuple(each for each in self._members[leg.room] if each is not leg), room.gains)
        leg.room = ""

    def others(self, leg: Leg) -> list[Leg]:
        """Who is with it."""
        return [each for each in self._members.get(leg.room, ()) if each is not leg]

    def _put(self, room: str, members: tuple[Leg, ...], gains: Mapping[tuple[str, str], float]) -> None:
        if members:
            self._members[room] = members
            self.by_name[room] = Room(tuple(member.name for member in members), gains)
        else:
            self.by_name.pop(room, None)
            self._members.pop(room, None)
