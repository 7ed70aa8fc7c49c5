"""What the demo needs to know of itself; `hub demo init` writes it into the site file."""

from pathlib import Path

from pydantic import BaseModel, Field


class DemoSettings(BaseModel):
    """[plugins.demo] of hub.toml."""

    mailbox_port: int = Field(0, ge=0, le=65535, description="Loopback port of the customers' mail server; 0: any")
    password_file: Path = Field(Path("demo-password"), description="File that holds the password of the demo's users")
