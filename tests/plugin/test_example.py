"""The example of docs/plugin-authors.md works: its own tests pass, and its webhook reaches the hub."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hub.api import Overloaded, Request, Route, Unauthenticated
from hub.plugin.discovery import GROUP, discover
from hub.testing import FakeContext

EXAMPLE = Path(__file__).parents[2] / "docs/examples/pager"
sys.path.insert(0, str(EXAMPLE))
import test_hub_pager  # type: ignore[import-not-found]  # noqa: E402 - it lies with the documentation

sys.path.remove(str(EXAMPLE))


class TestExample(test_hub_pager.TestPager):  # type: ignore[misc]  # the same, as part of our own tests
    """The example's own tests."""


def pager_route(context: FakeContext) -> Route:
    plugins = discover(["pager"], [EntryPoint("pager", "hub_pager", GROUP)])
    route = plugins.declare(plugins["pager"], "hub_routes", context=context)[0]  # type: ignore[index]  # a list of one
    assert isinstance(route, Route)
    return route


def webhook(number: str = "+8613800138000") -> Request:
    raw = test_hub_pager.GOOD
    headers = {"x-signature": str(raw.meta["signature"])}
    return Request("POST", "/", {"number": number}, {}, headers, raw.body, "127.0.0.1", "http://hub/")


async def test_its_webhook_hands_in_the_bytes_and_the_signature() -> None:
    account = test_hub_pager.TestPager.requirements.account
    context = FakeContext("pager", accounts=[account])
    answer = await pager_route(context).endpoint(webhook())
    assert answer.status == 204
    assert context.emitted == [(account, test_hub_pager.GOOD)]


async def test_an_unknown_number_is_404() -> None:
    assert (await pager_route(FakeContext("pager")).endpoint(webhook("+1"))).status == 404


@pytest.mark.parametrize("refusal", [Overloaded(), Unauthenticated()])
async def test_a_refusal_reaches_the_web_layer(refusal: Exception) -> None:
    account = test_hub_pager.TestPager.requirements.account
    context = FakeContext("pager", accounts=[account], refusing=refusal)
    with pytest.raises(type(refusal)):
        await pager_route(context).endpoint(webhook())


def test_the_guide_shows_the_example_as_it_is() -> None:
    guide = (EXAMPLE.parents[1] / "plugin-authors.md").read_text(encoding="utf-8")
    assert "examples/pager/hub_pager.py" in guide
    assert '[project.entry-points."hub.plugins"]' in guide
