"""Pictures on their way out, kept for as long as a provider may fetch them, and the route at which it does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, delete, insert, select, update

from hub.api import Attachment, Context, Json, Request, Response, Route
from plugins.sms.pictures import address
from plugins.sms.pictures.limits import media_type
from plugins.sms.provider import Outgoing
from plugins.sms.record.tables import pictures
from plugins.sms.settings import NAME

TIMER: Final = "pictures"
LENT_FOR: Final = 4 * 3600
"""Seconds: a provider that has much to do fetches late, and after that it gives the message up."""


class Lent:
    """Puts pictures up under an address that whoever knows it may open, and takes them down again."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secret = context.key("pictures")

    async def put_up(self, outgoing: Outgoing, base: str) -> Sequence[str]:
        """Where the pictures of a message can be fetched, at each attempt for as long again. `base` is how the provider
        reaches the site."""
        until, account = int(time.time()) + LENT_FOR, outgoing.account.address.value
        await self._later(until, outgoing.delivery_id)
        made = await self._context.store.write(lambda sql: _put(sql, outgoing, until))
        start = f"{base.rstrip('/')}/c/{NAME}/{quote(account, safe='+')}/pictures"
        return [f"{start}/{address.name(self._secret, account, picture, until)}" for picture in made]

    def route(self) -> Route:
        """GET /c/sms/{account}/pictures/{called}."""
        about = "A provider fetches a picture that an agent sends"
        path = "/{account}/pictures/{called}"
        return Route("GET", path, self._fetched, public=True, channel=NAME, max_body=1, docs=about)

    async def due(self) -> None:
        """Take down what nobody may fetch any more."""
        now = int(time.time())
        await self._context.store.write(lambda sql: sql.execute(delete(pictures).where(pictures.c.until <= now)))

    async def _fetched(self, request: Request) -> Response:
        account, called = request.params["account"], request.params["called"]
        picture = address.picture_of(self._secret, account, called, int(time.time()))
        wanted = select(pictures.c.media_type, pictures.c.content).where(pictures.c.id == picture)
        found = await self._context.store.read(lambda sql: sql.execute(wanted).one_or_none()) if picture else None
        if found is None:
            return Response(b'{"error": "NOT_FOUND"}', 404)
        return Response(found.content, media_type=found.media_type, headers={"cache-control": "no-store"})

    async def _later(self, until: int, delivery_id: int) -> None:
        nothing: Mapping[str, Json] = {}
        moment = datetime.fromtimestamp(until, UTC)
        await self._context.schedule(moment, TIMER, nothing, key=f"{TIMER} {delivery_id}")


def _put(sql: Connection, outgoing: Outgoing, until: int) -> Sequence[int]:
    """Never taken down early: a row's id is given again, and its old address would open another's picture."""
    mine = pictures.c.delivery_id == outgoing.delivery_id
    if known := sql.execute(select(pictures.c.id).where(mine).order_by(pictures.c.id)).scalars().all():
        sql.execute(update(pictures).where(mine).values(until=until))
        return known
    return [_insert(sql, _row(outgoing.delivery_id, file, until)) for file in outgoing.attachments]


def _insert(sql: Connection, row: Mapping[str, Any]) -> int:
    key = sql.execute(insert(pictures).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _row(delivery_id: int, file: Attachment, until: int) -> Mapping[str, Any]:
    kind = media_type(file.content)
    return {"delivery_id": delivery_id, "media_type": kind, "content": file.content, "until": until}
