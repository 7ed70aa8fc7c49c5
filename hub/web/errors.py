"""What only the HTTP layer can find wrong, and the one shape every error leaves in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import NotRequired

from sqlalchemy.exc import IntegrityError
from starlette.responses import Response
from typing_extensions import TypedDict

from hub.api import HubError, InputError, Overloaded, Unauthenticated, UnknownAccount
from hub.model.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from hub.web.json import JsonResponse


class LoginRequired(HubError):
    """No session or token, or one that has ended."""

    code = "LOGIN_REQUIRED"
    line = "Please log in."


class WrongLogin(HubError):
    """Login name or password is wrong; which of the two is not told."""

    code = "WRONG_LOGIN"
    line = "The login or the password is wrong."


class CsrfMissing(Forbidden):
    """A change by cookie came without the header that only our own pages can set."""

    code = "CSRF"
    line = "This request lacks its X-CSRF-Token; reload the page."


class BadRequest(HubError):
    """The request cannot be read at all."""

    code = "BAD_REQUEST"
    line = "The request could not be read."


class MethodNotAllowed(HubError):
    """The path is there, the method is not; `allowed` are those that are."""

    code = "METHOD_NOT_ALLOWED"
    line = "This address does not take that method."

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed


class BodyTooLarge(HubError):
    """The body exceeds what this address takes."""

    code = "BODY_TOO_LARGE"
    line = "What was sent is too large."


class UnsupportedMediaType(HubError):
    """The body is not of a type this address reads."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    line = "This address does not read that kind of content."


class RangeNotSatisfiable(HubError):
    """Nothing of the file, which has `size` bytes, lies in the range that was asked for (RFC 9110 §15.5.17)."""

    code = "RANGE_NOT_SATISFIABLE"
    line = "The file is shorter than that."

    def __init__(self, size: int = 0) -> None:
        super().__init__()
        self.size = size


STATUS: Mapping[type[HubError], HTTPStatus] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    LoginRequired: HTTPStatus.UNAUTHORIZED,
    WrongLogin: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    Conflict: HTTPStatus.CONFLICT,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    RangeNotSatisfiable: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    InputError: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    UnknownAccount: HTTPStatus.NOT_FOUND,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    HubError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class ErrorBody(TypedDict):
    """`code` is stable and documented in docs/errors.md; `message` is for a person; `fields` says which input is wrong
    and why; `data` is what a screen can show about a conflict."""

    code: str
    message: str
    fields: NotRequired[dict[str, str]]
    data: NotRequired[dict[str, object]]


class ErrorAnswer(TypedDict):
    """Every error has this shape."""

    error: ErrorBody


def status_of(kind: type[HubError]) -> HTTPStatus:
    """The status of an error class: its own, or that of the nearest class above it."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def error_response(error: HubError) -> Response:
    """The error as a client reads it."""
    return JsonResponse({"error": _body(error)}, status_of(type(error)), _headers(error))


def as_hub_error(error: Exception) -> HubError | None:
    """A database's refusal in our own terms; None for what nobody foresaw."""
    if isinstance(error, HubError):
        return error
    if isinstance(error, IntegrityError):
        return Conflict("It is in use, or its name is taken.")
    return None


def _body(error: HubError) -> ErrorBody:
    body: ErrorBody = {"code": error.code, "message": error.detail or error.line}
    if isinstance(error, Invalid) and error.fields:
        body["fields"] = error.fields
    if isinstance(error, Conflict) and error.data:
        body["data"] = error.data
    return body


def _headers(error: HubError) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, RangeNotSatisfiable):
        return {"content-range": f"bytes */{error.size}"}
    if isinstance(error, TooMany):
        return {"retry-after": str(math.ceil(error.retry_after))}
    if isinstance(error, Overloaded):
        return {"retry-after": "1"}
    if isinstance(error, LoginRequired | WrongLogin):
        return {"www-authenticate": "Bearer"}
    return {}
