"""Every error code has its section in docs/errors.md, with the very line a person sees."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub
from hub.api import HubError, Refusal

ERRORS = (Path(__file__).parents[2] / "docs/errors.md").read_text(encoding="utf-8")
NO_ERRORS = {Refusal("").code, "VETO_FAILED"}


def kinds(kind: type[HubError]) -> Iterator[type[HubError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from kinds(narrower)


def ours() -> list[type[HubError]]:
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if not module.name.endswith((".__main__", ".env")):
            importlib.import_module(module.name)
    found = {kind for kind in kinds(HubError) if kind.__module__.startswith("hub.")}
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in ours()])
def test_every_code_has_its_section_with_its_line(kind: type[HubError]) -> None:
    found = re.search(rf"^### {kind.code}\n\n(.*?)(?=^##|\Z)", ERRORS, re.MULTILINE | re.DOTALL)
    assert found, f"docs/errors.md needs a section ### {kind.code}"
    text = found[1].replace("\n", " ")
    assert text.startswith(f'"{kind.line}"')
    assert ("Retryable" in text) == kind.retryable


def test_no_code_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^### (\w+)$", ERRORS, re.MULTILINE))
    assert documented == {kind.code for kind in ours()} | NO_ERRORS


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in ours()]
    assert len(codes) == len(set(codes))
