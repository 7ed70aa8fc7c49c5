"""Who blocks the event loop is named."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hub.plugin.metrics import BLOCKED
from hub.plugin.watchdog import Watchdog, blame, folders
from tests.plugin.doubles import site

BLOCKING = """
def hang(seen):
    seen.wait(20)
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[ModuleType]:
    """A plugin in a folder of its own, with a function that blocks until it is seen."""
    package = tmp_path / "hub_hanging"
    package.mkdir()
    (package / "__init__.py").write_text(BLOCKING)
    sys.path.insert(0, str(tmp_path))
    import hub_hanging  # type: ignore[import-not-found]  # written just above

    yield hub_hanging
    sys.path.remove(str(tmp_path))
    del sys.modules["hub_hanging"]


async def test_the_plugin_that_blocks_the_loop_is_named_and_counted(hanging: ModuleType) -> None:
    seen = threading.Event()

    class Seeing(Watchdog):
        def _name_culprit(self) -> str:
            try:
                return super()._name_culprit()
            finally:
                seen.set()

    before = BLOCKED.labels("hanging")._value.get()
    watchdog = Seeing(folders(site(hanging=hanging)), limit=0.05, beat=0.01)
    watchdog.start()
    hanging.hang(seen)
    watchdog.stop()
    assert seen.is_set()
    assert watchdog.blocked == {"hanging": 1}
    assert BLOCKED.labels("hanging")._value.get() == before + 1


def test_without_a_plugin_on_the_stack_the_hub_itself_is_named() -> None:
    assert blame(sys._getframe(), {Path("/somewhere/else"): "other"}) == "hub"


def test_a_plugin_of_one_file_does_not_answer_for_its_neighbours(tmp_path: Path) -> None:
    module = ModuleType("single")
    module.__file__ = str(tmp_path / "single.py")
    assert folders(site(single=module)) == {tmp_path / "single.py": "single"}
