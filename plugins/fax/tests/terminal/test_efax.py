"""efax (GPL, 1999), whose T.30 is its own, at the other end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Final

import psutil
import pytest

from plugins.fax.tests.terminal.charts import WIDTH, load, same, save, strip
from plugins.fax.tests.terminal.lines import Machine, by_audio, hang_up, receives, sends
from plugins.fax.tests.terminal.modem import Modem

pytestmark = [pytest.mark.slow, pytest.mark.peer]
PAGE: Final = strip(1200)
"""On the line for a second and more even at a multiple of life's speed: efax divides by the seconds it took."""
HEADER, INTO_THE_PAGE = 20, 3
"""Rows of efax's own header, and of it that it writes over the page."""
_CAN: Final = "1,5,0,2,0,0,0,0"  # fine, 14400 bit/s, A4 of any length, no error correction
_SECONDS: Final = 120.0


def efax(machine: Machine, *arguments: str) -> int:
    """Its exit code, once it is done; our machine is done then, too."""
    with Modem(machine) as modem:
        command = ["efax", "-d", modem.device, "-o1", "-c", _CAN, "-l", "+33 1 5555", "-ve", *arguments]
        with subprocess.Popen(command) as process:
            until = time.monotonic() + _SECONDS
            modem.serve(psutil.Process(process.pid), lambda: process.poll() is None and time.monotonic() < until)
            process.kill()
    hang_up(machine)
    return process.returncode


def test_efax_receives_what_we_send(tmp_path: Path) -> None:
    machine = by_audio(sends(save(tmp_path / "sent.tif", [PAGE])))
    assert efax(machine, "-r", str(tmp_path / "got")) == 0
    assert same([PAGE], load(tmp_path / "got.001"))
    assert machine.done.pages == 1 and machine.done.remote_ident == "+33 1 5555" and not machine.done.ecm


def test_efax_sends_what_we_receive(tmp_path: Path) -> None:
    PAGE.save(tmp_path / "sent.pbm")
    machine = by_audio(receives(tmp_path / "got.tif"))
    assert efax(machine, "-t", "T5550", str(tmp_path / "sent.pbm")) == 0
    [got] = load(tmp_path / "got.tif")
    box = (0, INTO_THE_PAGE, WIDTH, PAGE.height)
    assert same([PAGE.crop(box)], [got.crop((0, HEADER + INTO_THE_PAGE, WIDTH, HEADER + PAGE.height))])
    assert machine.done.ok and machine.done.remote_ident == "+33 1 5555" and machine.done.bad_rows == 0
