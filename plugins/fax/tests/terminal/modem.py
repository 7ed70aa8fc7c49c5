"""A fax modem (ITU-T T.31, class 1) on a pseudo-terminal, for T.30 engines that are not the library's.

Only the modem is spandsp's here; which frames are said and how they are answered is the foreign program's doing. Its
line runs on time of its own: 20 ms go by only while nobody has anything to read or to work out, so a busy machine
makes a call longer and breaks none.
"""

from __future__ import annotations

import ctypes
import os
import pty
import select
import time
import tty
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_size_t, c_uint8, c_void_p
from typing import Any, Final, Self

import psutil

from plugins.fax.terminal import reception, spandsp
from plugins.fax.tests.terminal.lines import Machine

_AtHandler = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_uint8), c_size_t)
_ControlHandler = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_void_p)
_CALL, _ANSWER, _HANGUP, _CLEAR_TO_SEND = 0, 1, 2, 7
_ALERTING, _CONNECTED, _ANSWERED, _HUNG_UP = 1, 2, 3, 7
_MOST_SPEED: Final = 5
"""Times as fast as life: a program's own pauses are in seconds of the wall."""


class Modem:
    """A context manager, at one end of a line whose other end is `machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._sequence = machine, 0
        library = spandsp.library()
        library.t31_init.restype = c_void_p
        handlers: list[Any] = [_AtHandler, c_void_p, _ControlHandler, c_void_p, spandsp.PacketHandler, c_void_p]
        library.t31_init.argtypes = [c_void_p, *handlers]
        for name in ("t31_rx", "t31_tx"):
            getattr(library, name).argtypes = [c_void_p, c_void_p, c_int]
        library.t31_at_rx.argtypes = [c_void_p, c_char_p, c_int]
        library.t31_call_event.argtypes = library.t31_set_transmit_on_idle.argtypes = [c_void_p, c_int]
        library.t31_free.argtypes = [c_void_p]
        self._library = library
        self._callbacks = (_AtHandler(self._say), _ControlHandler(self._control), spandsp.PacketHandler())
        at, control, packet = self._callbacks
        self._state: Any = library.t31_init(None, at, None, control, None, packet, None)
        library.t31_set_transmit_on_idle(self._state, 1)
        self._g711: Any = library.g711_init(None, 1)
        self._to_say, self._events = b"", list[int]()
        self.off_hook, self._clear = False, True

    def __enter__(self) -> Self:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.device = os.ttyname(self._slave)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)
        os.close(self._slave)
        self._library.t31_free(self._state)
        self._library.g711_free(self._g711)

    def ring(self) -> None:
        """Somebody calls."""
        self._library.t31_call_event(self._state, _ALERTING)

    def serve(self, program: psutil.Process, goes_on: Callable[[], bool]) -> None:
        """Be the modem of `program` until `goes_on` says no."""
        due = time.monotonic()
        while goes_on():
            self._talk()
            if self._idle(program) and time.monotonic() >= due:
                due = max(due, time.monotonic() - 1) + 0.02 / _MOST_SPEED
                self._tick()
            else:
                time.sleep(0.0005)

    def _tick(self) -> None:
        samples, octets = spandsp.Samples(), ctypes.create_string_buffer(160)
        self._library.t31_tx(self._state, samples, 160)
        self._library.g711_encode(self._g711, octets, samples, 160)
        for frame in self._exchange(octets.raw) if self.off_hook else []:
            heard = (ctypes.c_int16 * len(frame))()
            self._library.g711_decode(self._g711, heard, frame, len(frame))
            self._library.t31_rx(self._state, heard, len(frame))

    def _exchange(self, frame: bytes) -> list[bytes]:
        """What the machine says while it hears this."""
        self._sequence += 1
        self._machine.way.take(reception.build(0, self._sequence, 160 * self._sequence, 1, frame))
        return [datagram[reception.SIZE :] for datagram in self._machine.way.tick()]

    def _talk(self) -> None:
        """With the program at the other end of the terminal."""
        while self._events:
            self._library.t31_call_event(self._state, self._events.pop(0))
        if self._to_say and select.select([], [self._master], [], 0)[1]:
            self._to_say = self._to_say[os.write(self._master, self._to_say[:256]) :]
        while self._readable():
            heard = os.read(self._master, 256)
            self._library.t31_at_rx(self._state, heard, len(heard))

    def _idle(self, program: psutil.Process) -> bool:
        """Whether it waits for us, and has taken all we said."""
        try:
            asleep = program.status() == psutil.STATUS_SLEEPING
        except psutil.NoSuchProcess:
            return True
        return asleep and not self._to_say and not self._readable()

    def _readable(self) -> bool:
        """Whether there is something to read that the modem has room for."""
        return self._clear and bool(select.select([self._master], [], [], 0)[0])

    def _say(self, _state: object, _data: object, octets: Any, length: int) -> int:
        self._to_say += ctypes.string_at(octets, length)
        return 0

    def _control(self, _state: object, _data: object, operation: int, value: int | None) -> int:
        if operation == _CLEAR_TO_SEND:
            self._clear = bool(value)
        elif operation in (_CALL, _ANSWER):
            self.off_hook = True
            self._events.append(_CONNECTED if operation == _CALL else _ANSWERED)
        elif operation == _HANGUP:
            self.off_hook = False
        return 0
