"""How a carrier's gateway (ISMG) is reached, and what it knows us as."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr


class Dialect(StrEnum):
    """The version of the protocol."""

    V2_0 = "2.0"
    V3_0 = "3.0"


class Numbers(StrEnum):
    """How the gateway wants handsets' numbers: 13800138000, or 8613800138000."""

    NATIONAL = "national"
    INTERNATIONAL = "international"


class CmppSettings(BaseModel):
    """One gateway. Several sessions share the load; it may deliver to any of them."""

    host: str = Field(description="The carrier's gateway")
    port: int = Field(default=7890, ge=1, le=65535, description="Its port")
    tls: bool = Field(default=False, description="Speak TLS from the first octet")
    tls_ca: str = Field(default="", description="PEM file of the authority to trust; empty: the system's")
    version: Dialect = Field(default=Dialect.V2_0, description="2.0 or 3.0: they are written differently")
    sp_id: str = Field(min_length=1, max_length=6, description="Source_Addr: the six digits of the enterprise")
    password: SecretStr = Field(description="Shared secret")
    service_id: str = Field(default="", max_length=10, description="Service_Id: what the texts are for, as contracted")
    number: str = Field(
        default="",
        pattern="^[0-9]{0,21}$",
        description="The service number: texts to an extension of it that no account has come to its account",
    )
    numbers: Numbers = Field(
        default=Numbers.NATIONAL, description="national: 13800138000; international: 8613800138000"
    )
    fee_type: str = Field(default="01", pattern="^0[1-5]$", description="01 free, 02 each, 03 monthly")
    fee_code: str = Field(default="000000", pattern="^[0-9]{6}$", description="Price in fen")
    sessions: int = Field(default=1, ge=1, le=16, description="So many connections at once")
    window: int = Field(default=16, ge=1, le=1000, description="Submissions in flight on one of them")
    active_test_seconds: float = Field(default=30, gt=0, description="ACTIVE_TEST after so long a silence")
    answer_seconds: float = Field(default=30, gt=0, le=55, description="Wait so long for any answer")
