"""HylaFAX, whose T.30 is its own and knows error correction, at the other end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest

from plugins.fax.tests.terminal.charts import load, same, save, strip
from plugins.fax.tests.terminal.lines import by_audio, hang_up, sends
from plugins.fax.tests.terminal.modem import Modem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peer,
    # It gives up its rights by setgroups(2), which no other user may call, and ends when it cannot.
    pytest.mark.skipif(os.geteuid() != 0, reason="faxgetty runs for root alone"),
]
FAXGETTY: Final = shutil.which("faxgetty") or "/usr/sbin/faxgetty"
PAGES: Final = [strip(400), strip(300, seed=2)]
_SECONDS: Final = 120.0
_RINGS: Final = 2.0  # from one to the next
_OWNER: Final = "uucp"  # faxgetty becomes it
_FOLDERS: Final = ("etc", "bin", "recvq", "log", "info", "status", "tmp", "sendq", "docq", "doneq", "pollq", "archive")
_MODEM: Final = """
FAXNumber: +442055555
RecvFileMode: 0644
LogFileMode: 0644
DeviceMode: 0666
RingsBeforeAnswer: 1
ModemType: Class1
ModemFlowControl: xonxoff
Class1ECMSupport: yes
FaxRcvdCmd: bin/faxrcvd
ModemResetDelay: 100
"""


@contextmanager
def spool(device: str) -> Iterator[Path]:
    """Where it keeps everything; not below the tests' own folder, which its user may not enter."""
    with tempfile.TemporaryDirectory(prefix="hylafax-") as name:
        folder = Path(name)
        for each in _FOLDERS:
            (folder / each).mkdir()
        (folder / "etc" / "setup.cache").write_text("")
        (folder / "etc" / f"config.{device}").write_text(_MODEM)
        (folder / "bin" / "faxrcvd").write_text('#!/bin/sh\necho "$1" > tmp/received\n')
        (folder / "bin" / "faxrcvd").chmod(0o755)
        subprocess.run(["chown", "-R", _OWNER, name], check=True)
        yield folder


def test_hylafax_receives_what_we_send_with_error_correction(tmp_path: Path) -> None:
    machine = by_audio(sends(save(tmp_path / "sent.tif", PAGES)))
    with Modem(machine) as modem:
        device = modem.device.removeprefix("/dev/").replace("/", "_")
        Path(modem.device).chmod(0o666)
        with spool(device) as folder:
            received, status = folder / "tmp" / "received", folder / "status" / device
            with subprocess.Popen([FAXGETTY, "-p", "-q", str(folder), modem.device]) as process:
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
            hang_up(machine)
            assert machine.done.ok and machine.done.ecm and machine.done.remote_ident == "+442055555"
            assert same(PAGES, load(folder / received.read_text().strip()))
