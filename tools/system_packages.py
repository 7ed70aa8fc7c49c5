"""The programs that tests need from the system: looked for, and installed where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Debian's package → the files or commands by which it is known to be there, wherever it came from.
NEEDED = {
    "postgresql": ["/usr/lib/postgresql/*/bin/initdb", "initdb"],
    "chromium-headless-shell": ["chromium-headless-shell"],
    "dovecot-imapd": ["/usr/lib/dovecot/imap"],
    "strace": ["strace"],
    "sip-tester": ["sipp"],
    "baresip": ["baresip"],
    "rtpengine-daemon": ["rtpengine"],
    "libfaketime": ["/usr/lib/*/faketime/libfaketimeMT.so.1"],
    "efax": ["efax"],
    "hylafax-server": ["/usr/sbin/faxgetty", "/usr/local/sbin/faxgetty"],
    "kannel": ["/usr/sbin/bearerbox", "bearerbox"],
    "fonts-noto-cjk": ["/usr/share/fonts/**/NotoSansCJK-Regular.ttc"],
    "tshark": ["tshark"],
    "libspandsp2": ["/usr/lib/*/libspandsp.so.2", "/usr/local/lib/libspandsp.so.2"],
}


def require() -> None:
    """Make sure every program is there: as root install what is missing, else name the line to type and stop."""
    missing = [package for package, signs in NEEDED.items() if not any(map(present, signs))]
    if not missing:
        return
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"The tests need programs that are not here; install them first:\n  apt-get install -y {' '.join(missing)}"
        )
    print(f"Installing {', '.join(missing)}", flush=True)
    if not (install(missing) or (update() and install(missing))):
        sys.exit(f"apt-get install -y {' '.join(missing)} failed: run it by hand to see why.")


def present(sign: str) -> bool:
    if sign.startswith("/"):
        return any(Path("/").glob(sign[1:]))
    return shutil.which(sign) is not None


def install(packages: list[str]) -> bool:
    return apt_get("install", "--yes", "--no-install-recommends", *packages)


def update() -> bool:
    return apt_get("update")


def apt_get(*arguments: str) -> bool:
    """Run level 1 keeps Debian from starting the servers it installs: the tests start their own."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    return subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL).returncode == 0
