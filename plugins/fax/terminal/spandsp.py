"""libspandsp (LGPL-2.1), as far as a fax needs it: found when first asked for, so that a hub without it runs.

Every structure is opaque but the statistics. The interpreter's lock is free while the library works. Who passes a
callback keeps it alive until the structure is freed.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int16, c_uint8, c_uint16, c_void_p
from functools import cache
from typing import Any, Final

INSTALL: Final = "libspandsp is not installed: apt-get install libspandsp2 (Debian, Ubuntu)"
_NAMES: Final = ("libspandsp.so.2", "libspandsp.2.dylib")

PhaseHandler = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
EndHandler = CFUNCTYPE(None, c_void_p, c_void_p, c_int)
FrameHandler = CFUNCTYPE(None, c_void_p, c_void_p, c_int, POINTER(c_uint8), c_int)
PacketHandler = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_uint8), c_int, c_int)
Samples: Final = c_int16 * 160
"""20 ms at 8 kHz."""

_RESULTS: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "fax_init": (c_void_p, (c_void_p, c_int)),
    "fax_free": (c_int, (c_void_p,)),
    "fax_rx": (c_int, (c_void_p, c_void_p, c_int)),
    "fax_rx_fillin": (c_int, (c_void_p, c_int)),
    "fax_tx": (c_int, (c_void_p, c_void_p, c_int)),
    "fax_set_transmit_on_idle": (None, (c_void_p, c_int)),
    "fax_get_t30_state": (c_void_p, (c_void_p,)),
    "g711_init": (c_void_p, (c_void_p, c_int)),
    "g711_free": (c_int, (c_void_p,)),
    "g711_decode": (c_int, (c_void_p, c_void_p, c_char_p, c_int)),
    "g711_encode": (c_int, (c_void_p, c_void_p, c_void_p, c_int)),
    "t30_call_active": (c_int, (c_void_p,)),
    "t30_terminate": (None, (c_void_p,)),
    "t30_get_transfer_statistics": (None, (c_void_p, c_void_p)),
    "t30_get_rx_ident": (c_char_p, (c_void_p,)),
    "t30_get_rx_sub_address": (c_char_p, (c_void_p,)),
    "t30_set_ecm_capability": (c_int, (c_void_p, c_int)),
    "t30_set_phase_b_handler": (None, (c_void_p, PhaseHandler, c_void_p)),
    "t30_set_phase_d_handler": (None, (c_void_p, PhaseHandler, c_void_p)),
    "t30_set_phase_e_handler": (None, (c_void_p, EndHandler, c_void_p)),
    "t30_set_real_time_frame_handler": (None, (c_void_p, FrameHandler, c_void_p)),
    "t30_set_rx_encoding": (c_int, (c_void_p, c_int)),
    "t30_set_rx_file": (None, (c_void_p, c_char_p, c_int)),
    "t30_set_supported_compressions": (c_int, (c_void_p, c_int)),
    "t30_set_supported_image_sizes": (c_int, (c_void_p, c_int)),
    "t30_set_supported_modems": (c_int, (c_void_p, c_int)),
    "t30_set_supported_resolutions": (c_int, (c_void_p, c_int)),
    "t30_set_supported_t30_features": (c_int, (c_void_p, c_int)),
    "t30_set_tx_file": (None, (c_void_p, c_char_p, c_int, c_int)),
    "t30_set_tx_ident": (c_int, (c_void_p, c_char_p)),
    "t30_set_tx_sub_address": (c_int, (c_void_p, c_char_p)),
    "t38_core_rx_ifp_packet": (c_int, (c_void_p, c_char_p, c_int, c_uint16)),
    "t38_set_data_rate_management_method": (None, (c_void_p, c_int)),
    "t38_set_max_datagram_size": (None, (c_void_p, c_int)),
    "t38_set_t38_version": (None, (c_void_p, c_int)),
    "t38_terminal_free": (c_int, (c_void_p,)),
    "t38_terminal_get_t30_state": (c_void_p, (c_void_p,)),
    "t38_terminal_get_t38_core_state": (c_void_p, (c_void_p,)),
    "t38_terminal_init": (c_void_p, (c_void_p, c_int, PacketHandler, c_void_p)),
    "t38_terminal_send_timeout": (c_int, (c_void_p, c_int)),
    "t38_terminal_set_config": (None, (c_void_p, c_int)),
}


class NotInstalled(Exception):
    """The library is not on this machine; the message says what to install."""

    def __init__(self) -> None:
        super().__init__(INSTALL)


class Statistics(ctypes.Structure):
    """`t30_stats_t`: of the page under way and the document so far. Resolutions are pixels a metre."""

    _fields_ = [
        (name, c_int)
        for name in (
            *("bit_rate", "error_correcting_mode", "pages_tx", "pages_rx", "pages_in_file"),
            *("x_resolution", "y_resolution", "width", "length", "image_size", "encoding"),
            *("bad_rows", "longest_bad_row_run", "error_correcting_mode_retries", "current_status"),
        )
    ]


def available() -> bool:
    """Whether a fax machine can be made here."""
    try:
        library()
    except NotInstalled:
        return False
    return True


@cache
def library() -> ctypes.CDLL:
    """The library, its functions typed. Raises NotInstalled."""
    found = _load()
    for name, (result, arguments) in _RESULTS.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


def _load() -> ctypes.CDLL:
    for name in (*_NAMES, ctypes.util.find_library("spandsp")):
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                continue
    raise NotInstalled
