"""One IMAP folder read in order, by UID (RFC 9051): blocking, meant for a thread of its own.

`Position` is what the hub commits with each mail. When the server gives the folder a new UIDVALIDITY all UIDs are
void: the folder is read again from its start, and what is already stored is recognised by Message-ID and content.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from typing import Any, Final, cast

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from hub.api import HubError, Misconfigured, Unreachable
from plugins.email.limits import header_end
from plugins.email.settings import AfterImport, Auth, EmailConnection, Security

_TIMEOUT: Final = 60.0
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_TROUBLE: Final = ("[SERVERBUG]", "[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[CONTACTADMIN]")
FAILURES: Final = (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a folder has been read: everything up to `uid` under `validity`. Text form "validity:uid"."""

    validity: int
    uid: int

    @classmethod
    def of(cls, cursor: str | None) -> Position:
        """From its text form; the start of an unknown folder when there is none."""
        match = re.fullmatch(r"(\d+):(\d+)", cursor or "")
        return cls(int(match[1]), int(match[2])) if match else cls(0, 0)

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail's bytes. `cut` is its real size when it was too large and only the header was fetched, else 0."""

    uid: int
    body: bytes
    cut: int = 0


class Folder:
    """A logged-in session on one folder. Every method may raise Unreachable or Misconfigured."""

    def __init__(self, settings: EmailConnection, token: str) -> None:
        self.settings = settings
        self._box: BaseMailBox = _connected(settings)
        self._socket: socket.socket = self._box.client.sock
        try:
            _log_in(self._box, settings, token)
        except BaseException:
            self.close()
            raise

    def position(self, known: Position) -> Position:
        """Where to go on: at `known`, or at the start when the folder is not the one we knew."""
        self._select()
        told = self._box.client.untagged_responses.get("UIDVALIDITY", [b"0"])[-1]
        validity = int(told) if isinstance(told, bytes) and told.isdigit() else 0
        return known if validity == known.validity else Position(validity, 0)

    def after(self, position: Position) -> list[int]:
        """UIDs beyond `position`, ascending."""
        self._box.client.untagged_responses.pop("EXISTS", None)  # what comes from now on is news to `wait`
        since = self.settings.imap_since
        criteria = [f"UID {position.uid + 1}:*", *([f"SINCE {_imap_date(since)}"] if since else [])]
        data = self._uid("SEARCH", " ".join(criteria))
        uids = {int(word) for line in data if isinstance(line, bytes) for word in line.split()}
        return sorted(uid for uid in uids if uid > position.uid)  # "n:*" always names the last mail, be it older

    def fetch(self, uid: int) -> Fetched | None:
        """One mail without marking it as read; None when it has been taken away meanwhile."""
        most = self.settings.max_bytes
        for line in self._uid("FETCH", str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<0.{most}>)"):
            if isinstance(line, tuple):
                told, body = line
                size = int(found[1]) if (found := _SIZE.search(told)) else len(body)
                return Fetched(uid, body[: header_end(body)], size) if size > most else Fetched(uid, body)
        return None

    def done(self, uid: int) -> None:
        """Do what the settings want to become of a stored mail. Failing costs nothing: the position has moved on."""
        after = self.settings.imap_after
        if after is AfterImport.MARK_SEEN:
            self._box.flag(str(uid), "\\Seen", True)
        elif after is AfterImport.MOVE:
            self._box.move(str(uid), self.settings.imap_move_to)
        elif after is AfterImport.DELETE:
            self._box.delete(str(uid))

    def wait(self) -> None:
        """Until something changes or the time to look anyway has come.

        IDLE alone misses mails: those the server tells of in its answer to an earlier command, and those it tells of so
        soon that the words already lie in our buffer when we begin to watch the socket.
        """
        seconds = self.settings.imap_poll_seconds
        client = self._box.client
        try:
            if client.untagged_responses.get("EXISTS"):
                return
            if "IDLE" in client.capabilities:
                self._idle(seconds)
            else:
                self._pause(seconds)
            client.noop()
        except FAILURES as error:
            raise Unreachable(f"mailbox: {type(error).__name__}: {error}"[:300]) from error

    def break_off(self) -> None:
        """End the session from another thread, whatever it is waiting for."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket; servers take a closed connection for a log-out."""
        with suppress(OSError):
            self._box.client.shutdown()

    def _idle(self, seconds: float) -> None:
        idle: Any = self._box.idle  # imap-tools leaves these methods untyped
        idle.start()
        if not self._has_unread():
            idle.poll(timeout=seconds)
        idle.stop()

    def _has_unread(self) -> bool:
        self._socket.settimeout(0)
        try:
            return bool(cast("BufferedReader", self._box.client.file).peek(1))
        except OSError:  # nothing there, says a TLS socket
            return False
        finally:
            self._socket.settimeout(_TIMEOUT)

    def _pause(self, seconds: float) -> None:
        """Wait on the socket, so that `break_off` ends it."""
        self._socket.settimeout(seconds)
        with suppress(TimeoutError):
            if self._socket.recv(1, socket.MSG_PEEK) == b"":
                raise Unreachable("mailbox: the server hung up")
        self._socket.settimeout(_TIMEOUT)

    def _select(self) -> None:
        try:
            self._box.folder.set(self.settings.imap_folder)
        except FAILURES as error:
            raise _refused(f"folder {self.settings.imap_folder!r}", error) from error

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        try:
            kind, data = self._box.client.uid(command, *arguments)
        except FAILURES as error:
            raise Unreachable(f"mailbox: {type(error).__name__}: {error}"[:300]) from error
        if kind != "OK":
            raise Unreachable(f"mailbox: {command} answered {kind} {data!r}"[:300])
        return list(data)


def probe(settings: EmailConnection, token: str) -> str:
    """Log in, look into the folder, leave. Raises Unreachable or Misconfigured."""
    folder = Folder(settings, token)
    try:
        folder.position(Position(0, 0))
    finally:
        folder.close()
    return f"{settings.imap_host}:{settings.imap_port}: {settings.imap_folder} can be read"


def _imap_date(day: date) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02d}-{months[day.month - 1]}-{day.year}"


def _connected(settings: EmailConnection) -> BaseMailBox:
    host, port = settings.imap_host, settings.imap_port
    context = ssl.create_default_context(cafile=settings.tls_ca or None)
    try:
        if settings.imap_security is Security.TLS:
            return MailBox(host, port, timeout=_TIMEOUT, ssl_context=context)
        if settings.imap_security is Security.STARTTLS:
            return MailBoxStartTls(host, port, timeout=_TIMEOUT, ssl_context=context)
        return MailBoxUnencrypted(host, port, timeout=_TIMEOUT)
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured(f"mailbox certificate: {error}") from error
    except (*FAILURES, ValueError) as error:
        raise Unreachable(f"mailbox: {type(error).__name__}: {error}"[:300]) from error


def _log_in(box: BaseMailBox, settings: EmailConnection, token: str) -> None:
    try:
        if settings.imap_auth is Auth.XOAUTH2:
            box.xoauth2(settings.imap_user, token, initial_folder=None)
        else:
            box.login(settings.imap_user, settings.imap_password.get_secret_value(), initial_folder=None)
    except (*FAILURES, UnicodeError) as error:
        raise _refused("mailbox login", error) from error


def _refused(what: str, error: Exception) -> HubError:
    """A server that says no means our settings, unless it says that it is the server's trouble (RFC 9051 §7.1)."""
    detail = f"{what}: {type(error).__name__}: {error}"[:300]
    is_down = isinstance(error, (imaplib.IMAP4.abort, OSError, EOFError)) or any(code in detail for code in _TROUBLE)
    return Unreachable(detail) if is_down else Misconfigured(detail)
