"""What several tests' `hub.toml` have in common."""

from __future__ import annotations


def mailbox(address: str, queue: str, relay_port: int, *, name: str = "Support", more: str = "") -> str:
    """A mail server of our own on loopback that hands on to a relay there, and an account behind it; `more` are
    further lines of the account."""
    return f"""
[[connections]]
name = "mail"
channel = "email"
[connections.settings]
listen = true
relay_host = "127.0.0.1"
relay_port = {relay_port}
relay_security = "none"

[[accounts]]
name = "{name}"
channel = "email"
connection = "mail"
address = "mailto:{address}"
queue = "{queue}"
{more}
"""


def shop(queue: str, *, more: str = "") -> str:
    """A chat widget on a shop's page."""
    return f"""
[[accounts]]
name = "Shop"
channel = "web_chat"
address = "widget:shop"
queue = "{queue}"
{more}
"""
