"""How far a long command is, on stderr: one moving line on a terminal, else a line each quarter."""

from __future__ import annotations

import sys


def told(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what}: {done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done == of or done * 4 // of > (done - 1) * 4 // of:
        print(f"{what}: {done} of {of}", file=sys.stderr, flush=True)
