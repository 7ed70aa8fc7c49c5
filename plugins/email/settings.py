"""What a site sets: the plugin's own defaults, the ways in and out of a connection, and what one address does."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr

MEGABYTE = 1024 * 1024


class Security(StrEnum):
    """How a connection is encrypted: from the first byte, by STARTTLS, or not at all (loopback and trusted networks
    only).
    """

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Auth(StrEnum):
    """How we log in."""

    NONE = "none"
    PASSWORD = "password"  # noqa: S105 - the name of a method, not a password
    XOAUTH2 = "xoauth2"


class AfterImport(StrEnum):
    """What becomes of a mail in the mailbox once it is stored here."""

    KEEP = "keep"
    MARK_SEEN = "mark_seen"
    MOVE = "move"
    DELETE = "delete"


class EmailSettings(BaseModel):
    """[plugins.email] of hub.toml: where listeners hear unless their connection says otherwise."""

    smtp_host: str = Field(default="127.0.0.1", description="Address the SMTP listener binds")
    smtp_port: int = Field(
        default=2525,
        ge=0,
        le=65535,
        description="Its port; 0 asks the system",
        json_schema_extra={"env": "HUB_SMTP_PORT"},
    )


class EmailConnection(BaseModel):
    """One way to the outside. Mail comes in by `listen` (SMTP), `imap_host`, or both; it goes out by `relay_host`."""

    listen: bool = Field(default=False, description="Receive by SMTP on this machine")
    listen_host: str = Field(default="", description="Address to bind; empty: the plugin's smtp_host")
    listen_port: int | None = Field(
        default=None, ge=0, le=65535, description="Port; empty: the plugin's smtp_port; 0 asks the system"
    )
    listen_certificate: str = Field(
        default="", description="PEM file with certificate and key; set, STARTTLS is offered"
    )
    listen_max_connections: int = Field(default=200, ge=1)
    max_bytes: int = Field(default=35 * MEGABYTE, ge=1024, description="Largest mail taken, in bytes as it travels")

    imap_host: str = Field(default="", description="Mailbox server; empty: none")
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_security: Security = Security.TLS
    imap_user: str = ""
    imap_auth: Auth = Auth.PASSWORD
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    imap_since: date | None = Field(default=None, description="Leave mails that arrived before this day alone")
    imap_poll_seconds: float = Field(
        default=30, gt=0, le=1500, description="Look for new mail at least this often, IDLE or not"
    )
    imap_after: AfterImport = AfterImport.MARK_SEEN
    imap_move_to: str = Field(default="Archive", description="Folder for imap_after = move")

    relay_host: str = Field(
        default="", description="SMTP server that takes our mail; empty: this connection cannot send"
    )
    relay_port: int = Field(default=587, ge=1, le=65535)
    relay_security: Security = Security.STARTTLS
    relay_user: str = ""
    relay_auth: Auth = Auth.PASSWORD
    relay_password: SecretStr = SecretStr("")
    relay_connections: int = Field(default=4, ge=1, le=50, description="Open at most so many at once")
    relay_idle_seconds: float = Field(default=30, gt=0, description="Close a connection unused for so long")
    relay_timeout: float = Field(default=60, gt=0, description="Seconds to wait for any one answer")

    tls_ca: str = Field(
        default="", description="PEM file of the authority to trust for IMAP and relay; empty: the system's"
    )

    oauth_url: str = Field(
        default="", description="Where a refresh token is exchanged for an access token (RFC 6749 §6)"
    )
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr = SecretStr("")
    oauth_refresh_token: SecretStr = SecretStr("")
    oauth_scope: str = ""


class EmailAccount(BaseModel):
    """One address of the site."""

    aliases: list[str] = Field(default_factory=list, description="Further addresses that lead here")
    plus_addresses: bool = Field(default=True, description="support+anything@… leads here too (RFC 5233)")
    display_name: str = Field(default="", description="Sender's name; may hold {agent} and {account}")
    signature: str = Field(default="", description="Below every reply; may hold {agent} and {account}")
    lists_are_automatic: bool = Field(
        default=True,
        description="Mail of lists and bulk senders opens no ticket; off where the address itself is a list",
    )
    acknowledge: bool = Field(
        default=False, description="Confirm a person's new mail automatically, at most once a day and sender"
    )
    acknowledge_en: str = Field(
        default="", description="The confirmation in English; empty: ours. {serial} {serial_clause} {account}"
    )
    acknowledge_zh: str = Field(default="", description="The confirmation in Chinese")
