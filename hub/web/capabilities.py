"""What the site's channels can do, in the form screens read."""

from __future__ import annotations

from dataclasses import replace

from hub.api import Capabilities
from hub.pipeline.directory import Directory
from hub.plugin.registry import Registry
from hub.store.details import CapabilitiesItem, InteractionDetail


def all_capabilities(registry: Registry) -> dict[str, CapabilitiesItem]:
    """By channel."""
    return {name: capabilities_item(channel.capabilities) for name, channel in registry.channels.items()}


def of_its_account(detail: InteractionDetail, directory: Directory) -> InteractionDetail:
    """The same with what its very account can carry, where that is less than its channel can."""
    can = account_capabilities(detail.account.id, directory)
    return detail if can is None or detail.capabilities is None else replace(detail, capabilities=can)


def account_capabilities(account_id: int, directory: Directory) -> CapabilitiesItem | None:
    """What this very account can carry; None when it, or its plugin, is not at work."""
    account = directory.account(account_id)
    if account is None or directory.channels.get(account.channel) is None:
        return None
    return capabilities_item(directory.capabilities_of(account))


def capabilities_item(can: Capabilities) -> CapabilitiesItem:
    """The capabilities with their reply window in seconds."""
    return CapabilitiesItem(
        medium=can.medium,
        live=can.live,
        typing=can.typing,
        receipts=can.receipts,
        html=can.html,
        attachments=can.attachments,
        max_attachment_bytes=can.max_attachment_bytes,
        max_text=can.max_text,
        fields=can.fields,
        kinds=can.kinds,
        can_start=can.can_start,
        start_scheme=can.start_scheme,
        calls=can.calls,
        reply_window=can.reply_window.total_seconds() if can.reply_window else None,
    )
