"""The kinds of connections there are. A kind's module is imported when a connection asks for it, not before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.api import AnyAccount, AnyConnection, Context, Misconfigured
from plugins.sms.pictures.limits import PictureLimits
from plugins.sms.provider import Provider, narrow_of, pictures_of
from plugins.sms.text.narrow import HANDSETS, Narrow


def _smpp(context: Context) -> Provider:
    from plugins.sms.smpp.carrier import Smpp

    return Smpp(context)


def _cmpp(context: Context) -> Provider:
    from plugins.sms.cmpp.provider import Cmpp

    return Cmpp(context)


def _http(context: Context) -> Provider:
    from plugins.sms.http.provider import Http

    return Http(context)


def _modem(context: Context) -> Provider:
    from plugins.sms.modem.provider import Modem

    return Modem(context)


def _twilio(context: Context) -> Provider:
    from plugins.sms.twilio.provider import Twilio

    return Twilio(context)


MAKERS: Mapping[str, Callable[[Context], Provider]] = {
    "smpp": _smpp,
    "cmpp": _cmpp,
    "http": _http,
    "modem": _modem,
    "twilio": _twilio,
}


class Providers:
    """One provider of each kind that is asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._made: dict[str, Provider] = {}

    def of(self, connection: AnyConnection | None) -> Provider:
        """The connection's. Raises Misconfigured for none."""
        if connection is None:
            raise Misconfigured("the account has no connection to a carrier")
        return self.named(connection.settings.kind)

    def pictures_of(self, account: AnyAccount) -> PictureLimits | None:
        """What pictures an account carries; None: text only."""
        return pictures_of(self.of(account.connection), account) if account.connection else None

    def narrow_of(self, account: AnyAccount) -> Narrow:
        """What of its texts goes in the narrow coding."""
        return narrow_of(self.of(account.connection), account.connection) if account.connection else HANDSETS

    def named(self, kind: str) -> Provider:
        """By its kind. Raises Misconfigured for an unknown one."""
        if kind not in self._made:
            if kind not in MAKERS:
                raise Misconfigured(f"there is no kind of connection called {kind}")
            self._made[kind] = MAKERS[kind](self._context)
        return self._made[kind]
