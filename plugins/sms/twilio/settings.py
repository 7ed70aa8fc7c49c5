"""What Twilio's console says of an account of theirs."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, model_validator


class TwilioSettings(BaseModel):
    """One Twilio account. Each number of it is an account of the hub; in Twilio's console its webhook is
    `<public_url>/c/sms/<number>/message`, POST."""

    account_sid: str = Field(description="AC…", min_length=2, max_length=64, pattern="^[A-Za-z0-9]+$")
    auth_token: SecretStr = Field(min_length=1, description="Signs the webhooks, and logs in where there is no API key")
    api_key_sid: str = Field(default="", description="SK…: logs in with `api_key_secret` in place of the token")
    api_key_secret: SecretStr = Field(default=SecretStr(""), description="What the console showed once")
    messaging_service_sid: str = Field(
        default="", description="MG…: this service chooses the sender; empty: the account's own number"
    )
    public_url: str = Field(
        default="", description="How Twilio reaches this site, “https://hub.example”; empty: the site's own address"
    )
    api_url: str = Field(
        default="https://api.twilio.com", pattern="^https?://[^/]+$", description="The API, of another region perhaps"
    )
    media_hosts: list[str] = Field(
        default=["mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com", "mcs.us1.twilio.com"],
        description="Hosts, besides the API's, from which pictures of a text are fetched",
    )
    media_bytes: int = Field(default=5_000_000, ge=1, le=50_000_000, description="Largest picture taken")
    answer_seconds: float = Field(default=20, gt=0, le=50, description="Wait so long for any answer")

    @model_validator(mode="after")
    def _can_log_in(self) -> TwilioSettings:
        if self.api_key_sid and not self.api_key_secret.get_secret_value():
            raise ValueError("api_key_sid needs api_key_secret")
        return self

    @property
    def login(self) -> tuple[str, str]:
        """User and password of the REST API."""
        if self.api_key_sid:
            return self.api_key_sid, self.api_key_secret.get_secret_value()
        return self.account_sid, self.auth_token.get_secret_value()
