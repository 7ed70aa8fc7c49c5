"""How a fax ended: spandsp's T.30 codes and ours, what each means to an agent, and whether trying again can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """What to do about it."""

    NONE = "NONE"
    """It went well."""
    LINE = "LINE"
    """The line spoiled it: again by T.38, then slower."""
    NO_FAX = "NO_FAX"
    """Nobody who speaks fax was there: again later, as when nobody answers."""
    IMAGE = "IMAGE"
    """The far machine cannot take such pages: again, rendered at standard resolution."""
    PERMANENT = "PERMANENT"
    """Again would end the same."""
    OURS = "OURS"
    """It ended at our side: again."""


RETRYABLE: Final = frozenset({Cause.LINE, Cause.NO_FAX, Cause.IMAGE, Cause.OURS})


@dataclass(frozen=True, slots=True)
class Ending:
    """`text` is a line an agent can read, per language."""

    name: str
    cause: Cause
    text: Mapping[str, str]

    @property
    def retryable(self) -> bool:
        """Whether the same fax may go through another time."""
        return self.cause in RETRYABLE


INCOMPLETE: Final = 100
"""All was said to be well, yet pages are missing."""
STUCK: Final = 101
"""The watchdog ended it."""
DIED: Final = 102
"""The process that did it died."""
DISK: Final = 103
"""A page could not be put on the disk."""

_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "well": ("The fax was transmitted.", "传真已传送。"),
    "silent": (
        "No fax machine answered: somebody spoke, or nobody did.",
        "对方没有传真机应答（可能是人工接听或无应答）。",
    ),
    "lost": ("The line to the other fax machine was lost.", "与对方传真机的线路中断。"),
    "poor": ("The line was too poor for a fax.", "线路质量太差，无法传送传真。"),
    "confused": ("The other fax machine answered in a way we did not expect.", "对方传真机的应答不符合预期。"),
    "refused": ("The other fax machine cannot exchange this fax with us.", "对方传真机无法与我方收发此传真。"),
    "fine": ("The other fax machine cannot print pages this fine.", "对方传真机不支持该页面分辨率。"),
    "wide": ("The other fax machine cannot print pages this size.", "对方传真机不支持该页面尺寸。"),
    "pages": ("The pages to be sent could not be read.", "无法读取要发送的页面。"),
    "hung up": ("The call ended before the fax did.", "传真尚未完成，通话已结束。"),
    "incomplete": ("The other fax machine did not confirm every page.", "对方传真机未确认全部页面。"),
    "stuck": ("The fax made no progress and was ended.", "传真长时间没有进展，已被终止。"),
    "ours": ("The fax was interrupted at our side.", "传真在我方中断。"),
    "disk": ("A received page could not be stored.", "收到的页面无法保存。"),
}
_L, _N, _P, _O = Cause.LINE, Cause.NO_FAX, Cause.PERMANENT, Cause.OURS
_CODES: Final[Mapping[int, tuple[str, Cause, str]]] = {
    0: ("OK", Cause.NONE, "well"),
    1: ("CEDTONE", _N, "silent"),
    2: ("T0_EXPIRED", _N, "silent"),
    3: ("T1_EXPIRED", _N, "silent"),
    4: ("T3_EXPIRED", _L, "lost"),
    5: ("HDLC_CARRIER", _L, "poor"),
    6: ("CANNOT_TRAIN", _L, "poor"),
    7: ("OPER_INT_FAIL", _L, "confused"),
    8: ("INCOMPATIBLE", _P, "refused"),
    9: ("RX_INCAPABLE", _P, "refused"),
    10: ("TX_INCAPABLE", _P, "refused"),
    11: ("NORESSUPPORT", Cause.IMAGE, "fine"),
    12: ("NOSIZESUPPORT", _P, "wide"),
    13: ("UNEXPECTED", _L, "confused"),
    14: ("TX_BADDCS", _L, "poor"),
    15: ("TX_BADPG", _L, "poor"),
    16: ("TX_ECMPHD", _L, "confused"),
    17: ("TX_GOTDCN", _L, "hung up"),
    18: ("TX_INVALRSP", _L, "confused"),
    19: ("TX_NODIS", _N, "silent"),
    20: ("TX_PHBDEAD", _L, "lost"),
    21: ("TX_PHDDEAD", _L, "lost"),
    22: ("TX_T5EXP", _L, "lost"),
    23: ("RX_ECMPHD", _L, "confused"),
    24: ("RX_GOTDCS", _L, "confused"),
    25: ("RX_INVALCMD", _L, "confused"),
    26: ("RX_NOCARRIER", _L, "lost"),
    27: ("RX_NOEOL", _L, "poor"),
    28: ("RX_NOFAX", _L, "lost"),
    29: ("RX_T2EXPDCN", _L, "lost"),
    30: ("RX_T2EXPD", _L, "lost"),
    31: ("RX_T2EXPFAX", _L, "lost"),
    32: ("RX_T2EXPMPS", _L, "lost"),
    33: ("RX_T2EXPRR", _L, "lost"),
    34: ("RX_T2EXP", _L, "lost"),
    35: ("RX_DCNWHY", _L, "hung up"),
    36: ("RX_DCNDATA", _L, "hung up"),
    37: ("RX_DCNFAX", _L, "hung up"),
    38: ("RX_DCNPHD", _L, "hung up"),
    39: ("RX_DCNRRD", _L, "hung up"),
    40: ("RX_DCNNORTN", _L, "hung up"),
    41: ("FILEERROR", _P, "pages"),
    42: ("NOPAGE", _P, "pages"),
    43: ("BADTIFF", _P, "pages"),
    44: ("BADPAGE", _P, "pages"),
    45: ("BADTAG", _P, "pages"),
    46: ("BADTIFFHDR", _P, "pages"),
    47: ("NOMEM", _O, "ours"),
    48: ("RETRYDCN", _L, "poor"),
    49: ("CALLDROPPED", _L, "hung up"),
    50: ("NOPOLL", _P, "refused"),
    INCOMPLETE: ("INCOMPLETE", _L, "incomplete"),
    STUCK: ("STUCK", _L, "stuck"),
    DIED: ("DIED", _O, "ours"),
    DISK: ("DISK", _O, "disk"),
}
_REFUSED: Final = ("REFUSED", Cause.PERMANENT, "refused")
"""51 to 61: the far machine did not like a name, an address or a password of ours."""


def ending(code: int) -> Ending:
    """What a code means."""
    name, cause, line = _CODES.get(code, _REFUSED)
    english, chinese = _LINES[line]
    return Ending(name, cause, {"en": english, "zh": chinese})
