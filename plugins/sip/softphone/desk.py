"""Agents' browsers as phones, at this node: who opens one, where it can be called, and which devices ring."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Coroutine
from typing import Any, Final

from hub.api import Context, HubError, PluginRoutes, Request, Response, Route, Viewer, WebSocket, WebSocketRoute
from plugins.sip.media.engine import MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.phones.phones import Phones
from plugins.sip.phones.softphones import Place, Rings, Softphones
from plugins.sip.softphone.agent import Softphone
from plugins.sip.softphone.by_rtpengine import RtpengineGateway
from plugins.sip.softphone.counters import LOST, OPEN
from plugins.sip.softphone.gateway import AiortcGateway, Gateway, Heard, Lost
from plugins.sip.softphone.listing import TOPIC, Listing
from plugins.sip.softphone.ringer import Ringer
from plugins.sip.softphone.tab import Tab
from plugins.sip.softphone.words import OfCall, Session

log = logging.getLogger(__name__)
REPLY: Final = "interactions.reply"
MOST: Final = 500
"""Softphones at one node."""
NAMES: Final = {"en": "Browser", "zh": "浏览器"}


class SoftphoneDesk:
    """One a node. It begins to work when the first page comes, and works until the node ends."""

    def __init__(
        self,
        context: Context,
        settings: MediaSettings,
        places: Softphones,
        phones: Phones,
        gateway: Gateway | None = None,
    ) -> None:
        self._context, self._settings, self._places, self._phones = context, settings, places, phones
        self._gateway = gateway or (RtpengineGateway(settings) if settings.rtpengine else AiortcGateway(settings))
        self._by_token: dict[str, Softphone] = {}
        self._by_user: dict[int, Softphone] = {}
        self._ringer = Ringer(self._gateway, self._by_token.get)
        self._listing = Listing(context, places, self._here)
        self._turn = asyncio.Lock()
        self._working = self._ended = False
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> PluginRoutes:
        """Under /p/sip/."""
        return [
            WebSocketRoute(
                "/softphone", self.socket, login=True, permission=REPLY, docs="An agent's browser as a phone"
            ),
            Route("GET", "/rings", self.rings, permission=REPLY, docs="Where my calls ring"),
            Route("PUT", "/rings", self.choose, permission=REPLY, docs="Choose it: all, browser, phone, outside"),
        ]

    async def socket(self, socket: WebSocket) -> None:
        """One page."""
        viewer = socket.viewer
        assert viewer is not None  # the route asks for a login
        await socket.accept()
        tab, mine = Tab(socket), self._phone_of(viewer)

        async def begins(word: Session) -> None:
            nonlocal mine
            try:
                await self._work()
                mine = self._opened(viewer)
                await mine.meets(tab, word.sdp)
            except (MediaError, OSError) as error:
                log.info("a softphone could not be opened: %s", error)
                tab.error("NO_SESSION", str(error))

        def does(word: OfCall) -> None:
            mine.does(word)

        try:
            await tab.run(begins, does)
        finally:
            mine.leaves(tab)

    async def rings(self, request: Request) -> Response:
        """{"rings": "all", "places": ["all", "browser", "phone"]}: what is chosen, and what there is to choose."""
        assert request.viewer is not None
        chosen, phone = await self._places.rings(request.viewer.id), await self._phones.of_user(request.viewer.id)
        there = {Rings.PHONE: phone is not None, Rings.OUTSIDE: phone is not None and bool(phone.outside)}
        return _json({"rings": chosen.value, "places": [each.value for each in Rings if there.get(each, True)]})

    async def choose(self, request: Request) -> Response:
        """Body: {"rings": "all" | "browser" | "phone" | "outside"}."""
        assert request.viewer is not None
        try:
            wanted = request.json()
            rings = Rings(str(wanted["rings"])) if isinstance(wanted, dict) else None
        except (ValueError, KeyError):
            rings = None
        if rings is None:
            return _json({"error": {"message": f"rings is one of {', '.join(Rings)}"}}, 422)
        await self._places.choose(request.viewer.id, rings)
        return _json({"rings": rings.value})

    async def stop(self) -> None:
        """Nothing is heard any more, and nobody finds a browser here."""
        self._ended = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._working:
            await self._quietly(self._listing.close())
            self._ringer.close()
            await self._gateway.stop()

    # --- phones -----------------------------------------------------------------------------------------------------

    def _phone_of(self, viewer: Viewer) -> Softphone:
        """Theirs: the one they have calls on, or another."""
        found = self._by_user.get(viewer.id)
        if found is None:
            found = Softphone(viewer.id, secrets.token_hex(16), self._gateway.open, self._told, self._over)
            found.name = NAMES.get(viewer.language[:2], NAMES["en"])
        return found

    def _opened(self, viewer: Viewer) -> Softphone:
        """Theirs, to be found from now on: no two pages may each have their own. Raises MediaError."""
        phone = self._phone_of(viewer)
        if phone.token not in self._by_token and len(self._by_token) >= MOST:
            raise MediaError("this node has as many softphones as it can carry")
        self._by_token[phone.token] = self._by_user[phone.user_id] = phone
        return phone

    def _told(self, phone: Softphone) -> None:
        """It can be called from now on, or no longer."""
        OPEN.set(sum(each.here for each in self._by_token.values()))
        self._listing.note(self._place(phone), is_open=phone.here)

    def _over(self, phone: Softphone) -> None:
        if self._by_token.pop(phone.token, None) is not None:
            if self._by_user.get(phone.user_id) is phone:
                del self._by_user[phone.user_id]
            self._soon(self._gateway.close(phone.token))

    def _here(self) -> list[Place]:
        return [self._place(phone) for phone in self._by_token.values() if phone.here]

    def _place(self, phone: Softphone) -> Place:
        return Place(phone.user_id, phone.token, phone.name, *self._ringer.where)

    # --- being at work ----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Raises OSError, MediaError."""
        async with self._turn:
            if self._ended:
                raise MediaError("the hub is ending")
            if not self._working:
                await self._ringer.bind(self._settings.host, self._settings.advertised)
                await self._gateway.start(self._carried)
                self._soon(self._listing.run())
                self._soon(self._listen())
                self._working = True

    def _carried(self, event: Heard | Lost) -> None:
        phone = self._by_token.get(event.phone)
        if phone is None:
            return
        if isinstance(event, Heard):
            phone.heard()
        else:
            LOST.inc()
            phone.lost(legs_too=event.legs_too)

    async def _listen(self) -> None:
        """Agents open their browsers at other nodes, too; the newest counts."""
        async with self._context.subscribe(TOPIC) as told:
            async for each in told:
                phone = self._by_user.get(int(str(each["user"])))
                if phone is not None and phone.token != each["token"]:
                    phone.moved()

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (HubError, MediaError) as error:  # the hub may be stopping; what stays in the table expires
            log.warning("a softphone's state could not be noted: %s", error)


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status)
