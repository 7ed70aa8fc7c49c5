"""The site the harness kills: one mailbox, one chat widget, one queue, an agent who can take everything."""

from __future__ import annotations

from pathlib import Path

from tests.farside.smsc import PASSWORD as SECRET
from tests.support.site_file import mailbox, shop

PASSWORD = "a-password-for-tests"
MAILBOX = "support@hub.test"
CODE = "10690001"
SERVICE = 'department = "Service"\n'

SITE = """
[site]
name = "Chaos"
plugins = ["email", "web_chat", "sms"]

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


TEXTS = """
[[connections]]
name = "carrier"
channel = "sms"
[connections.settings]
kind = "smpp"
[connections.settings.smpp]
host = "127.0.0.1"
port = {port}
system_id = "chaos"
password = "{secret}"

[[accounts]]
name = "Texts"
channel = "sms"
connection = "carrier"
address = "tel:{code}"
queue = "service"
department = "Service"
"""


def write(folder: Path, relay_port: int, agents: int = 1, *, center_port: int = 0) -> None:
    """Put the site file into the folder the hub is started in."""
    logins = [("admin", "admin"), *((f"agent{number}", "agent") for number in range(1, agents + 1))]
    users = "".join(USER.format(login=login, role=role, password=PASSWORD) for login, role in logins)
    mail = mailbox(MAILBOX, "service", relay_port, more=f"{SERVICE}opens_ticket = true")
    texts = TEXTS.format(port=center_port, secret=SECRET, code=CODE) if center_port else ""
    text = "".join([SITE, mail, shop("service", more=SERVICE), texts, users])
    (folder / "hub.toml").write_text(text, encoding="utf-8")
