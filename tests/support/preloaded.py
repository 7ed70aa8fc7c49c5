"""Starts of `hub` as forks of one process that has imported it: each costs two seconds of processor time less. Far
sides of ours are forked from it, too.

What runs is the same `main`, with the arguments, environment and folder of its own; only passwords are hashed cheaply.
Where a cold start is the point (`tests/process`, benchmarks), or where the loader has to do something (LD_PRELOAD), a
new interpreter is executed.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from tests.support import hashing

IMPORTED = (  # the hub, and what it and its plugins of the house import late
    *("hub.main.serve", "hub.main.command", "hub.store.postgres", "hub.store.sqlite", "alembic.context", "uvloop"),
    *("plugins.email", "plugins.web_chat", "plugins.sip", "plugins.self_service", "plugins.tts", "plugins.demo"),
    *("plugins.fax", "plugins.fax.office", "plugins.fax.routes", "plugins.fax.machine.command", "plugins.recognition"),
    *("plugins.sms", "plugins.sms.providers", "plugins.sms.smpp.carrier"),
    *("plugins.sip.media.switchboard", "plugins.sip.media.lender"),
    *("phonenumbers.data.region_CN", "alembic.command", "anyio.streams.tls", "numpy.random"),
    *("httpx", "httpcore", "aiosmtpd.smtp", "aiosmtplib", "imap_tools"),
    *("uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.websockets_sansio_impl"),
)
READ_ENVIRONMENT = ("hub.api.faults", "hub.main.command")  # while they are imported
LARGEST = 2**17


def main() -> None:
    """Returns only in a fork that has become what was asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us closes our socket
    for name in IMPORTED:
        importlib.import_module(name)
    hashing.cheapen()
    gc.collect()
    gc.freeze()
    asking = socket.socket(fileno=int(sys.argv[1]))
    become(*wait(asking))


def wait(asking: socket.socket) -> tuple[dict[str, Any], int]:
    """Fork for every start that is asked for, and tell how each ended; returns in the forks, and never here."""
    told: dict[int, tuple[int, int]] = {}
    news = select.poll()
    news.register(asking, select.POLLIN)
    while True:
        for descriptor, _ in news.poll():
            if descriptor in told:
                news.unregister(descriptor)
                tell_end(descriptor, *told.pop(descriptor))
                continue
            said, (output, telling) = accept(asking)
            pid = os.fork()
            if not pid:
                asking.detach()
                return json.loads(said), output
            os.close(output)
            os.write(telling, f"{pid}\n".encode())
            watched = os.pidfd_open(pid)
            told[watched] = (pid, telling)
            news.register(watched, select.POLLIN)


def accept(asking: socket.socket) -> tuple[bytes, list[int]]:
    said, descriptors, *_ = socket.recv_fds(asking, LARGEST, 2)
    if not said:
        sys.exit()
    return said, descriptors


def tell_end(watched: int, pid: int, telling: int) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(watched)
    with suppress(BrokenPipeError):  # nobody wants to know any more
        os.write(telling, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os.close(telling)


def become(asked: dict[str, Any], output: int) -> NoReturn:
    """The process that was asked for, as if just executed."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 1024)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.unfreeze()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[1:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv[:] = [asked["program"], *asked["arguments"]]
    if asked["program"] != "hub":
        leave(lambda: runpy.run_module(asked["program"], run_name="__main__"))
    for name in READ_ENVIRONMENT:
        importlib.reload(sys.modules[name])
    leave(sys.modules["hub.main.command"].main)


def leave(main: Callable[[], object]) -> NoReturn:
    """End as an interpreter does, but for taking apart all that was imported: 0.15 s of every hub."""
    try:
        code = main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise
        code = ended.code
    threading._shutdown()  # type: ignore[attr-defined]  # what waits for threads before `atexit` has no public name
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
