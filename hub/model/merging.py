"""What two records of one customer become: the kept one's word stands, the other's fills what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.api import Json

_EMPTY = {"name": "", "language": "", "organisation_id": None, "notes": ""}


@dataclass(frozen=True, slots=True)
class Blend:
    """`filled`: columns taken over from the gone one, with their values; `attributes`: free attributes taken over;
    `differing`: what both say differently, where the kept one's word stands."""

    filled: Mapping[str, Json]
    attributes: Mapping[str, Json]
    differing: tuple[str, ...]


def blend(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> Blend:
    """What the kept record takes over from the gone one."""
    filled = {name: gone[name] for name in _EMPTY if gone[name] and not kept[name]}
    differing = [name for name in _EMPTY if kept[name] and gone[name] and kept[name] != gone[name]]
    ours, theirs = kept["attributes"], gone["attributes"]
    new = {key: value for key, value in theirs.items() if key not in ours}
    differing += [f"attributes.{key}" for key, value in theirs.items() if key in ours and ours[key] != value]
    return Blend(filled, new, tuple(differing))


def unblended(kept: Mapping[str, Any], taken: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    """The kept record's columns once it gives back what it took and nobody has changed since.

    `taken` names them: {"filled": [columns], "attributes": [keys]}; `gone` still holds what they were.
    """
    columns: dict[str, Any] = {name: _EMPTY[name] for name in taken["filled"] if kept[name] == gone[name]}
    returned = {key for key in taken["attributes"] if kept["attributes"].get(key) == gone["attributes"].get(key)}
    if returned:
        columns["attributes"] = {key: value for key, value in kept["attributes"].items() if key not in returned}
    return columns
