"""Which elements stand where: most beside conversations by text message, consents beside every customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.api import Context, Files, Panel, PluginRoutes
from plugins.sms.providers import Providers
from plugins.sms.screens.composing import composing, fitting

STATIC = Path(__file__).parent.parent / "static"
CHANNELS = ("sms",)


def panels() -> Sequence[Panel]:
    """The counter, the parts, the consent."""
    return [
        _panel("composer", "composing", {"en": "Length of the text", "zh": "短信长度"}, CHANNELS),
        _panel("message", "parts", {"en": "Parts of the text", "zh": "短信条数"}, CHANNELS),
        _panel("customer.side", "consent", {"en": "Text messages", "zh": "短信"}),
    ]


def routes(context: Context, providers: Providers) -> PluginRoutes:
    """What they ask for, and they themselves."""
    return [composing(context, providers), fitting(context), Files("/static", STATIC)]


def _panel(slot: str, name: str, titles: dict[str, str], channels: tuple[str, ...] = ()) -> Panel:
    module = f"/p/sms/static/{name}.js"
    return Panel(slot, f"sms-{name}", module, titles, permission="interactions.reply", channels=channels)
