"""One row of the table: a figure, the floor measured in the same run, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Row:
    """`value` and `floor` in `unit`; `aim` as the project states it; `cpu` in per cent of a core, `memory` in MiB."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    aim: str = ""
    cpu: float | None = None
    memory: float | None = None
    note: str = ""

    def line(self) -> str:
        """One line of the table."""
        floor = f"{self.floor:10.1f} {self.value / self.floor:7.2f}" if self.floor else " " * 18
        cpu = f"{self.cpu:5.0f}%" if self.cpu is not None else " " * 6
        memory = f"{self.memory:6.0f}M" if self.memory is not None else " " * 7
        return f"{self.name:44} {self.value:10.1f} {self.unit:9} {floor} {cpu} {memory}  {self.aim:16} {self.note}"


HEAD = f"{'':44} {'figure':>10} {'unit':9} {'floor':>10} {'ratio':>7} {'cpu':>6} {'memory':>7}  {'aim':16}"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured in one go, and gives rows as they come; when it fails, the others go on."""

    name: str
    rows: Callable[[], Iterable[Row]]


class Unfinished(Exception):
    """What was awaited did not happen in time; the message is a sentence for the table."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies. Raises Unfinished when there are none."""
    if not values:
        raise Unfinished("nothing was measured")
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def scaled(count: int, scale: float, least: int = 1) -> int:
    """A count for a smaller or larger run."""
    return max(least, round(count * scale))


class Cost:
    """CPU and memory of a process between two moments."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._before = self._cpu()

    def cpu(self, seconds: float) -> float:
        """Per cent of one core since the start."""
        return 100 * (self._cpu() - self._before) / seconds

    def memory(self) -> float:
        """Resident memory now, in MiB."""
        return float(self._process.memory_info().rss) / 2**20

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)
