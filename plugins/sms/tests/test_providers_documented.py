"""The page on kinds of connections: every example of it is one the hub would take."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from plugins.sms.http.approved import NAMES
from plugins.sms.http.settings import ABOUT, MADE, MOMENT
from plugins.sms.http.template import FILTERS
from plugins.sms.provider import Provider
from plugins.sms.providers import MAKERS
from plugins.sms.settings import SmsConnection
from plugins.sms.tests.desk import context

PAGE = (Path(__file__).parents[3] / "docs" / "plugins" / "sms_providers.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def settings_in(example: str) -> dict[str, Any]:
    found = tomllib.loads(example)["connections"]
    settings: dict[str, Any] = (found[0] if isinstance(found, list) else found)["settings"]
    return settings


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(settings_in(example)["kind"]))
def test_an_example_can_be_used_as_it_stands(example: str) -> None:
    settings = settings_in(example)
    assert getattr(SmsConnection.model_validate(settings), settings["kind"]) is not None


def test_every_kind_has_its_example_or_page_and_can_be_made() -> None:
    shown = {settings_in(example)["kind"] for example in EXAMPLES} | {"smpp"}
    assert shown == set(MAKERS)
    for kind, make in MAKERS.items():
        provider = make(context())
        assert isinstance(provider, Provider) and provider.kind == kind and f"`{kind}`" in PAGE


@pytest.mark.parametrize("name", [*ABOUT, *NAMES, *MOMENT, *MADE, *FILTERS])
def test_every_name_and_filter_of_a_template_is_in_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE
