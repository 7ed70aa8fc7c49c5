"""What a site sets for speech."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class ProviderName(StrEnum):
    """Who can speak; those that are not installed are passed over."""

    ESPEAK = "espeak"
    PIPER = "piper"
    PYTTSX3 = "pyttsx3"


class TtsSettings(BaseModel):
    """[plugins.tts] of hub.toml."""

    model_config = ConfigDict(frozen=True)

    folder: Path = Field(default=Path("var/speech"), description="Where what was spoken is kept")
    cache_bytes: int = Field(
        default=200_000_000, ge=1_000_000, description="How much of it; the longest unheard goes first"
    )
    providers: tuple[ProviderName, ...] = Field(
        default=(ProviderName.PIPER, ProviderName.ESPEAK, ProviderName.PYTTSX3),
        description="Who speaks, in this order; the next one when one is not installed, dies or hangs",
    )
    deadline: float = Field(default=8.0, gt=0, le=60, description="Seconds for a prompt, all providers together")
    at_once: int = Field(default=2, ge=1, le=64, description="Prompts synthesised at the same time")
    piper_voices: dict[str, Path] = Field(
        default_factory=dict, description='Voice files of piper by language: { en = "en_GB.onnx", zh = "zh_CN.onnx" }'
    )
