"""A fax machine on a packet line (ITU-T T.38): what a modem would have said, as packets (IFP)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from plugins.fax.terminal import spandsp
from plugins.fax.terminal.job import BIT_RATES, Event, Job, Modem, T38Options
from plugins.fax.terminal.t30 import T30

_SAMPLES: Final = 160
_UNPACED: Final = 1
_LOCAL_TCF, _TRANSFERRED_TCF = 1, 2


class PacketTerminal:
    """Free it when the call is over, never from within `tell`."""

    def __init__(self, job: Job, options: T38Options, tell: Callable[[Event], None]) -> None:
        self._spandsp = spandsp.library()
        self._packets: list[tuple[bytes, int]] = []
        self._callback = spandsp.PacketHandler(self._send)
        self._state: Any = self._spandsp.t38_terminal_init(None, job.calling, self._callback, None)
        self._core: Any = self._spandsp.t38_terminal_get_t38_core_state(self._state)
        self._spandsp.t38_set_t38_version(self._core, options.version)
        self._spandsp.t38_set_max_datagram_size(self._core, options.max_datagram)
        method = _LOCAL_TCF if options.local_tcf else _TRANSFERRED_TCF
        self._spandsp.t38_set_data_rate_management_method(self._core, method)
        if not options.paced:
            self._spandsp.t38_terminal_set_config(self._state, _UNPACED)
        job = replace(job, modems=_slow_enough(job.modems, options.max_bit_rate))
        self.t30 = T30(job, self._spandsp.t38_terminal_get_t30_state(self._state), tell, t38=True)

    def hear(self, sequence: int, packet: bytes) -> None:
        """A packet of the far side."""
        self._spandsp.t38_core_rx_ifp_packet(self._core, packet, len(packet), sequence)

    def tick(self) -> list[tuple[bytes, int]]:
        """20 ms went by: the packets to send, and how often each."""
        self._spandsp.t38_terminal_send_timeout(self._state, _SAMPLES)
        self.t30.passed()
        packets, self._packets = self._packets, []
        return packets

    def free(self) -> None:
        """It is of no use afterwards."""
        self._spandsp.t38_terminal_free(self._state)

    def _send(self, _core: object, _data: object, octets: Any, length: int, count: int) -> int:
        self._packets.append((ctypes.string_at(octets, length), count))
        return 0


def _slow_enough(modems: frozenset[Modem], most: int) -> frozenset[Modem]:
    """For what the far side's T.38 carries; the slowest is always among them."""
    return frozenset(modem for modem in modems if BIT_RATES[modem] <= most) or frozenset({Modem.V27TER})
