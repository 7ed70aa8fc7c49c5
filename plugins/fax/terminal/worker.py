"""The fax process, spoken to over standard input and output: many calls, each ticked every 20 ms.

It ends when its standard input does, so it never outlives the hub.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

import orjson

from plugins.fax.terminal import wire
from plugins.fax.terminal.call import Call, Refused
from plugins.fax.terminal.job import Codec, Event
from plugins.fax.terminal.spandsp import NotInstalled
from plugins.fax.terminal.ticking import Ticker


class Worker:
    """Reads requests from `incoming`, writes answers and events to `outgoing`."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._calls: dict[str, Call] = {}
        self._ticker = Ticker()

    def run(self) -> None:
        """Until there is nothing more to read."""
        writer = threading.Thread(target=self._write, name="answers", daemon=True)
        writer.start()
        self._lines.put(wire.READY)
        for line in self._incoming:
            self._answer(*orjson.loads(line))
        for name in list(self._calls):
            self.stop(name)
        self._lines.put(None)
        writer.join(timeout=2)

    def open(self, call: str, job: wire.Values) -> int:
        """A call that waits for its way; the answer is the port it listens at."""

        def tell(event: Event) -> None:
            self._lines.put(wire.event_line(call, event))

        made = self._calls[call] = Call(wire.job_in(job), tell)
        self._ticker.add(made.tick)
        return made.port

    def audio(self, call: str, far: list[Any], codec: str) -> None:
        """See Call."""
        self._call(call).audio((far[0], far[1]), Codec(codec))

    def t38(self, call: str, far: list[Any], options: wire.Values) -> None:
        """See Call."""
        self._call(call).t38((far[0], far[1]), wire.options_in(options))

    def stop(self, call: str) -> None:
        """See Call."""
        if found := self._calls.pop(call, None):
            found.stop()

    def ping(self) -> bool:
        """Whether it still answers."""
        return True

    def load(self) -> list[float]:
        """Calls ticked, and by how many ms the latest tick since the last question began late."""
        return [len(self._ticker), round(1000 * max(self._ticker.lateness(), default=0.0), 2)]

    def _call(self, name: str) -> Call:
        if name not in self._calls:
            raise Refused("the fax is over")
        return self._calls[name]

    def _answer(self, number: int, method: str, values: wire.Values) -> None:
        try:
            answer = _METHODS[method](self, **values)
        except (Refused, NotInstalled, OSError, KeyError, TypeError, ValueError) as error:
            self._lines.put(wire.line(number, None, str(error)))
        else:
            self._lines.put(wire.line(number, answer))

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more
            while (line := self._lines.get()) is not None:
                self._outgoing.write(line)
                self._outgoing.flush()


_METHODS: Any = {name: getattr(Worker, name) for name in ("open", "audio", "t38", "stop", "ping", "load")}


def main() -> None:
    """Run on this process's standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the hub says when to stop
    sys.setswitchinterval(0.001)
    if hasattr(os, "nice"):
        os.nice(5)  # a modem bears a late packet better than an ear does
    gc.collect()
    gc.freeze()
    Worker(sys.stdin.buffer, sys.stdout.buffer).run()
