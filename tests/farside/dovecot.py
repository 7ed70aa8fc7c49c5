"""A real Dovecot with a throw-away configuration, as root or as any user.

Anybody logs in with the password "secret" and has a mailbox.
"""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
disable_plaintext_auth = no
ssl = no
mail_location = maildir:~/Maildir
auth_mechanisms = plain login
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
PASSWORD = "secret"


def free_port() -> int:
    """A port nobody listens on now: Dovecot cannot be asked which one the system gave it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Dovecot:
    """A running server in the folder `home`. Use it as a context manager; it keeps its port over `stop` and `start`."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Dovecot:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait for the greeting."""
        self._configure()
        command = shutil.which("dovecot") or "/usr/sbin/dovecot"
        self.process = subprocess.Popen([command, "-F", "-c", str(self.home / "dovecot.conf")])
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError((self.home / "dovecot.log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and all its sessions."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def client(self, user: str = "alice") -> imaplib.IMAP4:
        """A logged-in client of the test's own."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(user, PASSWORD)
        return client

    def append(self, mail: bytes, folder: str = "INBOX", user: str = "alice") -> None:
        """Put a mail into a folder, as a delivery would."""
        client = self.client(user)
        client.append(folder, "", "", mail)
        client.logout()

    def recreate(self, folder: str, user: str = "alice") -> None:
        """Delete a folder and make it anew: it gets another UIDVALIDITY and counts its UIDs from 1 again."""
        client = self.client(user)
        client.delete(folder)
        client.create(folder)
        client.logout()

    def flags(self, folder: str = "INBOX", user: str = "alice") -> list[bytes]:
        """The flags of every mail in a folder, in order."""
        client = self.client(user)
        client.select(folder, readonly=True)
        _, found = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [line for line in found if isinstance(line, bytes)]

    def _configure(self) -> None:
        mail = self.home / "mail"
        mail.mkdir(parents=True, exist_ok=True)
        is_root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        user, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        for folder in (self.home, *self.home.parents) if is_root else ():
            if str(folder).startswith("/tmp/") and folder.owner() == user:
                folder.chmod(folder.stat().st_mode | 0o011)  # the mail's owner has to pass
        config = _CONFIG.format(
            home=self.home,
            port=self.port,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal="dovecot" if is_root else user,
            internal_group="dovecot" if is_root else group,
            login="dovenull" if is_root else user,
        )
        (self.home / "dovecot.conf").write_text(config)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as peer:
                return peer.recv(4) == b"* OK"
        except OSError:
            return False
