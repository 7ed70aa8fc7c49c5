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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import psutil

from tests.support.ports import free_port

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
auth_failure_delay = 0
ssl = no
mail_location = maildir:~/Maildir
auth_mechanisms = plain login{mechanisms}
mail_max_userip_connections = 100
{oauth}
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
_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
"""
PASSWORD = "secret"


@dataclass(slots=True)
class Dovecot:
    """A running server in a folder of its own. Use it as a context manager; `stop` and `start` keep its port.

    `token_info`, when set, is the URL where it asks whose an access token is (the token is put behind it): XOAUTH2.
    """

    home: Path = field(default_factory=lambda: Path(mkdtemp(prefix="dovecot-")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    user: str = "alice"
    token_info: str = ""

    def __enter__(self) -> Dovecot:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

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
        if self.process is None:
            return
        sessions = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(20)
        self.process = None
        for session in sessions:  # they would go on serving who is logged in
            with suppress(psutil.NoSuchProcess):
                session.kill()
        psutil.wait_procs(sessions, timeout=20)

    def client(self) -> imaplib.IMAP4:
        """A logged-in client of the test's own, as `user`."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(self.user, PASSWORD)
        return client

    def append(self, mail: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder, as a delivery would."""
        client = self.client()
        client.append(folder, "", "", mail)
        client.logout()

    def recreate(self, folder: str) -> None:
        """Delete a folder and make it anew: it gets another UIDVALIDITY and counts its UIDs from 1 again."""
        client = self.client()
        client.delete(folder)
        client.create(folder)
        client.logout()

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        """The flags of every mail in a folder, in order."""
        client = self.client()
        _, (count,) = client.select(folder, readonly=True)
        found = client.fetch("1:*", "(FLAGS)")[1] if count != b"0" else []
        client.logout()
        return [line for line in found if isinstance(line, bytes)]

    def _configure(self) -> None:
        mail = self.home / "mail"
        mail.mkdir(parents=True, exist_ok=True)
        is_root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        user, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        self.home.chmod(0o755)  # the mail's owner has to pass
        config = _CONFIG.format(
            home=self.home,
            port=self.port,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal="dovecot" if is_root else user,
            internal_group="dovecot" if is_root else group,
            login="dovenull" if is_root else user,
            mechanisms=" xoauth2" if self.token_info else "",
            oauth=_OAUTH.format(home=self.home) if self.token_info else "",
        )
        (self.home / "dovecot.conf").write_text(config)
        (self.home / "oauth2.conf").write_text(f"tokeninfo_url = {self.token_info}\nusername_attribute = email\n")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as peer:
                return peer.recv(4) == b"* OK"
        except OSError:
            return False
