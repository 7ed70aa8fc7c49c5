"""A modem with a SIM, and how it is plugged in."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field, SecretStr


class Mode(StrEnum):
    """How texts travel over the line (AT+CMGF): as PDUs, or as text for modems that know no PDUs."""

    PDU = "pdu"
    TEXT = "text"


class ModemSettings(BaseModel):
    """One modem."""

    device: str = Field(
        description="/dev/ttyUSB0, or /dev/serial/by-id/…, which stays the same when it is plugged in anew"
    )
    baud: int = Field(default=115_200, ge=1200, le=4_000_000, description="Speed of the line")
    number: str = Field(description="The SIM's own number, as the account has it")
    pin: SecretStr = Field(
        default=SecretStr(""), description="The SIM's PIN; it is tried once a start and never guessed"
    )
    mode: Mode = Field(default=Mode.PDU, description="pdu; text for a modem that knows no PDUs: no long texts")
    answer_seconds: float = Field(default=10, gt=0, description="Wait so long for any answer of the modem")
    send_seconds: float = Field(default=50, gt=0, le=55, description="Wait so long for the network to take a text")
    look_seconds: float = Field(default=30, gt=0, description="Ask for the signal, and for texts it did not tell of")
