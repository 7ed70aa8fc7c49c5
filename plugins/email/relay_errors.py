"""What a relay's refusal means, as the hub's closed set of send errors (RFC 5321 §4.2, RFC 3463)."""

from __future__ import annotations

import ssl

import aiosmtplib

from hub.api import Misconfigured, Rejected, SendError, Throttled, TooLarge, Unreachable

_TOO_LARGE = ("5.3.4", "5.2.3", "4.3.4")
_SLOW_DOWN = ("4.7.", "4.2.1", "4.5.3", "4.3.2")


def of_reply(code: int, text: str, recipient: str = "") -> SendError:
    """The error for one SMTP reply; `recipient` is whom it was about."""
    detail = f"{f'{recipient}: ' if recipient else ''}{code} {text}"[:500]
    enhanced = text.split(" ", 1)[0]
    if (code == 552 and not enhanced.startswith("5.2.2")) or enhanced in _TOO_LARGE:
        return TooLarge(detail)
    if code in (530, 534, 535, 538) or enhanced in ("5.7.8", "5.7.9"):
        return Misconfigured(detail)
    if 500 <= code < 600:
        return Rejected(detail)
    if code == 421 or enhanced.startswith(_SLOW_DOWN) or code == 452:
        return Throttled(detail)
    return Unreachable(detail)


def of_exception(error: Exception) -> SendError:
    """The error for what the SMTP client raised."""
    if isinstance(error, SendError):
        return error
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return of_reply(error.code, error.message)
    if isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return Misconfigured(f"certificate: {error}")
    if isinstance(error, (aiosmtplib.SMTPNotSupported, ValueError)):
        return Misconfigured(str(error))
    return Unreachable(f"{type(error).__name__}: {error}"[:500])
