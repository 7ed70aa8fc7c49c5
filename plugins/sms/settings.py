"""What a site sets: a connection is one way to a carrier, of one kind; an account is one number, short code or name."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from plugins.sms.cmpp.settings import CmppSettings
from plugins.sms.http.settings import HttpSettings
from plugins.sms.modem.settings import ModemSettings
from plugins.sms.smpp.settings import SmppSettings
from plugins.sms.twilio.settings import TwilioSettings

NAME: Final = "sms"
DAY = 86_400.0


class SignatureAt(StrEnum):
    """Where the carrier wants the company's signature."""

    FRONT = "front"
    END = "end"


class AtNight(StrEnum):
    """What becomes of an automatic text in the quiet hours."""

    REFUSE = "refuse"
    DELAY = "delay"


class SmsSettings(BaseModel):
    """[plugins.sms] of hub.toml."""

    region: str = Field(
        default="CN", pattern="^[A-Z]{2}$", description="Country whose national numbers are meant, ISO 3166"
    )
    stop_words: list[str] = Field(
        default_factory=list, description="Further words that mean STOP when they are the whole text"
    )
    log_days: int = Field(
        default=365, ge=7, description="How long ids, prices and reports of single parts are kept; texts are the hub's"
    )


def _offer_kinds(schema: dict[str, Any]) -> None:
    """Have a form offer the kinds there are, and ask of each its own."""
    fields = schema["properties"]
    fields["kind"]["enum"] = [name for name in fields if name != "kind"]


class SmsConnection(BaseModel):
    """One way to a carrier. `kind` says which; the field of the same name holds what that kind needs."""

    model_config = ConfigDict(json_schema_extra=_offer_kinds)

    kind: str = Field(default="smpp", description="smpp, or another provider's name")
    smpp: SmppSettings | None = Field(default=None, description="SMPP 3.4 to a carrier's SMSC")
    cmpp: CmppSettings | None = Field(default=None, description="CMPP 2.0 or 3.0 to a Chinese carrier's gateway")
    http: HttpSettings | None = Field(default=None, description="A gateway spoken to by HTTP, described here")
    modem: ModemSettings | None = Field(default=None, description="A GSM modem with a SIM, on a serial line")
    twilio: TwilioSettings | None = Field(default=None, description="An account at Twilio")

    @model_validator(mode="after")
    def _has_its_kind(self) -> SmsConnection:
        if getattr(self, self.kind, None) is None:
            raise ValueError(f"a connection of kind {self.kind} needs settings of that name")
        return self

    @property
    def of_kind(self) -> Any:
        """The settings of the connection's own kind."""
        return getattr(self, self.kind)

    @property
    def templates_only(self) -> bool:
        """Whether no text goes that was not made from a template its carrier approved."""
        return self.kind == "http" and self.http is not None and self.http.ask.templates_only


class SmsAccount(BaseModel):
    """One number, short code or name of the site."""

    sender: str = Field(default="", description="Sender that recipients see; empty: the account's own address")
    region: str = Field(default="", description="Country of national numbers; empty: the plugin's")
    signature: str = Field(default="", description="The company's signature as the carrier approved it: 【公司】")
    signature_at: SignatureAt = Field(default=SignatureAt.FRONT, description="Where it stands: front or end")
    per_second: float = Field(default=0, ge=0, description="Send at most so many short messages a second; 0: no limit")
    max_parts: int = Field(default=10, ge=1, le=255, description="Longer texts are refused")
    pictures: bool = Field(
        default=False, description="Its number takes part in MMS: pictures can be sent, where the kind carries them"
    )
    receipts: bool = Field(default=True, description="Ask for delivery reports")
    idle_seconds: float = Field(
        default=DAY, ge=1, description="A conversation in which nobody waits for an answer ends after so long"
    )
    part_seconds: float = Field(default=300, ge=1, description="How long the missing part of a text is waited for")
    quiet_from: str = Field(
        default="", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^$", description="Automatic texts rest from (21:00)"
    )
    quiet_until: str = Field(default="", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^$", description="… until (08:00)")
    quiet_zone: str = Field(default="Asia/Shanghai", description="Time zone of the quiet hours, IANA")
    at_night: AtNight = Field(default=AtNight.REFUSE, description="refuse, or delay until the quiet hours end")
    confirm_stop: bool = Field(default=True, description="Confirm a STOP or START once by a text")
    stop_en: str = Field(default="", description="That confirmation in English; empty: ours. {account}")
    stop_zh: str = Field(default="", description="The same in Chinese")
