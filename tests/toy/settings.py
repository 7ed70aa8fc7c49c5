"""Where the toy's far side is, and how it proves who it is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class ToyConnection(BaseModel):
    """One exchange of toys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)


class ToyAccount(BaseModel):
    """One address on an exchange."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: SecretStr = SecretStr("")
