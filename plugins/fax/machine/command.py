"""`hub fax machine`: a fax machine to try a site with."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hub.api import Command

if TYPE_CHECKING:
    from plugins.fax.machine.machine import Machine


def configure(parser: argparse.ArgumentParser) -> None:
    """How it is called, where it is, what it does."""
    parser.add_argument("--number", default="+8657189990001", help="its own number")
    parser.add_argument("--hub", default="", metavar="HOST:PORT", help="where it calls: the hub's SIP port")
    parser.add_argument("--port", type=int, default=0, help="its own SIP port (UDP, loopback); 0 asks the system")
    parser.add_argument("--control", type=int, default=0, help="its HTTP port (loopback); 0 asks the system")
    parser.add_argument("--folder", type=Path, help="where it keeps what it is sent; a temporary one without")
    parser.add_argument("--t38", choices=["asks", "asked", "sound"], default="asked", help="how it treats T.38")
    parser.add_argument("--send", type=Path, help="fax this document (with --to), say how it went, and end")
    parser.add_argument("--to", default="", help="the number to fax it to")
    parser.add_argument("--with-stdin", action="store_true", help="end when standard input does")


def run(options: argparse.Namespace) -> int:
    """Until Ctrl-C; prints one line of JSON with its ports first."""
    from plugins.fax.terminal import spandsp

    if not spandsp.available():
        sys.stderr.write(f"{spandsp.INSTALL}\n")
        return 1
    with TemporaryDirectory() as folder:
        try:
            return asyncio.run(_run(options, options.folder or Path(folder)))
        except KeyboardInterrupt:
            return 0


async def _run(options: argparse.Namespace, folder: Path) -> int:
    from plugins.fax.machine.machine import Machine, Takes

    host, _, port = options.hub.rpartition(":")
    hub = (host or "127.0.0.1", int(port)) if port else None
    async with Machine(options.number, folder, hub, Takes(options.t38)) as machine:
        await machine.telephone.open(options.port)
        if options.send:
            return await _sent(machine, options)
        await _serve(machine, options)
    return 0


async def _sent(machine: Machine, options: argparse.Namespace) -> int:
    import mimetypes

    from hub.api import Attachment
    from plugins.fax.pages import PageLimits, Printer, PrintOptions

    kind = mimetypes.guess_type(options.send.name)[0] or "text/plain"
    file = Attachment(options.send.name, kind, options.send.read_bytes())
    pages = await Printer(PageLimits()).to_pages([file], PrintOptions())
    entry = await machine.ended(machine.send(options.to, pages.tiff))
    sys.stdout.write(f"{json.dumps(entry.as_json())}\n")
    return 0 if entry.code == "OK" else 1


async def _serve(machine: Machine, options: argparse.Namespace) -> None:
    import uvicorn

    from plugins.fax.machine.control import application, said
    from plugins.fax.pages import PageLimits, Printer

    config = uvicorn.Config(
        application(machine, Printer(PageLimits())), "127.0.0.1", options.control, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no event for that
        await asyncio.sleep(0.05)
    control = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(f"{json.dumps(said(machine, control))}\n")
    sys.stdout.flush()
    if options.with_stdin:
        await asyncio.to_thread(sys.stdin.buffer.read)
        server.should_exit = True
    await serving


COMMAND = Command("machine", "a fax machine, to try a site with", configure, run)
