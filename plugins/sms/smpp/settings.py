"""How an SMSC is reached and spoken to."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr


class Bind(StrEnum):
    """What a session is for (SMPP 3.4 §2.2)."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"
    BOTH = "transmitter+receiver"


class Alphabet(StrEnum):
    """What data_coding 0, the SMSC's default alphabet, stands for on its side."""

    GSM7 = "gsm7"
    LATIN1 = "latin1"


class SmppSettings(BaseModel):
    """One SMSC. Several sessions share the load; the far side may deliver to any of them."""

    host: str = Field(description="The carrier's SMSC")
    port: int = Field(default=2775, ge=1, le=65535, description="Its port")
    tls: bool = Field(default=False, description="Speak TLS from the first octet")
    tls_ca: str = Field(default="", description="PEM file of the authority to trust; empty: the system's")
    system_id: str = Field(max_length=15, description="Who we are there")
    password: SecretStr = Field(default=SecretStr(""), description="And the proof; at most 8 octets as a rule")
    system_type: str = Field(default="", max_length=12, description="As the carrier says; mostly empty")
    address_range: str = Field(default="", max_length=40, description="Our numbers, as an expression of the SMSC's")
    bind: Bind = Field(
        default=Bind.TRANSCEIVER, description="transceiver, transmitter, receiver, or transmitter+receiver"
    )
    sessions: int = Field(default=1, ge=1, le=16, description="So many binds at once (with two kinds: of each)")
    window: int = Field(default=10, ge=1, le=1000, description="Submissions in flight on one session")
    enquire_seconds: float = Field(default=30, gt=0, description="enquire_link after so long a silence")
    answer_seconds: float = Field(default=30, gt=0, description="Wait so long for any answer")
    default_alphabet: Alphabet = Field(default=Alphabet.GSM7, description="What data_coding 0 is there: gsm7 or latin1")
    service_type: str = Field(default="", max_length=5, description="As the carrier says; mostly empty")
    validity_seconds: int = Field(default=0, ge=0, description="The SMSC gives up after so long; 0: as it likes")
