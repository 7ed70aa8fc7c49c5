"""What can be wrong with a request a person or program made; the web layer gives each its HTTP status."""

from collections.abc import Mapping

from hub.api import HubError


class NotFound(HubError):
    """It does not exist, or not for this user: both look the same from outside."""

    code = "NOT_FOUND"
    line = "There is no such thing here."


class Forbidden(HubError):
    """The user may see it but not do this."""

    code = "FORBIDDEN"
    line = "You are not allowed to do this."


class Conflict(HubError):
    """Somebody was faster, or it is not in a state that allows this. `data` tells what a screen can show."""

    code = "CONFLICT"
    line = "This changed in the meantime; look again."

    def __init__(self, detail: str = "", data: Mapping[str, object] | None = None) -> None:
        super().__init__(detail)
        self.data = dict(data or {})


class OfferGone(Conflict):
    """The offer has already ended; `data["by"]` names who has the work now, when somebody has."""

    code = "OFFER_GONE"
    line = "This offer is no longer open."


class Invalid(HubError):
    """The request is understood but wrong; `fields` says which field and why."""

    code = "INVALID"
    line = "Some of what was entered is not valid."

    def __init__(self, detail: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.fields = dict(fields or {})


class TooMany(HubError):
    """A rate limit was reached; try again in `retry_after` seconds."""

    code = "TOO_MANY_REQUESTS"
    retryable = True
    line = "Too many attempts; please wait a little."

    def __init__(self, detail: str = "", retry_after: float = 60.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
