"""G.711: values of the recommendation's tables, and nearness everywhere else."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.sip.media.engine import Codec
from plugins.sip.media.g711 import FRAME, QUIET, decode, decode_rows, encode, encode_rows, transcode

EVERY_OCTET = bytes(range(256))
TABLE = {
    Codec.PCMU: {0x80: 32124, 0x00: -32124, 0xFF: 0, 0x7F: 0, 0xF0: 120, 0x70: -120, 0xE0: 372, 0xA0: 7932},
    Codec.PCMA: {0xD5: 8, 0x55: -8, 0xAA: 32256, 0x2A: -32256, 0xD4: 24, 0xC5: 264, 0xE5: 1056},
}


@pytest.mark.parametrize("codec", Codec)
def test_values_are_those_of_the_table(codec: Codec) -> None:
    levels = decode(EVERY_OCTET, codec)
    assert {octet: int(levels[octet]) for octet in TABLE[codec]} == TABLE[codec]


@pytest.mark.parametrize("codec", Codec)
def test_what_was_decoded_encodes_to_itself(codec: Codec) -> None:
    levels = decode(EVERY_OCTET, codec)
    assert np.array_equal(decode(encode(levels, codec), codec), levels)
    assert encode(np.zeros(1, np.int16), codec) == bytes([QUIET[codec]])


@pytest.mark.parametrize("codec", Codec)
def test_every_sample_gets_the_nearest_value(codec: Codec) -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    error = np.abs(decode(encode(samples, codec), codec).astype(int) - samples)
    levels = np.sort(decode(EVERY_OCTET, codec).astype(int))
    nearest = np.abs(levels[np.newaxis] - samples[::97, np.newaxis]).min(axis=1)
    assert np.array_equal(error[::97], nearest)


def test_octets_go_from_one_codec_to_the_other_as_by_samples() -> None:
    for one, other in ((Codec.PCMU, Codec.PCMA), (Codec.PCMA, Codec.PCMU), (Codec.PCMA, Codec.PCMA)):
        assert transcode(EVERY_OCTET, one, other) == encode(decode(EVERY_OCTET, one), other)


def test_rows_of_different_codecs_go_together() -> None:
    samples = np.random.default_rng(5).integers(-9000, 9000, (4, FRAME)).astype(np.int16)
    codecs = np.array([0, 1, 1, 0])
    octets = encode_rows(samples, codecs)
    for row, codec in enumerate(codecs):
        assert octets[row].tobytes() == encode(samples[row], list(Codec)[codec])
    assert np.array_equal(decode_rows(octets, codecs)[2], decode(octets[2].tobytes(), Codec.PCMA))
