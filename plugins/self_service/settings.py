"""What a site sets for its flows."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SelfServiceSettings(BaseModel):
    """[plugins.self_service] of hub.toml."""

    model_config = ConfigDict(frozen=True)

    folder: Path = Field(default=Path("flows"), description="Where the scripts are: every *.yaml in it is a flow")
    hosts: tuple[str, ...] = Field(
        default=(), description='Which of your own systems `fetch` may ask: "https://erp.example", with its port if any'
    )
    largest_answer: int = Field(default=100_000, ge=100, le=5_000_000, description="Bytes of their answer at most")
    pins: dict[str, SecretStr] = Field(
        default_factory=dict, description="PINs that `staff` nodes ask for, by name; four digits or more"
    )
    look_ups_per_minute: int = Field(
        default=60, ge=1, description="Tickets looked up, and PINs tried, per minute on one node; more find nothing"
    )
