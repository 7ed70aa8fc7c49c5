"""The template a carrier approved, as gateways want it in place of words: its name and what stands in it."""

from __future__ import annotations

import json
from typing import Final

from hub.api import Filled, Unsupported

ID: Final = "template_id"
VALUES: Final = "template_values"
LIST: Final = "template_list"
NAMES: Final = (ID, VALUES, LIST, "template_language")
WHOLE: Final = (f"{{{VALUES}}}", f"{{{LIST}}}")
"""A string of a `document` that says one of these and nothing else is the JSON object, or list, itself."""
_NONE: Final = Filled("", "", {})


def names_of(filled: Filled | None) -> dict[str, str]:
    """What a request may say of the template a text was made from. Carriers allow no dots in the names of places."""
    found = filled or _NONE
    by_name = {name.replace(".", "_"): value for name, value in found.values.items()}
    return {
        ID: found.reference,
        VALUES: json.dumps(by_name, ensure_ascii=False),
        LIST: json.dumps(list(found.values.values()), ensure_ascii=False),
        "template_language": found.language,
    }


def refusal() -> Unsupported:
    """Of a text of somebody's own, where only templates go."""
    return Unsupported(
        "this gateway takes approved templates alone, and the text was made from none: choose one with /"
    )
