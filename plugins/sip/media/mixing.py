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


def together(heard: Samples) -> Samples:
    """Some legs as one (n, 160); none are silent."""
    return to_samples(heard.sum(axis=0, dtype=np.float32))


def stereo(left: Samples, right: Samples) -> npt.NDArray[np.int16]:
    """Samples of two channels, interleaved as wav files have them."""
    return np.stack([left, right], axis=-1).astype("<i2", copy=False)


def mix(heard: Samples, gains: Gains) -> Samples:
    """What comes from each (n, 160) to what goes to each (n, 160); too loud is clipped, never wrapped."""
    return to_samples(gains @ heard.astype(np.float32))
