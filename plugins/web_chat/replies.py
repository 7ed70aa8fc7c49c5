"""How an HTTP route says no: the same problems a frame would name, with a status."""

import orjson

from hub.api import Json, Response
from plugins.web_chat.frames import Problem


def refusal(status: int, problem: Problem, detail: str, retry_after: float | None = None) -> Response:
    """`retry_after` is in seconds."""
    error: dict[str, Json] = {"code": problem.value, "message": detail}
    headers = {"Retry-After": str(round(retry_after + 0.5))} if retry_after else {}
    return Response(orjson.dumps({"error": error}), status, headers=headers)
