"""The program: one line of JSON on standard output says where it is; it ends with its standard input, if asked to."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

import smpp34

from .center import Center
from .control import Control
from .handsets import Handsets

LOOPBACK = "127.0.0.1"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `hub sms smsc` takes, too."""
    parser.add_argument("--host", default=LOOPBACK, help="where SMPP is heard (127.0.0.1)")
    parser.add_argument("--port", type=int, default=2775, help="its port (2775)")
    parser.add_argument("--control", type=int, default=0, help="loopback port the handsets are worked by (any)")
    parser.add_argument("--ledger", type=Path, help="file that keeps the texts, as JSON lines")
    parser.add_argument("--with-stdin", action="store_true", help="end when standard input does")


async def serve(options: argparse.Namespace) -> None:
    """Until cancelled. Raises OSError or smpp34.SmppError when a port cannot be had."""
    handsets = Handsets(options.ledger)
    async with Center(options.host, options.port, handsets) as center:
        server = await asyncio.start_server(Control(center, handsets).serve, LOOPBACK, options.control)
        async with server:
            said = {"smpp": f"{options.host}:{options.port}", "control": server.sockets[0].getsockname()[1]}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            await (_until_input_ends() if options.with_stdin else server.serve_forever())


async def _until_input_ends() -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(1024):
        pass


def main() -> int:
    """Exit code 2 and a sentence when it cannot be."""
    parser = argparse.ArgumentParser(prog="smsc")
    arguments(parser)
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        return 0
    except (OSError, smpp34.SmppError) as error:
        sys.stderr.write(f"smsc: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
