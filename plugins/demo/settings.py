"""What the demo needs to know of itself; `hub demo init` writes it into the site file."""

from pathlib import Path

from pydantic import BaseModel, Field

PASSWORD = "demo-password"  # noqa: S105 - a file's name
FAXES = "demo-faxes"
RUNNING = "demo-running.json"
TEXTS = "demo-texts.jsonl"
MAIL_DOMAIN = "customers.test"
"""Every customer of the demo has an address here (RFC 2606 keeps .test free of real ones)."""


class DemoSettings(BaseModel):
    """[plugins.demo] of hub.toml."""

    mailbox_port: int = Field(0, ge=0, le=65535, description="Loopback port of the customers' mail server; 0: any")
    sip_port: int = Field(
        0, ge=0, le=65535, description="Loopback UDP port the customers' phone calls; 0: where the hub takes calls"
    )
    smsc_port: int = Field(
        0, ge=0, le=65535, description="Loopback port of the customers' SMSC, which the hub binds to; 0: none"
    )
    smsc: bool = Field(
        True,
        description="Start the customers' SMSC; without it nobody can text",
        json_schema_extra={"env": "HUB_DEMO_SMSC"},
    )
    fax_port: int = Field(
        0, ge=0, le=65535, description="Loopback UDP port at which the customers' fax machine is called; 0: none"
    )
    fax: bool = Field(
        True,
        description="Start the customers' fax machine; without it nobody can fax",
        json_schema_extra={"env": "HUB_DEMO_FAX"},
    )
    folder: Path = Field(
        Path("var"),
        description="Where the users' password is, and where the running demo says how it is reached",
        json_schema_extra={"env": "HUB_DATA"},
    )
    seed: bool = Field(
        True,
        description="Fill the site with customers, tickets and conversations once",
        json_schema_extra={"env": "HUB_DEMO_SEED"},
    )

    @property
    def password_file(self) -> Path:
        """Holds the password of the demo's users, readable by the hub alone."""
        return self.folder / PASSWORD

    @property
    def texts_file(self) -> Path:
        """Holds the texts of the customers' handsets."""
        return self.folder / TEXTS

    @property
    def faxes_folder(self) -> Path:
        """Holds what the customers' fax machine was sent."""
        return self.folder / FAXES

    @property
    def running_file(self) -> Path:
        """Holds the addresses of the running demo, for `hub demo traffic`."""
        return self.folder / RUNNING
