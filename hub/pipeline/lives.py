"""The names nodes go by. A name tells where its process lives, so that a neighbour can see that it has died."""

import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

NAMESPACE, BOOT = Path("/proc/self/ns/pid"), Path("/proc/sys/kernel/random/boot_id")


def name() -> str:
    """A name no other life of any node has."""
    return f"{_place() or socket.gethostname()[:30]}/{os.getpid()}/{secrets.token_hex(4)}"


def ended(names: Iterable[str]) -> list[str]:
    """Those whose process lived where this one does, and is no more. Of lives elsewhere nothing is known."""
    here = _place()
    return [name for name in names if _ended(name, here)]


def _ended(name: str, here: str) -> bool:
    place, _, rest = name.rpartition("/")[0].rpartition("/")
    return bool(here) and place == here and rest.isdecimal() and not Path(f"/proc/{rest}").exists()


def _place() -> str:
    """Host, start of its kernel and process namespace (containers may share a host's name, not this); "" where the
    system does not tell."""
    try:
        space = f"{BOOT.read_text().strip()[:8]}-{NAMESPACE.readlink().name.strip('pid:[]')}"
    except OSError:
        return ""
    return f"{socket.gethostname()[:30]}-{space}"
