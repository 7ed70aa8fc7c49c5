"""Prompts given as bytes, which every process reads as files."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from plugins.sip.media.prompt_files import PromptFiles

CALLS = 16


def test_calls_that_begin_at_the_same_moment_share_one_folder_and_lose_none_of_its_files(tmp_path: Path) -> None:
    for _ in range(20):
        files, together = PromptFiles(tmp_path), threading.Barrier(CALLS)

        def written(number: int, files: PromptFiles = files, together: threading.Barrier = together) -> Path:
            together.wait()
            return files.path(bytes([number % 2]))

        with ThreadPoolExecutor(CALLS) as pool:
            paths = list(pool.map(written, range(CALLS)))
        assert len(set(paths)) == 2
        assert [path.read_bytes() for path in paths] == [bytes([number % 2]) for number in range(CALLS)]
        assert len(list(tmp_path.iterdir())) == 1
        files.clear()
        assert not list(tmp_path.iterdir())
