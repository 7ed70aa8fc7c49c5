"""Speech: text to audio for the telephone, by whichever voice the site has."""

from collections.abc import Sequence
from typing import cast

from pydantic import BaseModel

from hub.api import Command, Context, hookimpl
from plugins.tts import commands
from plugins.tts.cache import Cache
from plugins.tts.providers import installed
from plugins.tts.settings import TtsSettings
from plugins.tts.speaker import Speaker


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Who speaks, and what is kept of it."""
    return TtsSettings


@hookimpl
def hub_services(context: Context) -> Sequence[object]:
    """`hub.api.Speech`."""
    settings = cast("TtsSettings", context.settings)
    cache = Cache(settings.folder, settings.cache_bytes)
    return [Speaker(installed(settings), cache, settings.deadline, settings.at_once, context.fault)]


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub tts say`."""
    return [Command("say", "speak a text into a wav file", commands.configure, commands.run)]
