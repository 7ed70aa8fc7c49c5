"""The site the harness kills: one mailbox, one chat widget, one queue, an agent who can take everything."""

from __future__ import annotations

from pathlib import Path

PASSWORD = "a-password-for-tests"
MAILBOX = "support@hub.test"

TEMPLATE = """
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

[[connections]]
name = "mail"
channel = "email"
[connections.settings]
listen = true
relay_host = "127.0.0.1"
relay_port = {relay_port}
relay_security = "none"

[[accounts]]
name = "Support"
channel = "email"
connection = "mail"
address = "mailto:{mailbox}"
queue = "service"
department = "Service"
opens_ticket = true

[[accounts]]
name = "Shop"
channel = "web_chat"
address = "{chat_address}"
queue = "service"
department = "Service"

{users}
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
    text = TEMPLATE.format(relay_port=relay_port, mailbox=MAILBOX, chat_address="widget:shop", users=users)
    (folder / "hub.toml").write_text(text, encoding="utf-8")
