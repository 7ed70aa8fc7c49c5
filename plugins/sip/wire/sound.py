"""How well a leg is heard, written down: in what the core is told, and in what our own softphones tell inside a call,
as their far side's reports (RTCP) end at the gateway before them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from statistics import fmean
from typing import Final

from hub.api import Quality

KIND: Final = "application/vnd.hub.sound+json"
"""Of the body of an INFO (RFC 2976)."""
LARGEST: Final = 1e6
_NAMES: Final = tuple(each.name for each in fields(Quality))


def as_json(quality: Quality) -> dict[str, float | None]:
    """Its fields by name."""
    return asdict(quality)


def of_json(found: object) -> Quality | None:
    """What is no number it can be is as if nobody had measured it; None when it is no such thing at all."""
    if not isinstance(found, dict):
        return None
    return Quality(**{name: _number(found.get(name)) for name in _NAMES})


def in_info(content_type: str, body: bytes) -> Quality | None:
    """What an INFO says of it; None when it is about something else."""
    if content_type.partition(";")[0].strip().lower() != KIND:
        return None
    try:
        return of_json(json.loads(body))
    except (ValueError, RecursionError):
        return None


def mean(measured: Iterable[Quality]) -> Quality:
    """Of what was measured in turn."""
    rows = list(measured)
    return Quality(**{name: _of(_mean, *(getattr(row, name) for row in rows)) for name in _NAMES})


def worse(one: Quality | None, other: Quality | None) -> Quality | None:
    """Of two ways that what is said takes one after the other."""
    if one is None or other is None:
        return one or other
    most = {name: _of(max, getattr(one, name), getattr(other, name)) for name in _NAMES}
    return Quality(**{**most, "mos": _of(min, one.mos, other.mos)})


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) and 0 <= found < LARGEST else None


def _of(choose: Callable[[list[float]], float], *values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def _mean(known: list[float]) -> float:
    return round(fmean(known), 4)
