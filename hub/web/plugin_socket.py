"""A server's websocket as the contract's: text frames, and one exception for every way it can end."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from hub.api import Closed, HubError, Viewer
from hub.web.call import client_of
from hub.web.errors import error_response

GONE = 1006  # RFC 6455 §7.4.1: it ended without a close frame


class PluginSocket:
    """What a plugin's websocket route gets."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.params: Mapping[str, str] = {name: str(value) for name, value in socket.path_params.items()}
        self.query: Mapping[str, str] = dict(socket.query_params)
        self.headers: Mapping[str, str] = dict(socket.headers)
        self.client = client_of(socket)
        self.viewer: Viewer | None = None

    async def accept(self, subprotocol: str | None = None) -> None:
        """Finish the handshake; raises Closed when the peer left meanwhile."""
        try:
            await self._socket.accept(subprotocol)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Closed(GONE) from error

    async def receive(self) -> str:
        """The next text frame; raises Closed."""
        try:
            message = await self._socket.receive()
        except RuntimeError as error:
            raise Closed(GONE) from error
        if message["type"] == "websocket.disconnect":
            raise Closed(message.get("code") or GONE)
        text: str | None = message.get("text")
        return text if text is not None else message.get("bytes", b"").decode("utf-8", "replace")

    async def send(self, text: str) -> None:
        """Send a text frame; raises Closed."""
        try:
            await self._socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Closed(getattr(error, "code", GONE)) from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End it; before `accept` the handshake is refused (403)."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):  # ended already
            await self._socket.close(code, reason)

    async def give_up(self, code: int, error: HubError | None = None) -> None:
        """End it unless the plugin has. Before `accept` an error answers the handshake, with its own status: the 403 of
        `close` would tell the client never to come again."""
        state = self._socket.application_state
        if error is not None and state is WebSocketState.CONNECTING:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):  # gone, or its server cannot say so
                await self._socket.send_denial_response(error_response(error))
        elif state is not WebSocketState.DISCONNECTED:
            await self.close(code)
