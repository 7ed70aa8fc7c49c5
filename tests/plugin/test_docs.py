"""The documentation is held to the code: every hook, every setting, every variable, every word of the contract."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from hub import api
from hub.api import Channel, Context, errors, hooks
from tests.plugin.documented import rows, sections

ROOT = Path(__file__).parents[2]
HOOKS = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs/plugin-authors.md").read_text(encoding="utf-8")

SPECIFICATIONS = {
    node.name: node
    for node in ast.parse(inspect.getsource(hooks)).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("hub_")
}


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next."""
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section '### {heading}'"
    return found[1]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_hook_is_documented_with_its_signature(name: str) -> None:
    node = SPECIFICATIONS[name]
    arguments = ", ".join(argument.arg for argument in node.args.args)
    text = section(HOOKS, f"`{name}({arguments})`")
    assert node.returns is not None
    assert text.strip().startswith(f"Returns `{ast.unparse(node.returns)}`: ")


def test_no_hook_is_documented_that_does_not_exist() -> None:
    assert set(re.findall(r"^### `(\w+)\(", HOOKS, re.MULTILINE)) == set(SPECIFICATIONS)


@pytest.mark.parametrize(("heading", "model"), [pytest.param(*each, id=each[0]) for each in sections()])
def test_every_setting_is_documented_with_its_default(heading: str, model: type[BaseModel]) -> None:
    lines = section(SETTINGS, heading).splitlines()
    for row in rows(model):
        found = [line for line in lines if line.startswith(row.start) and line.endswith(row.end)]
        assert found, f"docs/settings.md, section {heading}, needs: {row.start}{row.text or '…'}{row.end}"
        assert len(found[0]) > len(row.start) + len(row.end) + 2, f"{row.name} is not explained"
    documented = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert documented == {row.name for row in rows(model)}


def test_every_section_of_settings_is_about_something() -> None:
    assert set(re.findall(r"^### (.*)$", SETTINGS, re.MULTILINE)) == {heading for heading, _ in sections()}


def test_every_environment_variable_in_the_code_is_documented() -> None:
    used = {
        variable
        for folder in ("hub", "plugins", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and "node_modules" not in path.parts
        for variable in re.findall(r"\bHUB_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert {variable for variable in used if f"`{variable}`" not in SETTINGS} == set()


PROTOCOLS = [Context, Channel, api.Listens, api.LiveChannel, api.CallChannel, api.Acknowledges, api.Probes]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_member_of_the_contract_is_in_the_guide(protocol: type) -> None:
    own = {name for name in vars(protocol) if not name.startswith("_")}
    members = own | {name for name in inspect.get_annotations(protocol) if not name.startswith("_")}
    missing = {name for name in members if not re.search(rf"`[^`]*\b{name}\b[^`]*`", GUIDE)}
    assert missing == set()


def test_every_error_a_plugin_may_raise_is_in_the_guide() -> None:
    raised = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.HubError)
    }
    bases = {"HubError", "InputError", "SendError"}
    assert {name for name in raised - bases if f"`{name}" not in GUIDE} == set()
