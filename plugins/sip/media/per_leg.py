"""What is known of every leg, as arrays with a row a leg: four hundred legs are one operation."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class PerLeg:
    """`kept` names the arrays; their first dimension is the legs."""

    kept: ClassVar[tuple[str, ...]]

    def take_over(self, old: Self, rows: Indices, old_rows: Indices) -> None:
        """Go on where another left off, for legs that have other rows now."""
        for name in self.kept:
            getattr(self, name)[rows] = getattr(old, name)[old_rows]
