"""The questions before a chat: which answers are still owed, and what they say of the customer."""

import re
from collections.abc import Iterator, Mapping

from hub.api import Json
from plugins.web_chat.settings import FieldKind, FormField, WebChatAccount
from plugins.web_chat.visitors import Visitor

_MAILTO = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ALWAYS = (FormField(kind=FieldKind.NAME), FormField(kind=FieldKind.TEL), FormField(kind=FieldKind.MAILTO))


def owed(account: WebChatAccount, visitor: Visitor, answers: Mapping[str, str]) -> list[str]:
    """Names of the questions that must be answered, or answered better, before a chat may begin."""
    return [field.name for field in account.form if not _settled(field, visitor, answers.get(field.name, ""))]


def profile(account: WebChatAccount, visitor: Visitor, answers: Mapping[str, str]) -> dict[str, Json]:
    """What the visitor said of themself, under the core's names; what the shop vouched for outweighs it."""
    said: dict[str, Json] = dict(_said(account, answers))
    vouched: dict[str, Json] = {"name": visitor.name, "mailto": visitor.mailto, "shop_customer": visitor.customer}
    if visitor.mailto:
        vouched["verified"] = ["mailto"]
    return said | {key: value for key, value in vouched.items() if value}


def _said(account: WebChatAccount, answers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in (*_ALWAYS, *account.form):
        if answer := answers.get(field.name, ""):
            free = field.kind in {FieldKind.TEXT, FieldKind.CHOICE}
            yield (field.name if free else field.kind.value), answer


def _settled(field: FormField, visitor: Visitor, answer: str) -> bool:
    if not answer:
        return not field.required or _vouched(field, visitor)
    if field.kind is FieldKind.MAILTO:
        return _MAILTO.fullmatch(answer) is not None
    if field.kind is FieldKind.TEL:
        return sum(char.isdigit() for char in answer) >= 5
    return field.kind is not FieldKind.CHOICE or answer in field.choices


def _vouched(field: FormField, visitor: Visitor) -> bool:
    known = {FieldKind.NAME: visitor.name, FieldKind.MAILTO: visitor.mailto}
    return bool(known.get(field.kind))
