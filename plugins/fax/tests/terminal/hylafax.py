"""Where HylaFAX keeps everything, made for one modem and one test."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_OWNER: Final = "uucp"  # its programs become it
_FOLDERS: Final = ("etc", "bin", "recvq", "log", "info", "status", "tmp", "sendq", "docq", "doneq", "pollq", "archive")
STATION: Final = "+442055555"
_MODEM: Final = f"""
FAXNumber: {STATION}
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
_JOB: Final = """
state:5
killtime:2000000000
totpages:2
maxdials:1
maxtries:1
pagewidth:209
pagelength:296
resolution:196
desiredbr:13
desiredec:2
desireddf:3
external:5550
number:5550
mailaddr:somebody@example.com
sender:Somebody
jobid:1
groupid:1
owner:uucp
client:localhost
jobtype:facsimile
pagehandling:00M00P
doneop:default
notify:none
"""


@contextmanager
def spool(device: str, document: Path | None = None) -> Iterator[Path]:
    """Its folder; not below the tests' own, which its user may not enter. With a document it has two pages to send."""
    with tempfile.TemporaryDirectory(prefix="hylafax-") as name:
        folder = Path(name)
        for each in _FOLDERS:
            (folder / each).mkdir()
        (folder / "etc" / "setup.cache").write_text("")
        (folder / "etc" / f"config.{device}").write_text(f"{_MODEM}UUCPLockDir: {folder / 'tmp'}\n")
        (folder / "bin" / "faxrcvd").write_text('#!/bin/sh\necho "$1" > tmp/received\n')
        (folder / "bin" / "faxrcvd").chmod(0o755)
        if document:
            (folder / "docq" / "sent.tif").write_bytes(document.read_bytes())
            (folder / "sendq" / "q1").write_text(f"{_JOB.lstrip()}modem:{device}\nfax:0::docq/sent.tif\n")
        subprocess.run(["chown", "-R", _OWNER, name], check=True)
        yield folder
