"""Who can speak: each in a process of its own, so that none can hold up or take down the hub."""

from __future__ import annotations

from collections.abc import Sequence

from plugins.tts.providers.espeak import Espeak
from plugins.tts.providers.piper import Piper
from plugins.tts.providers.provider import Provider
from plugins.tts.providers.system import SystemVoices
from plugins.tts.settings import ProviderName, TtsSettings

__all__ = ["Provider", "installed"]


def installed(settings: TtsSettings) -> Sequence[Provider]:
    """In the site's order, those that are there."""
    known: dict[ProviderName, Provider] = {
        ProviderName.ESPEAK: Espeak(),
        ProviderName.PIPER: Piper(settings.piper_voices),
        ProviderName.PYTTSX3: SystemVoices(),
    }
    return [known[name] for name in settings.providers if known[name].there()]
