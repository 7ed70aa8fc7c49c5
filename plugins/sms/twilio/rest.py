"""Twilio's REST API by Twilio's own library, which is an extra and is imported when the first text goes out.

The library speaks through a transport of ours: it is given a time limit, sends nothing twice, and writes no text and no
number into a log.
"""

from __future__ import annotations

import logging
import weakref
from typing import TYPE_CHECKING, Any, Final

import httpx

from hub.api import Misconfigured
from plugins.sms.twilio.settings import TwilioSettings

if TYPE_CHECKING:
    from twilio.rest import Client  # type: ignore[import-untyped]  # the library has types, but does not say so

DEFAULT: Final = "https://api.twilio.com"
logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it writes every address it asks for, numbers within
MISSING: Final = "Twilio's library is not installed: pip install contact-hub[sms]"


def client(settings: TwilioSettings) -> Client:
    """A client for use in one thread at a time. Raises Misconfigured where the library is missing."""
    try:
        from twilio.http import HttpClient  # type: ignore[import-untyped]  # as above
        from twilio.http.response import Response  # type: ignore[import-untyped]  # as above
        from twilio.rest import Client
    except ImportError:
        raise Misconfigured(MISSING) from None

    class Transport(HttpClient):  # type: ignore[misc]  # the library's class, untyped as above
        """What the library asks for, by httpx; the API's host may be another than Twilio's."""

        def __init__(self) -> None:
            super().__init__(logging.getLogger(__name__), is_async=False)
            self._client = httpx.Client(timeout=settings.answer_seconds, follow_redirects=False)
            weakref.finalize(self, self._client.close)  # the library knows no end of it

        def request(self, method: str, uri: str, params: Any = None, data: Any = None, **more: Any) -> Any:
            url = settings.api_url + uri.removeprefix(DEFAULT)
            answer = self._client.request(
                method, url, params=params, data=data, headers=more.get("headers"), auth=more.get("auth")
            )
            return Response(answer.status_code, answer.text, dict(answer.headers))

    return Client(*settings.login, account_sid=settings.account_sid, http_client=Transport())
