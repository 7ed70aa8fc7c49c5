"""Named crash points: with HUB_CRASH_AT=name:n the n-th pass kills this very process with SIGKILL.

This is how "accepted means stored" is shown rather than claimed; without the variable a pass costs one comparison.
"""

import os
import signal

POINTS = (
    "after_read",
    "after_raw_store",
    "after_parse",
    "after_commit_before_ack",
    "after_ack",
    "delivery_leased",
    "sent_before_marked",
    "marked_before_told",
)

CALL_POINTS = ("call_stored", "call_answered", "call_step", "leg_answered", "recording_made")
"""Those that only calls pass."""

ERASURE_POINTS = ("forgotten_before_noted",)
"""Those that only the erasure of a customer passes."""


class _Fuse:
    def __init__(self, setting: str) -> None:
        self.name, _, count = setting.partition(":")
        self.left = int(count or "1")

    def burn(self, name: str) -> None:
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_fuse = _Fuse(os.environ.get("HUB_CRASH_AT", ""))


def crash_point(name: str) -> None:
    """Die here when HUB_CRASH_AT says so. Names are those in POINTS, CALL_POINTS and ERASURE_POINTS."""
    if _fuse.name:
        _fuse.burn(name)
