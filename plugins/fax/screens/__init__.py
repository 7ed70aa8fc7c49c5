"""What agents see of faxes: panels of the inbox, and the preview they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hub.api import Panel

STATIC: Final = Path(__file__).parents[1] / "static"
_MODULES: Final = "/p/fax/static"
_CHANNELS: Final = ("fax",)
SUPERVISE: Final = "interactions.supervise"


def panels() -> Sequence[Panel]:
    """The pages of a fax, how one that was sent fares, what goes with one that is written, and the supervisors' page:
    what comes in now, and lists of numbers."""
    pages, fares, writes = (
        {"en": "Fax", "zh": "传真"},
        {"en": "How the fax fares", "zh": "传真进度"},
        {"en": "Pages of the fax", "zh": "传真页面"},
    )
    answers = {"en": "Answer by fax", "zh": "传真答复"}
    desk = {"en": "Faxes", "zh": "传真"}
    return [
        Panel("timeline:FAX", "fax-message", f"{_MODULES}/message.js", pages),
        Panel("message", "fax-progress", f"{_MODULES}/progress.js", fares, channels=_CHANNELS),
        Panel("composer", "fax-composing", f"{_MODULES}/composing.js", writes, channels=_CHANNELS),
        Panel("ticket.side", "fax-answering", f"{_MODULES}/answering.js", answers, permission="interactions.reply"),
        Panel("page", "fax-desk", f"{_MODULES}/desk.js", desk, permission=SUPERVISE, icon=f"{_MODULES}/fax.svg"),
    ]
