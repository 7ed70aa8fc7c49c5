"""Plays files to legs: loaded in a thread of its own, as a slow disk must not be audible, and begun by the ticker's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugins.sip.media.engine import Event, MediaError, Played
from plugins.sip.media.leg import Leg
from plugins.sip.media.playing import Playing, Shelf
from plugins.sip.media.recording import DiskThread
from plugins.sip.media.wire import Reply


class Prompter:
    """`legs` are those there are; `tell` and `later` may be called from any thread, as the switchboard's."""

    def __init__(
        self,
        legs: Mapping[str, Leg],
        tell: Callable[[Event], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._legs, self._tell, self._later = legs, tell, later
        self._loader = DiskThread()
        self._shelf = Shelf()

    def play(self, reply: Reply, leg: Leg, path: str, play: int, *, loop: bool, interruptible: bool) -> None:
        """Load the file, then speak."""
        leg.wanted_play = play

        def load() -> None:
            try:
                playing = Playing(self._shelf.load(path), play, loop, interruptible)
            except MediaError as error:
                reply(None, str(error))
            else:
                reply(True)
                self._later(lambda: self._begin(leg.name, playing))

        self._loader.do(load)

    def silence(self, leg: Leg) -> None:
        """End what it hears, or is about to."""
        leg.wanted_play = 0
        self._cut(leg)

    def stop(self) -> None:
        """After all that was asked for."""
        self._loader.stop()

    def _begin(self, name: str, playing: Playing) -> None:
        """Play it, unless meanwhile the leg was closed or something else was asked for."""
        leg = self._legs.get(name)
        if leg is None or leg.wanted_play != playing.play:
            self._tell(Played(name, playing.play, finished=False))
            return
        self._cut(leg)
        leg.playing = playing

    def _cut(self, leg: Leg) -> None:
        playing, leg.playing = leg.playing, None
        if playing and playing.play:
            self._tell(Played(leg.name, playing.play, finished=False))
