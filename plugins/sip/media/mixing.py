"""Conferences: everybody hears the others, each as loud as the room says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from plugins.sip.media.g711 import Samples, to_samples

Gains = npt.NDArray[np.float32]


def gain_matrix(legs: Sequence[str], gains: Mapping[tuple[str, str], float]) -> Gains:
    """(listeners, speakers): what each hears of each; nobody hears himself."""
    matrix = np.array([[gains.get((listener, speaker), 1.0) for speaker in legs] for listener in legs], np.float32)
    np.fill_diagonal(matrix, 0)
    return matrix


def mix(heard: Samples, gains: Gains) -> Samples:
    """What comes from each (n, 160) to what goes to each (n, 160); too loud is clipped, never wrapped."""
    return to_samples(gains @ heard.astype(np.float32))
