"""The media process, begun by `start.py HOST FIRST LAST STEP SILENCE`, spoken to over standard input and output.

One thread looks at all sockets two hundred times a second and ticks fifty times; others only read requests, write
answers and touch the disk. It ends when its standard input does, so it never outlives the hub.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import BinaryIO, Final

import orjson

from plugins.sip.media import wire
from plugins.sip.media.engine import Event, MediaError
from plugins.sip.media.switchboard import Switchboard

TICK: Final = 0.02
_SLICE: Final = 0.005
_CATCH_UP: Final = 5
"""Ticks made up for when we were late; more than that are left out."""
_WATCH: Final = 50  # ticks
_REQUESTS: Final = frozenset({
    *("open", "connect", "play", "stop_playing", "mix", "part", "hold", "resume", "send_digits", "statistics", "close"),
    *("record", "pause_recording", "stop_recording", "lead", "overtake"),
})  # fmt: skip
_OF_THE_LENDER: Final = frozenset({"lend", "open_image", "lend_image"})


class Worker:
    """Reads requests from `incoming`, writes answers and events to `outgoing`."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, host: str, ports: range, silence_seconds: float) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._board = Switchboard(host, ports, silence_seconds, self._tell, self._work.put)
        self._running = True
        self._number = 0
        self._late: deque[float] = deque(maxlen=3000)

    def run(self) -> None:
        """Until there is nothing more to read."""
        self._lines.put(wire.READY)
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        writer = threading.Thread(target=self._write, name="answers", daemon=True)
        writer.start()
        while self._running:
            if not self._board:
                self._work.get()()
            else:
                self._tick_while_there_are_legs()
        self._board.stop()
        self._lines.put(None)
        writer.join(timeout=2)

    def _tick_while_there_are_legs(self) -> None:
        due = time.monotonic() + TICK
        while self._board and self._running:
            self._until(due)
            late = time.monotonic() - due
            self._late.append(late)
            ticks = 1 + (int(late / TICK) if late > _CATCH_UP * TICK else 0)
            due += ticks * TICK
            self._number += ticks
            self._board.tick(self._number)
            if self._number % _WATCH == 0:
                self._board.watch()

    def _until(self, due: float) -> None:
        """Look at sockets and requests until the next tick is due."""
        while True:
            self._board.receive()
            self._do_what_was_asked()
            left = due - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _SLICE))

    def _do_what_was_asked(self) -> None:
        with contextlib.suppress(Empty):
            while self._running:
                self._work.get_nowait()()

    def _read(self) -> None:
        for line in self._incoming:
            request = orjson.loads(line)
            self._work.put(lambda request=request: self._answer(*request))  # type: ignore[misc]  # bound at once
        self._work.put(self._end)

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more
            while (line := self._lines.get()) is not None:
                self._outgoing.write(line)
                self._outgoing.flush()

    def _end(self) -> None:
        self._running = False

    def _tell(self, event: Event) -> None:
        self._lines.put(wire.event_line(event))

    def _answer(self, number: int, method: str, arguments: wire.Arguments) -> None:
        reply = self._reply_to(number)
        try:
            if method == "ping":
                reply(True)
            elif method == "load":
                reply(self._load())
            elif method in _REQUESTS:
                getattr(self._board, method)(reply, **arguments)
            elif method in _OF_THE_LENDER:
                getattr(self._board.lender, method)(reply, **arguments)
            else:
                raise MediaError(f"a worker cannot {method}")
        except (MediaError, OSError, TypeError, ValueError) as error:
            reply(None, str(error))

    def _reply_to(self, number: int) -> wire.Reply:
        def reply(answer: object, error: str = "") -> None:
            self._lines.put(wire.line(number, answer, error) if error else wire.line(number, answer))

        return reply

    def _load(self) -> list[float]:
        """Legs, and how late ticks began since the last look: 99th percentile and the latest, in ms."""
        late = sorted(self._late) or [0.0]
        self._late.clear()
        return [len(self._board), *(round(1000 * each, 2) for each in (late[int(len(late) * 0.99)], late[-1]))]


def main() -> None:
    """Run on this process's standard input and output."""
    host, first, last, step, silence = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the hub says when to stop
    sys.setswitchinterval(0.001)
    worker = Worker(sys.stdin.buffer, sys.stdout.buffer, host, range(int(first), int(last), int(step)), float(silence))
    gc.collect()
    gc.freeze()
    worker.run()
