"""The conversation with a number, as far as it has come."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hub.api import AnyAccount, Context, Conversation
from plugins.sms.meaning import thread_key

_PAGE: Final = 1000


async def latest(context: Context, account: AnyAccount, number: str) -> Conversation | None:
    """The session as it stands, with its newest messages (at most a page of them): pages begin at the oldest."""
    found = await context.conversation(account, thread_key(number), limit=_PAGE)
    while found is not None and len(found.messages) == _PAGE:
        after = found.messages[-1].position
        more = await context.conversation(account, thread_key(number), after, _PAGE)
        if more is None or more.interaction_id != found.interaction_id or not more.messages:
            return found
        found = replace(more, messages=(*found.messages, *more.messages)[-_PAGE:])
    return found
