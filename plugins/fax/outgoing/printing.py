"""A message as the pages that are faxed: its files, its text, a cover sheet before them."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from hub.api import AnyAccount, Attachment, Misconfigured, Outbound
from plugins.fax.office import settings_of
from plugins.fax.pages import Cover, PageError, Pages, Printer, PrintOptions, Quality

NO_COVER: Final = "NONE"
_SUB_ADDRESS: Final = re.compile(r"[0-9*#+]{1,20}")


async def printed(printer: Printer, account: AnyAccount, message: Outbound, zone: tzinfo | None) -> Pages:
    """Raises a SendError that says which document cannot be printed."""
    options = PrintOptions(quality(account, message), cover=cover(account, message, zone))
    try:
        return await printer.to_pages(documents(message, covered=options.cover is not None), options)
    except PageError as error:
        raise error.as_send_error() from error


def quality(account: AnyAccount, message: Outbound) -> Quality:
    """As whoever sends it wishes; else as the number does."""
    wanted = str(message.fields.get("quality") or settings_of(account).quality)
    return Quality(wanted) if wanted in set(Quality) else Quality.FINE


def sub_address(message: Outbound) -> str:
    """Who is meant behind the number: digits, as T.30 §5.3.6.2.6 has them; anything else is nobody."""
    said = str(message.fields.get("sub_address") or "").replace(" ", "")
    return said if _SUB_ADDRESS.fullmatch(said) else ""


def documents(message: Outbound, *, covered: bool) -> list[Attachment]:
    """What is printed, in order. Text without a cover sheet to stand on is a page of its own."""
    files = [file for file in message.attachments if not file.inline]
    text = [Attachment("message.txt", "text/plain", message.text.encode())] if message.text.strip() else []
    return files if covered else [*text, *files]


def cover(account: AnyAccount, message: Outbound, zone: tzinfo | None) -> Cover | None:
    """Where it is asked for (`cover`), or a text comes with files; never where none is wanted ("NONE"). Raises
    Misconfigured."""
    wanted = message.fields.get("cover")
    if wanted == NO_COVER or (not wanted and not (message.text.strip() and message.attachments)):
        return None
    settings = settings_of(account)
    return Cover(
        to=message.to.name or message.to.value,
        sender=message.agent_name or account.name,
        company=settings.company or account.name,
        subject=message.subject,
        date=datetime.now(zone).strftime("%Y-%m-%d %H:%M"),
        text=message.text,
        language=message.language or account.language,
        logo=_logo(settings.logo),
    )


def _logo(file: str) -> bytes:
    try:
        return Path(file).read_bytes() if file else b""
    except OSError as error:
        raise Misconfigured(f"the logo of cover sheets cannot be read: {error.strerror}") from error
