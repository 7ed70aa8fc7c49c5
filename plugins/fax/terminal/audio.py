"""A fax machine on an audio line: 160 samples of G.711 in, 160 out, fifty times a second."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Final

from plugins.fax.terminal import spandsp
from plugins.fax.terminal.job import Codec, Event, Job
from plugins.fax.terminal.t30 import T30

FRAME: Final = 160
_MODES: Final = {Codec.PCMA: 0, Codec.PCMU: 1}


class AudioTerminal:
    """Free it when the call is over, never from within `tell`."""

    def __init__(self, job: Job, codec: Codec, tell: Callable[[Event], None]) -> None:
        self._spandsp = spandsp.library()
        self._state: Any = self._spandsp.fax_init(None, job.calling)
        self._g711: Any = self._spandsp.g711_init(None, _MODES[codec])
        self._spandsp.fax_set_transmit_on_idle(self._state, 1)
        self.t30 = T30(job, self._spandsp.fax_get_t30_state(self._state), tell, t38=False)
        self._said, self._octets = spandsp.Samples(), ctypes.create_string_buffer(FRAME)

    def hear(self, octets: bytes) -> None:
        """A frame of the far side, 20 ms or another length."""
        samples = (ctypes.c_int16 * len(octets))()
        self._spandsp.g711_decode(self._g711, samples, octets, len(octets))
        self._spandsp.fax_rx(self._state, samples, len(octets))

    def hear_nothing(self) -> None:
        """20 ms went by without a frame: the timers run on."""
        self._spandsp.fax_rx_fillin(self._state, FRAME)

    def say(self) -> bytes:
        """Our next 20 ms."""
        count = self._spandsp.fax_tx(self._state, self._said, FRAME)
        if count < FRAME:
            ctypes.memset(ctypes.byref(self._said, 2 * count), 0, 2 * (FRAME - count))
        self._spandsp.g711_encode(self._g711, self._octets, self._said, FRAME)
        self.t30.passed()
        return self._octets.raw

    def free(self) -> None:
        """It is of no use afterwards."""
        self._spandsp.fax_free(self._state)
        self._spandsp.g711_free(self._g711)
