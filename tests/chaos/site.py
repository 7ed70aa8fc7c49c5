"""The site the harness kills: one mailbox, one chat widget, one queue, an agent who can take everything."""

from __future__ import annotations

from pathlib import Path

from tests.support.site_file import mailbox, shop

PASSWORD = "a-password-for-tests"
MAILBOX = "support@hub.test"
SERVICE = 'department = "Service"\n'

SITE = """
[site]
name = "Chaos"
plugins = ["email", "web_chat"]

[[departments]]
name = "Service"

[[queues]]
key = "service"
name = "Service"
department = "Service"
offer_seconds = 60
"""

USER = """
[[users]]
login = "{login}"
name = "{login}"
password = "{password}"
roles = ["{role}"]
department = "Service"
queues = ["service"]
capacity = {{ DEFERRED = 100000, LIVE_TEXT = 100000 }}
"""


def write(folder: Path, relay_port: int, agents: int = 1) -> None:
    """Put the site file into the folder the hub is started in."""
    logins = [("admin", "admin"), *((f"agent{number}", "agent") for number in range(1, agents + 1))]
    users = "".join(USER.format(login=login, role=role, password=PASSWORD) for login, role in logins)
    mail = mailbox(MAILBOX, "service", relay_port, more=f"{SERVICE}opens_ticket = true")
    text = "".join([SITE, mail, shop("service", more=SERVICE), users])
    (folder / "hub.toml").write_text(text, encoding="utf-8")
