"""What is wrong with a script is said in one sentence, with its line and column; what is sound is taken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.self_service.marks import ScriptError
from plugins.self_service.script import load, parse

DEMO = Path(__file__).parents[2] / "demo" / "flows"
SOUND = """\
flow: tiny
languages: [en, zh]
start: ask
nodes:
  ask:
    do: menu
    say: { en: "What?", zh: "什么？" }
    choices:
      - key: 1
        label: { en: "A", zh: "甲" }
        go: bye
    otherwise: bye
  bye:
    do: end
    say: "Bye {customer.name}"
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(ScriptError) as error:
        parse(text, "f.yaml")
    return [str(each) for each in error.value.complaints]


def test_a_sound_script_is_taken() -> None:
    script = parse(SOUND)
    assert (script.name, list(script.nodes), script.warnings) == ("tiny", ["ask", "bye"], ())


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yaml")), ids=lambda path: path.name)
def test_the_scripts_we_ship_are_sound(path: Path) -> None:
    assert load(path).warnings == ()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("start: ask", "start: nowhere", "f.yaml:3:8: There is no node `nowhere`."),
        ("go: bye", "go: by", "f.yaml:11:13: There is no node `by`."),
        ("do: menu", "do: menue", "f.yaml:6:9: A node says what it does: `do:` one of menu, collect"),
        ("    otherwise: bye\n", "", "f.yaml:6:5: `otherwise` is missing here."),
        (
            "otherwise: bye",
            "otherwise: bye\n    retrys: 3",
            "f.yaml:13:5: There is no key `retrys` here; there",
        ),
        (
            "otherwise: bye",
            "otherwise: bye\n    retries: many",
            "f.yaml:13:14: `retries`: Input should be",
        ),
        ('zh: "什么？" }', "}", "f.yaml:7:10: The script speaks en and zh: there must be a text for each."),
        ("{customer.name}", "{customer.name|loud}", "f.yaml:15:15: `loud` is no way to read something"),
        ("{customer.name}", "{nobody.name}", "f.yaml:15:15: Nothing is called `nobody`."),
        ("{customer.name}", "{customer.name", "f.yaml:15:15: A brace is not closed."),
        ("  bye:", "  ask:\n    do: end\n  bye:", "f.yaml:13:3: `ask` stands here twice."),
        ("languages: [en, zh]", "languages: [en, fr]", "f.yaml:2:17: `1`: Input should be 'en' or 'zh'."),
        ("flow: tiny", "flow: [tiny", "f.yaml:2:10: This is not YAML: "),
        ("flow: tiny", "flow: tiny\nzone: Mars/Base", "f.yaml:2:7: `zone`: there is no such time zone."),
    ],
)
def test_every_mistake_has_its_place(before: str, after: str, complaint: str) -> None:
    assert before in SOUND
    assert complaints(SOUND.replace(before, after))[0].startswith(complaint)


@pytest.mark.parametrize(
    ("node", "complaint"),
    [
        ("{ do: branch, when: [{ if: 'medium = \"VOICE\"', go: bye }], otherwise: bye }", "Write == to compare."),
        ("{ do: branch, when: [{ if: 'mood == 1', go: bye }], otherwise: bye }", "Nothing is called `mood`."),
        ("{ do: collect, say: x, into: queue, next: bye, otherwise: bye }", "`queue` is a name of the hub's own."),
        ("{ do: collect, say: x, into: a, pattern: '(', next: bye, otherwise: bye }", "This is no regular expression"),
        ("{ do: collect, into: a, next: bye, otherwise: bye }", "A question needs words: `say` is missing."),
        ("{ do: say, say: x, next: extra }", "From `extra` it goes round and round and asks nothing."),
        ("{ do: remember, language: fr, next: bye }", "The script does not speak `fr`."),
    ],
)
def test_what_no_node_may_do(node: str, complaint: str) -> None:
    found = complaints(f"{SOUND}  extra: {node}\n")
    assert any(complaint in each and each.startswith("f.yaml:16:") for each in found), found


def test_two_choices_with_one_key_and_a_node_nobody_reaches() -> None:
    twice = SOUND.replace("    otherwise", '      - { key: "1", label: B, go: bye }\n    otherwise')
    assert complaints(twice) == ["f.yaml:12:17: The key `1` is taken already."]
    [warning] = parse(f"{SOUND}  lonely:\n    do: end\n").warnings
    assert (str(warning), warning.warning) == ("flow.yaml:16:3: warning: Nothing leads to `lonely`.", True)


def test_all_mistakes_are_told_at_once() -> None:
    broken = SOUND.replace("start: ask", "start: nowhere").replace("otherwise: bye", "otherwise: gone")
    assert len(complaints(broken)) == 2


def test_numbers_whose_form_matters_stay_as_they_are_written() -> None:
    script = parse(SOUND.replace("key: 1", "key: 007"))
    assert script.nodes["ask"].choices[0].key == "007"  # type: ignore[union-attr]  # the menu


@given(st.text(max_size=300))
def test_no_text_at_all_is_more_than_wrong(text: str) -> None:
    with pytest.raises(ScriptError):
        parse(text)


@given(st.integers(0, len(SOUND) - 1), st.text(max_size=4))
def test_a_damaged_script_is_sound_or_wrong_and_nothing_else(at: int, put: str) -> None:
    with suppress(ScriptError):
        parse(SOUND[:at] + put + SOUND[at + len(put) + 1 :])


def test_a_bomb_of_aliases_is_refused() -> None:
    pairs = zip("abcdefg", "bcdefgh", strict=True)
    rows = [f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in pairs]
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(rows)
    assert "too large or too deep" in complaints(bomb)[0]
