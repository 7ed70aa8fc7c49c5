"""`hub sms smsc`: becomes the program of this folder, which then holds nothing of the hub in memory."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hub.api import Command

START = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_module('smsc', run_name='__main__', alter_sys=True)"
)
"""Appended, not put first: beside it lie packages named as some of the standard library."""


def configure(parser: argparse.ArgumentParser) -> None:
    """As the program itself."""
    from plugins.sms.smsc.__main__ import arguments  # the hub has no use for what it imports

    arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Never returns where programs can be replaced."""
    os.execv(sys.executable, [sys.executable, "-c", START, str(Path(__file__).parent.parent), *_words(options)])  # noqa: S606 - ourselves


def _words(options: argparse.Namespace) -> list[str]:
    words = ["--host", options.host, "--port", str(options.port), "--control", str(options.control)]
    words += ["--ledger", str(options.ledger.absolute())] if options.ledger else []
    return words + (["--with-stdin"] if options.with_stdin else [])


COMMAND = Command("smsc", "an SMSC with handsets, to try a site with", configure, run)
