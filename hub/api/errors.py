"""The closed set of errors a plugin may raise across the contract; the core alone turns them into states and retries.

Every class carries a stable `code` (documented in docs/errors.md), whether trying again can help (`retryable`),
and a line an agent can read.
"""

from typing import ClassVar


class HubError(Exception):
    """Base of every error with a code. `str(error)` is technical; `line` is what a person sees."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    line: ClassVar[str] = "Something went wrong inside the hub."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.line)
        self.detail = detail


class InputError(HubError):
    """What came in cannot be taken; the far side is told so. Nothing was stored."""

    code = "INPUT_REFUSED"
    line = "The input was refused."


class UnknownAccount(InputError):
    """No account of the site has this address."""

    code = "UNKNOWN_ACCOUNT"
    line = "No account has this address."


class Unauthenticated(InputError):
    """The far side did not prove who it is."""

    code = "UNAUTHENTICATED"
    line = "The sender could not be authenticated."


class Malformed(InputError):
    """The bytes do not follow their format. Raised by `normalise`, it sends the raw input to quarantine."""

    code = "MALFORMED"
    line = "The input could not be understood."


class Overloaded(HubError):
    """The hub cannot store now; the far side must try again (451, 503, ESME_RTHROTTLED)."""

    code = "OVERLOADED"
    retryable = True
    line = "The hub is busy; try again shortly."


class SendError(HubError):
    """A delivery did not go out. `retry_after` (seconds) overrides the core's back-off when the far side named one."""

    code = "SEND_FAILED"
    line = "The message could not be sent."

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Throttled(SendError):
    """The far side asks for a slower pace."""

    code = "THROTTLED"
    retryable = True
    line = "The far side asked us to slow down; it will be tried again."


class Unreachable(SendError):
    """The far side or the way to it is down."""

    code = "UNREACHABLE"
    retryable = True
    line = "The far side could not be reached; it will be tried again."


class Rejected(SendError):
    """The far side refused this message or this recipient for good."""

    code = "REJECTED"
    line = "The far side refused the message."


class Misconfigured(SendError):
    """Credentials or settings of the connection are wrong; an administrator must act."""

    code = "MISCONFIGURED"
    line = "The connection is not set up correctly; an administrator must look at it."


class TooLarge(SendError):
    """The message exceeds what the channel or the far side takes."""

    code = "TOO_LARGE"
    line = "The message is too large for this channel."


class OutsideWindow(SendError):
    """The channel's reply window for this customer has closed."""

    code = "OUTSIDE_WINDOW"
    line = "The time in which this channel allows a reply has passed."


class Unsupported(SendError):
    """The channel cannot carry this content (an attachment on a text-only channel, say)."""

    code = "UNSUPPORTED"
    line = "This channel cannot carry this kind of content."


class OutcomeUnknown(SendError):
    """The message may or may not have gone; it is never sent again by itself."""

    code = "OUTCOME_UNKNOWN"
    line = "It is not known whether the message was sent; please check with the customer."
