"""A voice that is installed: where its files are, what they must be, and whom to thank."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VoiceFiles:
    """A voice's two files, and the SHA-256 of the bytes that were installed."""

    model: Path
    config: Path
    model_sha256: str
    config_sha256: str


@dataclass(frozen=True, slots=True)
class InstalledVoice:
    """A voice that can speak here; whoever airs it owes its credit."""

    name: str
    language: str
    licence: str
    credit: str
    files: VoiceFiles
