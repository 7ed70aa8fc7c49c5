"""Recognition: what was said into a voicemail as words, by pocketsphinx where that is installed."""

from collections.abc import Sequence

from hub.api import Command, Context, hookimpl
from plugins.recognition import commands
from plugins.recognition.listener import Listener, is_installed

NOT_INSTALLED = "pocketsphinx is not installed; voicemails can be heard, and are not read"


@hookimpl
def hub_services(context: Context) -> Sequence[object]:
    """`hub.api.Recognition`, where somebody can listen."""
    return [Listener(context.fault)] if is_installed() else []


@hookimpl
async def hub_start(context: Context) -> None:
    """Where nobody can, an administrator reads why on the plugin's line."""
    if not is_installed():
        context.fault("recogniser", ModuleNotFoundError(NOT_INSTALLED))


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub recognition read`."""
    return [Command("read", "read a wav file as words", commands.configure, commands.run)]
