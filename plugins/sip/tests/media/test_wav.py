"""Prompts that people bring, recordings that we write."""

from __future__ import annotations

import io
import wave
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media import tones, wav
from plugins.sip.media.engine import Codec, MediaError
from plugins.sip.media.g711 import QUIET
from plugins.sip.media.playing import Playing, Shelf
from plugins.sip.media.recording import DiskThread, Track
from plugins.sip.tests.media.far_side import level, loudest


def wav_bytes(samples: bytes, rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_any_rate_is_brought_to_8_khz_without_folding(rate: int) -> None:
    times = np.arange(rate) / rate
    high = 6000 if rate > 12000 else 440
    sound = 5000 * np.sin(2 * np.pi * 440 * times) + 5000 * np.sin(2 * np.pi * high * times) * (high > 440)
    samples = wav.read(wav_bytes(sound.astype("<i2").tobytes(), rate))
    assert len(samples) == pytest.approx(8000, abs=1)
    assert loudest(samples) == pytest.approx(440, abs=2)
    assert level(samples, 440) == pytest.approx(5000, rel=0.05)
    assert level(samples, 2000) < 50  # where 6 kHz would fold to


def test_channels_are_mixed() -> None:
    stereo = np.array([[1000, 3000], [-500, 500]], "<i2").tobytes()
    assert wav.read(wav_bytes(stereo, channels=2)).tolist() == [2000, 0]


def test_bare_samples_are_taken_as_they_are() -> None:
    assert wav.read(np.array([1, -2, 3], "<i2").tobytes() + b"x").tolist() == [1, -2, 3]


def test_what_cannot_be_played_is_said() -> None:
    with pytest.raises(MediaError, match="16 bits a sample; this one has 8"):
        wav.read(wav_bytes(b"abc", width=1))
    with pytest.raises(MediaError, match="no wav file"):
        wav.read(b"RIFF1234WAVEjunk")


@given(st.binary(max_size=120))
def test_any_file_is_read_or_refused(junk: bytes) -> None:
    with suppress(MediaError):
        wav.read(b"RIFF" + junk)
    whole = bytearray(wav_bytes(b"1234567890"))
    whole[8 : 8 + len(junk)] = junk
    with suppress(MediaError):
        wav.read(bytes(whole))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=80))
def test_a_recording_is_as_long_as_the_clock_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    path, disk = tmp_path_factory.mktemp("recording") / "call.wav", DiskThread()
    track, tick, expected = Track(path, 0, disk), -1, b""
    for missed, paused in steps:
        tick += 1 + missed
        track.paused = paused
        frame = bytes([tick % 251]) * 640
        track.add(tick, frame)
        expected += bytes(missed * 640) + (bytes(640) if paused else frame)
    done: list[tuple[float, str]] = []
    track.finish(lambda seconds, error: done.append((seconds, error)))
    disk.stop()
    assert done == [((tick + 1) * 160 / 8000, "")]
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert file.readframes(file.getnframes()) == expected


def test_a_recording_whose_writer_died_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav.header(2, 0) + bytes(16001))
    assert wav.mend(path) == 0.5
    with wave.open(str(path)) as file:
        assert file.getnframes() == 4000
    with pytest.raises(MediaError, match="cannot be finished"):
        wav.mend(tmp_path / "none.wav")


def test_a_prompt_ends_with_silence_and_music_begins_again_without_a_gap() -> None:
    octets = bytes(number % 200 for number in range(400))
    prompt, music, click = (
        Playing({Codec.PCMA: sound}, loop=loop) for sound, loop in [(octets, False), (octets, True), (b"abc", True)]
    )
    frames = [prompt.next(Codec.PCMA) for _ in range(4)]
    assert frames[3] is None
    assert b"".join(filter(None, frames)) == octets + bytes([QUIET[Codec.PCMA]]) * 80
    assert b"".join(filter(None, (music.next(Codec.PCMA) for _ in range(10)))) == octets * 4
    assert b"".join(filter(None, (click.next(Codec.PCMA) for _ in range(3)))) == (b"abc" * 160)


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    shelf, path = Shelf(), tmp_path / "prompt.wav"
    wav.write(path, tones.tone([440], 0.1))
    assert shelf.load(str(path)) is shelf.load(str(path))
    wav.write(path, tones.tone([440], 0.2))
    assert len(shelf.load(str(path))[Codec.PCMA]) == 1600
