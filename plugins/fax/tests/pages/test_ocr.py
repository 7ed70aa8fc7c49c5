"""Text is read by a program that may be there, may not, and may never answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.fax.pages.reading import ocr

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the program in tesseract's place is a shell script")

PROGRAM = """#!/bin/sh
case "$*" in
  --list-langs) printf 'List of available languages (3):\\nchi_sim\\neng\\nosd\\n' ;;
  *"-l osd"*) printf 'Orientation in degrees: 180\\nRotate: 180\\nOrientation confidence: 12.50\\nScript: Latin\\n' ;;
  *) cat > /dev/null; printf 'ORDER 42 %s\\n\\f' "$4" ;;
esac
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder that programs are looked for in, but the system's own."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    ocr.languages.cache_clear()
    yield tmp_path
    ocr.languages.cache_clear()


def program(folder: Path, text: str) -> None:
    file = folder / "tesseract"
    file.write_text(text)
    file.chmod(0o700)


def test_it_is_read_in_the_languages_that_are_there_and_turned_as_it_says(install: Path) -> None:
    program(install, PROGRAM)
    assert ocr.languages() == ("eng", "chi_sim", "osd")
    assert ocr.text_of(b"a picture", 30) == "ORDER 42 eng+chi_sim"
    assert ocr.turn_of(b"a picture", 30) == 180


@pytest.mark.slow
def test_who_does_not_answer_in_time_has_read_nothing(install: Path) -> None:
    program(install, PROGRAM.replace("cat > /dev/null", "exec sleep 60"))
    assert ocr.text_of(b"a picture", 1.0) == ""
    assert ocr.text_of(b"a picture", 0.5) == "", "and nobody is asked for what takes longer to begin"


def test_where_nobody_is_nothing_is_read(install: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(install))
    assert (ocr.languages(), ocr.text_of(b"", 30), ocr.turn_of(b"", 30)) == ((), "", 0)
