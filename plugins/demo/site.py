"""`hub demo init`: writes the site file and the password of a demo site."""

import argparse
import errno
import json
import os
import random
import secrets
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path

from plugins.demo.settings import PASSWORD

TEMPLATE = Path(__file__).with_name("site.toml")
FLOWS = Path(__file__).with_name("flows")
OURS = range(12_000, 32_768)
"""Below what systems give to sockets that ask for any port (RFC 6335 §8.1.2; Linux begins at 32768)."""
SYLLABLES = [consonant + vowel for consonant in "bdklmnrst" for vowel in "aeiou"]


def configure(parser: argparse.ArgumentParser) -> None:
    """`--data DIR`."""
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of the demo site")


def run(options: argparse.Namespace) -> int:
    """Write what is not there yet; an existing site is left as it is."""
    folder: Path = options.data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    write_password(folder / PASSWORD)
    write_flows(folder / "flows")
    path = folder / "hub.toml"
    if not path.exists():
        path.write_text(site_file(folder, free_port(), free_port(), free_port()), encoding="utf-8")
        sys.stdout.write(f"A demo site is described in {path}.\n")
    return 0


def site_file(folder: Path, mailbox_port: int, smsc_port: int, fax_port: int) -> str:
    """What hub.toml says. A folder with a quote in its name is written as a string with escapes."""
    template = TEMPLATE.read_text(encoding="utf-8")
    for name, path in (("folder", folder), ("flows", folder / "flows"), ("speech", folder / "speech")):
        template = template.replace(f"'{{{name}}}'", _quoted(path))
    ports = {"mailbox_port": mailbox_port, "smsc_port": smsc_port, "fax_port": fax_port}
    for name, port in ports.items():
        template = template.replace(f"{{{name}}}", str(port))
    return template


def write_flows(folder: Path) -> None:
    """Copies of the demo's own, to be changed; those that are there stay."""
    folder.mkdir(exist_ok=True)
    for script in sorted(FLOWS.iterdir()):
        if not (folder / script.name).exists():
            shutil.copyfile(script, folder / script.name)


def write_password(path: Path) -> None:
    """HUB_DEMO_PASSWORD, or one that can be read out to a colleague: six syllables and four digits (46 bits)."""
    if path.exists():
        return
    word = os.environ.get("HUB_DEMO_PASSWORD") or sayable()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(word + "\n")


def sayable() -> str:
    """For instance "kodira-melusa-4821"."""
    halves = ["".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(2)]
    return f"{halves[0]}-{halves[1]}-{secrets.randbelow(9000) + 1000}"


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False) if "'" in str(path) else f"'{path}'"


def free_port() -> int:
    """A loopback port nobody has now, and the system gives to nobody who asks for any: it must still be free when its
    program starts, at this start and the next ones."""
    for port in random.SystemRandom().sample(OURS, 1000):
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams, suppress(OSError):
            stream.bind(("127.0.0.1", port))
            datagrams.bind(("127.0.0.1", port))
            return port
    raise OSError(errno.EADDRINUSE, "a thousand ports of loopback are taken")
