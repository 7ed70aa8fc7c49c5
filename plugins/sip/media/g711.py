"""G.711: eight bits a sample, by table."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from plugins.sip.media.engine import Codec

Samples = npt.NDArray[np.int16]
"""Linear samples at 8 kHz; one leg's, or a row a leg."""
Octets = npt.NDArray[np.uint8]

CODECS: Final = tuple(Codec)
BY_PAYLOAD_TYPE: Final = {codec.payload_type: codec for codec in CODECS}
RATE: Final = 8000
FRAME: Final = 160
"""Samples in 20 ms."""
QUIET: Final = {Codec.PCMU: 0xFF, Codec.PCMA: 0xD5}
"""The octet that stands for silence."""


def _ulaw_levels() -> Samples:
    """The value of each µ-law octet (G.711 table 2)."""
    octet = ~np.arange(256, dtype=np.uint8)
    mantissa, exponent = (octet & 0x0F).astype(np.int32), (octet >> 4) & 0x07
    size = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(octet & 0x80, -size, size).astype(np.int16)


def _alaw_levels() -> Samples:
    """The value of each A-law octet (G.711 table 1); every second bit is inverted on the line."""
    octet = np.arange(256, dtype=np.uint8) ^ 0x55
    mantissa, exponent = (octet & 0x0F).astype(np.int32), ((octet >> 4) & 0x07).astype(np.int32)
    size = (mantissa << 4) + 8
    size = np.where(exponent, (size + 0x100) << np.maximum(exponent - 1, 0), size)
    return np.where(octet & 0x80, size, -size).astype(np.int16)


def _nearest(levels: Samples, quiet: int) -> Octets:
    """The octet for each 16 bit sample, by its unsigned reading: the one with the nearest value."""
    order = np.argsort(levels, kind="stable")
    ordered = levels[order].astype(np.int32)
    middles = (ordered[:-1] + ordered[1:] + 1) // 2
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    octets = order[np.searchsorted(middles, samples, side="right")].astype(np.uint8)
    octets[samples == levels[quiet]] = quiet
    return octets


_levels = [_ulaw_levels(), _alaw_levels()]
_LEVELS: Final = np.concatenate(_levels)
_OCTETS: Final = np.concatenate(
    [_nearest(levels, QUIET[codec]) for codec, levels in zip(CODECS, _levels, strict=True)],
)


def decode_rows(octets: Octets, codecs: npt.NDArray[np.intp]) -> Samples:
    """Rows of octets to rows of samples; `codecs` gives each row's place in CODECS."""
    return _LEVELS.take(octets + (codecs << 8)[:, np.newaxis])


def encode_rows(samples: Samples, codecs: npt.NDArray[np.intp]) -> Octets:
    """Rows of samples to rows of octets; `codecs` gives each row's place in CODECS."""
    return _OCTETS.take(samples.view(np.uint16) + (codecs << 16)[:, np.newaxis])


def to_samples(wave: npt.NDArray[np.floating]) -> Samples:
    """Rounded to 16 bits; too loud is clipped, never wrapped."""
    samples: Samples = np.clip(np.rint(wave), -32768, 32767).astype(np.int16)
    return samples


def decode(octets: bytes, codec: Codec) -> Samples:
    """The samples of one stream."""
    samples: Samples = decode_rows(np.frombuffer(octets, np.uint8)[np.newaxis], np.array([CODECS.index(codec)]))[0]
    return samples


def encode(samples: Samples, codec: Codec) -> bytes:
    """The octets of one stream."""
    rows = np.ascontiguousarray(samples, np.int16)[np.newaxis]
    return encode_rows(rows, np.array([CODECS.index(codec)])).tobytes()


_EVERY: Final = bytes(range(256))
_TRANSLATIONS: Final = {(one, to): encode(decode(_EVERY, one), to) for one in CODECS for to in CODECS if one is not to}


def transcode(octets: bytes, one: Codec, other: Codec) -> bytes:
    """From one codec to the other."""
    return octets if one is other else octets.translate(_TRANSLATIONS[one, other])
