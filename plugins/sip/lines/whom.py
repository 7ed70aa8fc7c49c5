"""Whom an agent's phone means by what it passes a caller on to: a colleague's phone, or a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.api import Context
from plugins.sip.phones.phones import Phones


@dataclass(frozen=True, slots=True)
class Whom:
    """A colleague, a user, or else a queue, by its key."""

    colleague: int | None = None
    queue: str = ""


async def meant(context: Context, phones: Phones, numbers: Mapping[str, str], name: str) -> Whom | None:
    """`numbers` are what queues are dialled by; by its key a queue is meant where no phone is called so. None when
    there is nobody of that name, or they have nothing that rings."""
    if name not in numbers and (phone := await phones.named(name)) is not None:
        return Whom(colleague=phone.user_id) if await phones.has_device(phone) else None
    key = numbers.get(name, name)
    return Whom(queue=key) if await context.queue(key) is not None else None
