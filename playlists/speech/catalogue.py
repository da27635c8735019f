"""The voices that may be installed, as data: `voices.toml` beside this file says what is true."""

from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from playlists.speech.store_errors import VoiceUnknown

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
# One part of a path: no separators, and no name that leads anywhere else.
FileName = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)", max_length=200)
]
FolderPath = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:[A-Za-z0-9][A-Za-z0-9_.-]*/)*(?:[A-Za-z0-9][A-Za-z0-9_.-]*)?$(?!\n)",
        max_length=400,
    ),
]

# What an installed voice is proven by, kept beside its files.
RECEIPT = "receipt.json"
_FILES_OF_A_VOICE = 3


class VoiceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a voice: its size and the SHA-256 of each published revision.

    A configuration may come without: then the first one installed is pinned, and another is
    refused until the voice is removed.
    """

    name: FileName
    size_bytes: Annotated[int, msgspec.Meta(gt=0)]
    sha256: tuple[Sha256, ...] = ()


class CatalogueVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voice that may be installed, its licence and its credit."""

    name: FileName
    title_vi: str
    title_en: str
    engine: Literal["piper"]
    language: str
    espeak_voice: str
    sample_rate_hz: int
    path: FolderPath
    licence: str
    credit: str
    model: VoiceFile
    config: VoiceFile

    def __post_init__(self) -> None:
        if not self.model.sha256:
            raise ValueError(f"the model of {self.name} has no SHA-256")
        if len({self.model.name, self.config.name, RECEIPT}) < _FILES_OF_A_VOICE:
            raise ValueError(f"two files of {self.name} have one name")

    @property
    def size_bytes(self) -> int:
        """What an installation fetches in all."""
        return self.model.size_bytes + self.config.size_bytes


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Voices by name."""

    voice: tuple[CatalogueVoice, ...]

    def find(self, name: str) -> CatalogueVoice:
        """The voice of this name. Raises VoiceUnknown."""
        for voice in self.voice:
            if voice.name == name:
                return voice
        raise VoiceUnknown(repr(name[:80]))


def read_catalogue(text: str) -> Catalogue:
    """A catalogue from TOML. Raises msgspec.MsgspecError for what is none."""
    return msgspec.toml.decode(text, type=Catalogue)


def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with this package."""
    return read_catalogue(files("playlists.speech").joinpath("voices.toml").read_text("utf-8"))
