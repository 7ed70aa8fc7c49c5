"""`hub demo traffic`: simulated customers write to the demo through its real channels."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from plugins.demo.traffic.crowd import Crowd
from plugins.demo.traffic.running import NoDemo, find

TELL_EVERY = 10.0
"""Seconds between lines where no terminal is; on one the line is rewritten."""


def configure(parser: argparse.ArgumentParser) -> None:
    """`--rate N --minutes M --seed S --data DIR`."""
    parser.add_argument("--rate", type=positive, default=6, help="contacts a minute (default 6)")
    parser.add_argument("--minutes", type=positive, default=5, help="for how long (default 5)")
    parser.add_argument("--seed", type=int, help="the same seed writes the same; else one is made up and shown")
    folder = Path(os.environ.get("HUB_DATA", "var"))
    parser.add_argument("--data", type=Path, default=folder, help="the folder of the running demo (HUB_DATA, var)")


def run(options: argparse.Namespace) -> int:
    """Write until the time is over or Ctrl-C; 2 when no demo runs there."""
    try:
        running = find(options.data.absolute())
    except NoDemo as error:
        sys.stderr.write(f"hub demo traffic: {error}\n")
        return 2
    seed = random.randrange(10**6) if options.seed is None else options.seed
    crowd = Crowd(running, options.rate, options.minutes, seed)
    asyncio.run(_write(crowd))
    return 0


async def _write(crowd: Crowd) -> None:
    stop, progress = asyncio.Event(), Progress(crowd)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    progress.begin()
    await crowd.write(progress.tell, stop)
    progress.end()


class Progress:
    """One line that says how far it is."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd, self._told, self._terminal = crowd, time.monotonic(), sys.stdout.isatty()

    def begin(self) -> None:
        """What is going to be."""
        crowd = self._crowd
        sys.stdout.write(
            f"{crowd.contacts} contacts in {crowd.minutes:g} min to {crowd.running.site}, seed {crowd.seed}\n"
        )
        sys.stdout.flush()

    def tell(self) -> None:
        """Something was written, or not taken."""
        if self._terminal:
            sys.stdout.write(f"\r{self._line()}\x1b[K")
        elif time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            sys.stdout.write(f"{self._line()}\n")
        sys.stdout.flush()

    def end(self) -> None:
        """The last word."""
        sys.stdout.write(f"{chr(13) if self._terminal else ''}{self._line()}\n")

    def _line(self) -> str:
        tally = self._crowd.tally
        said = ", ".join(f"{tally[kind]} {kind}" for kind in ("mails", "follow-ups", "chats", "texts", "not taken"))
        return f"{sum(tally.values())} of {self._crowd.contacts}: {said}"


def positive(text: str) -> float:
    """A number above nought."""
    number = float(text)
    if not 0 < number < 10**6:
        raise argparse.ArgumentTypeError("a number above 0 is wanted")
    return number
