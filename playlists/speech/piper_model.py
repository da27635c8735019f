"""Piper through its Python interface. Loaded only in the voice's own process: it is GPL-3.0.

The model draws random numbers for melody and breath. Their seed is fixed, and one thread computes
a sentence, so that a fork of the loaded model always gives the same samples; cores are used by
several such processes side by side.
"""

import hashlib
import importlib
import importlib.metadata
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playlists.audio.pcm import Pcm
from playlists.speech.errors import VoiceUnavailable
from playlists.speech.frames import PiperRequest
from playlists.speech.installed_voice import VoiceFiles
from playlists.speech.piper_text import breaths

# Another seed or another way to cut a sentence is another sound: raise RECIPE with them.
SEED = 39
RECIPE = 1
# Some voices go beyond full scale when they are not normalised; mastering sets the level anyway.
HEADROOM = 0.5
_HASH_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded voice."""

    piper: Any
    voice: Any
    version: str


def load(files: VoiceFiles) -> Model:
    """The voice, ready to speak. Raises VoiceUnavailable: no Piper here, or damaged files."""
    config = _verified(files.config, files.config_sha256)
    model = _verified(files.model, files.model_sha256)
    piper, onnxruntime = _libraries()
    onnxruntime.set_seed(SEED)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    voice = piper.PiperVoice(
        config=piper.PiperConfig.from_dict(json.loads(config)),
        session=onnxruntime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        ),
    )
    # Opens the phoneme tables here, once, instead of in every fork.
    voice.phonemize("a")
    return Model(piper=piper, voice=voice, version=_version(files))


def speak(model: Model, request: PiperRequest) -> Pcm:
    """The sound of one sentence; no sound at all for a text without a letter."""
    asked = model.piper.SynthesisConfig(
        length_scale=model.voice.config.length_scale / request.rate,
        # Raised to full scale piece by piece, a quiet word would come out louder than its sentence.
        normalize_audio=False,
        volume=HEADROOM,
    )
    sound = bytearray()
    for breath in breaths(request.text):
        for chunk in model.voice.synthesize(breath, asked):
            sound += chunk.audio_int16_bytes
    return Pcm(samples=bytes(sound), sample_rate_hz=model.voice.config.sample_rate)


def _libraries() -> tuple[Any, Any]:
    """Piper and its runtime, without the threads that no fork survives.

    ONNX Runtime from 1.29 on reports to its maker unless it is told not to before it is loaded.
    """
    os.environ.update(ORT_DISABLE_TELEMETRY="1", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    try:
        return importlib.import_module("piper"), importlib.import_module("onnxruntime")
    except ImportError as error:
        raise VoiceUnavailable(f"Piper is not installed: {error}") from error


def _verified(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VoiceUnavailable(f"the voice's file cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise VoiceUnavailable(f"{path.name} is not the file that was installed")
    return content


def _version(files: VoiceFiles) -> str:
    number = importlib.metadata.version("piper-tts")
    hashes = f"{files.model_sha256[:_HASH_SHOWN]}+{files.config_sha256[:_HASH_SHOWN]}"
    return f"{number}/{RECIPE} {files.model.stem} {hashes}"
