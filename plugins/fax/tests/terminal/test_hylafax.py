"""HylaFAX, whose T.30 is its own and knows error correction, at the other end."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

import psutil
import pytest
from PIL import ImageChops

from plugins.fax.tests.terminal.charts import load, same, save, strip
from plugins.fax.tests.terminal.hylafax import STATION, spool
from plugins.fax.tests.terminal.lines import Machine, by_audio, hang_up, receives, sends
from plugins.fax.tests.terminal.modem import Modem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peer,
    # It gives up its rights by setgroups(2), which no other user may call, and ends when it cannot.
    pytest.mark.skipif(os.geteuid() != 0, reason="HylaFAX runs for root alone"),
]
PAGES: Final = [strip(300), strip(300, seed=2)]
_SECONDS: Final = 120.0
_RINGS: Final = 2.0  # from one to the next


def program(name: str) -> str:
    """Its path: few have /usr/sbin on theirs."""
    return shutil.which(name) or f"/usr/sbin/{name}"


def device_of(modem: Modem) -> str:
    """As HylaFAX calls it; for its user to open."""
    Path(modem.device).chmod(0o666)
    return modem.device.removeprefix("/dev/").replace("/", "_")


def faxgetty(modem: Modem, folder: Path) -> None:
    """Rings until it answers, and waits until it has put what it received away."""
    received, status = folder / "tmp" / "received", folder / "status" / device_of(modem)
    with subprocess.Popen([program("faxgetty"), "-p", "-q", str(folder), modem.device]) as process:
        until, next_ring = time.monotonic() + _SECONDS, 0.0

        def goes_on() -> bool:
            nonlocal next_ring
            ready = status.exists() and "idle" in status.read_text(errors="replace")
            if ready and not modem.off_hook and time.monotonic() > next_ring:
                next_ring = time.monotonic() + _RINGS
                modem.ring()
            return time.monotonic() < until and not (received.exists() and received.read_text())

        modem.serve(psutil.Process(process.pid), goes_on)
        process.kill()


def faxsend(modem: Modem, folder: Path) -> None:
    """Dials, and is waited for."""
    with subprocess.Popen([program("faxsend"), "-m", device_of(modem), "sendq/q1"], cwd=folder) as process:
        until = time.monotonic() + _SECONDS
        modem.serve(psutil.Process(process.pid), lambda: process.poll() is None and time.monotonic() < until)
        process.kill()


def went_well(machine: Machine) -> bool:
    """With every page, corrected."""
    hang_up(machine)
    return machine.done.ok and machine.done.ecm and machine.done.pages == 2 and machine.done.remote_ident == STATION


def test_hylafax_receives_what_we_send_with_error_correction(tmp_path: Path) -> None:
    machine = by_audio(sends(save(tmp_path / "sent.tif", PAGES)))
    with Modem(machine) as modem, spool(device_of(modem)) as folder:
        faxgetty(modem, folder)
        assert went_well(machine)
        assert same(PAGES, load(folder / (folder / "tmp" / "received").read_text().strip()))


def test_hylafax_sends_what_we_receive_with_error_correction(tmp_path: Path) -> None:
    """It takes what is 0 in a document for white, whatever the document says of that; ours says it is black."""
    document = save(tmp_path / "sent.tif", [ImageChops.invert(page) for page in PAGES])
    machine = by_audio(receives(tmp_path / "got.tif"))
    with Modem(machine) as modem, spool(device_of(modem), document) as folder:
        faxsend(modem, folder)
    assert went_well(machine) and same(PAGES, load(tmp_path / "got.tif"))
