"""Texts the hub writes by itself, in English and Chinese, and the placeholders that site and agents' texts may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]{1,30})\}")

ACKNOWLEDGEMENT: Final = {
    "en": (
        "Hello,\n\nthank you for your message. It has reached us{serial_clause}, and somebody will answer you soon.\n\n"
        "This is an automatic confirmation; you need not reply to it.\n\n{account}"
    ),
    "zh": (
        "您好！\n\n您的邮件我们已经收到{serial_clause}，我们会尽快回复您。\n\n"
        "这是一封自动确认邮件，您无需回复。\n\n{account}"
    ),
}
_SERIAL_CLAUSE: Final = {"en": " under the number {serial}", "zh": "，受理编号为 {serial}"}


def render(template: str, values: Mapping[str, str]) -> str:
    """`template` with each {name} replaced once; a name nobody knows stays as it stands, and values are not looked
    into.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def acknowledgement(template: str, language: str, serial: str, account: str) -> str:
    """The automatic confirmation: the account's own `template`, or ours when that is empty."""
    language = "zh" if language.startswith("zh") else "en"
    clause = render(_SERIAL_CLAUSE[language], {"serial": serial}) if serial else ""
    values = {"serial": serial, "serial_clause": clause, "account": account}
    return render(template or ACKNOWLEDGEMENT[language], values).strip()
