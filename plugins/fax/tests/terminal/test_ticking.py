"""Ticks go on although one of those ticked is busy; who says no is ticked no more."""

from __future__ import annotations

import threading

import pytest

from plugins.fax.terminal.ticking import Ticker

PATIENCE = 30.0


def test_one_that_is_busy_keeps_nobody_waiting() -> None:
    ticker, others, ticked, ended = Ticker(threads=2), threading.Event(), [], threading.Event()

    def busy() -> bool:
        """As at a page's end, here until the other has been ticked for long enough."""
        assert others.wait(PATIENCE)
        ended.set()
        return False

    def other() -> bool:
        ticked.append(1)
        if len(ticked) == 10:
            others.set()
        return not ended.is_set()

    ticker.add(busy)
    ticker.add(other)
    assert ended.wait(PATIENCE)
    assert len(ticked) >= 10


def test_who_says_no_is_ticked_no_more() -> None:
    ticker, ticked, over = Ticker(threads=1), [], threading.Event()

    def three_times() -> bool:
        ticked.append(1)
        return len(ticked) < 3

    def after() -> bool:
        """Began later, and is still ticked when the other has long ended."""
        if len(ticked) == 3 and len(ticker) == 1:
            over.set()
        return not over.is_set()

    ticker.add(three_times)
    ticker.add(after)
    assert over.wait(PATIENCE)
    assert len(ticked) == 3 and len(ticker.lateness()) > 3


def test_a_mistake_in_one_ends_that_one_alone(capfd: pytest.CaptureFixture[str]) -> None:
    ticker, over = Ticker(threads=1), threading.Event()

    def mistaken() -> bool:
        raise ZeroDivisionError

    def after() -> bool:
        if len(ticker) == 1:
            over.set()
        return not over.is_set()

    ticker.add(mistaken)
    ticker.add(after)
    assert over.wait(PATIENCE)
    assert "ZeroDivisionError" in capfd.readouterr().err
