"""`hub serve`: web, core and plugins of one node in this process."""

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Connection, select

from hub.main import demo
from hub.main.prepare import Prepared, lock, prepare, upgrade
from hub.main.sentence import Sentence
from hub.pipeline import lives
from hub.pipeline.site import Site
from hub.plugin.site_model import SiteFile
from hub.store.database import Store
from hub.store.rows import Row, many
from hub.store.tables import connections
from hub.store.vault import WrongKey
from hub.web.app import create_app
from hub.web.passwords import hash_password
from hub.web.services import Services, WebSettings

log = logging.getLogger(__name__)
LISTENING_WITHIN = 10.0
THREADS_END_WITHIN = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `hub serve`."""
    parser.add_argument("--demo", action="store_true", help="make a demo site when there is none, and serve it")
    parser.add_argument("--ready-json", action="store_true", help="print `HUB READY {json}` once it serves")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted. Raises Sentence for what a person must mend first."""
    gc.disable()  # until it serves: nothing that is imported and set up meanwhile goes away
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    path: Path = demo.site() if options.demo else options.site
    prepared = prepare(path)
    listening = _bind(prepared.file.site.host, prepared.file.site.port)
    with contextlib.closing(listening), lock(prepared.file):
        upgrade(prepared)
        passwords = _passwords(prepared.file)
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(_serve(prepared, listening, passwords, options))
    return 0


def _loop() -> asyncio.AbstractEventLoop:
    """uvloop where there is one: a third less processor time a statement on PostgreSQL, and as much a socket."""
    try:
        import uvloop  # not on Windows
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _serve(
    prepared: Prepared, listening: socket.socket, passwords: Mapping[str, str], options: argparse.Namespace
) -> None:
    file = prepared.file
    try:
        seals = file.site.encrypt_files
        store = await Store.open(file.database, key_file=file.key_file, node=lives.name(), seals=seals)
        site = Site(file, store, prepared.plugins)
        hashes = {login: await asyncio.to_thread(hash_password, words) for login, words in passwords.items()}
        first = await site.set_up(hashes)
        await site.start()
    except WrongKey as error:
        raise Sentence(error.line) from error
    server = uvicorn.Server(_configuration(site))
    serving = asyncio.create_task(_until_signalled(server, listening))
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn offers a flag, no event
        await asyncio.sleep(0.01)
    try:
        if server.started:
            await _opened(site, _url(file, listening), serving, passwords if first else {}, options)
        await serving
    finally:  # whatever went wrong, nothing of ours is left that keeps the process
        server.should_exit = True
        await serving
        await site.stop()
        await store.close()
        _wait_for_no_thread()


async def _opened(
    site: Site, url: str, serving: asyncio.Task[None], passwords: Mapping[str, str], options: argparse.Namespace
) -> None:
    await site.open(url)
    states = await _connections(site.store, serving)
    if not serving.done():
        with contextlib.suppress(OSError):  # who reads what we say may go: customers and agents stay
            _announce(site.file, url, states, passwords, options)
        _look_no_more_at_what_stays()


def _configuration(site: Site) -> uvicorn.Config:
    file = site.file
    services = Services(
        store=site.store,
        registry=site.registry,
        directory=site.directory,
        topics=site.topics,
        settings=WebSettings(
            site_name=file.site.name,
            languages=tuple(file.site.languages),
            origins=tuple(file.site.origins),
            private_targets=file.site.private_webhooks,
            park_seconds=file.site.park_seconds,
            input_days=file.site.input_days,
            monitoring_visible=file.site.monitoring == "visible",
        ),
    )
    return uvicorn.Config(
        create_app(services),
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        ws_per_message_deflate=False,  # small frames to thousands of screens: memory and time for nothing
        proxy_headers=bool(file.site.trusted_proxies),
        forwarded_allow_ips=file.site.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # longer than clients and proxies wait: else a request meets our closing, and is lost
    )


async def _until_signalled(server: uvicorn.Server, listening: socket.socket) -> None:
    """uvicorn would raise the signal again after its shutdown, and so end us before we have closed."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, server)
    with contextlib.suppress(asyncio.CancelledError):
        await server._serve([listening])  # `serve` only adds uvicorn's own signal handling


def _stop(server: uvicorn.Server) -> None:
    server.force_exit = server.should_exit
    server.should_exit = True


def _look_no_more_at_what_stays() -> None:
    """150,000 objects have been imported and set up. The collector would stop everything for a tenth of a second, again
    and again, to find that all of them are still needed."""
    gc.freeze()
    gc.enable()


def _wait_for_no_thread() -> None:
    """Python joins the threads of every pool before it exits; one in which a plugin waits for its far side would keep
    us as long as that takes. All that is ours has been closed by now."""
    last = threading.Timer(THREADS_END_WITHIN, _exit)
    last.daemon = True
    last.start()


def _exit() -> None:
    waiting = [thread.name for thread in threading.enumerate() if not thread.daemon]
    log.warning("these threads did not end, and are left behind: %s", ", ".join(waiting))
    logging.shutdown()
    os._exit(0)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # inherited by what is accepted; asyncio would not set it here, and each answer would wait 40 ms for an ACK (Nagle)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise Sentence(
            f"port {port} on {host} cannot be used ({error.strerror}); set HUB_PORT to another one."
        ) from error
    return listening


def _url(file: SiteFile, listening: socket.socket) -> str:
    if file.site.url:
        return file.site.url.rstrip("/")
    host = file.site.host if ":" not in file.site.host else f"[{file.site.host}]"
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{listening.getsockname()[1]}"  # noqa: S104  # compared, not bound


def _passwords(file: SiteFile) -> dict[str, str]:
    """Each user's first password: as given, else made up."""
    return {
        user.login: user.password.get_secret_value() if user.password else secrets.token_urlsafe(12)
        for user in file.users
    }


async def _connections(store: Store, serving: asyncio.Task[None]) -> list[Row]:
    """How the connections fare, once each listens or has failed to, or we are asked to end meanwhile."""
    loop = asyncio.get_running_loop()
    until = loop.time() + LISTENING_WITHIN
    while True:
        rows = await store.read(_states)
        if all(row["state"] in {"RUNNING", "FAILED"} for row in rows) or loop.time() > until or serving.done():
            return rows
        await asyncio.sleep(0.02)


def _states(conn: Connection) -> list[Row]:
    columns = (connections.c.name, connections.c.channel, connections.c.state, connections.c.state_detail)
    return many(conn, select(*columns).where(connections.c.enabled).order_by(connections.c.id))


def _announce(
    file: SiteFile, url: str, states: list[Row], passwords: Mapping[str, str], options: argparse.Namespace
) -> None:
    if options.ready_json:
        ready: dict[str, Any] = {"http": url, "connections": {row["name"]: row["state_detail"] for row in states}}
        print(f"HUB READY {json.dumps(ready)}", flush=True)
    print(f"\n  {file.site.name}\n\n  inbox      {url}/")
    for row in states:  # of one that failed its detail says why, and when it is tried again
        print(f"  {row['name']:<10} {row['state_detail'] or row['state']}")
    if options.demo:
        demo.announce(file, url)
    elif passwords:
        print("\n  first passwords (change them):")
        for login, words in passwords.items():
            print(f"    {login:<12} {words}")
    print("\n  Ctrl-C ends it.", flush=True)
    sys.stdout.flush()
