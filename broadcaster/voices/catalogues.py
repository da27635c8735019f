"""Which voices an installation may fetch: the shipped catalogue, or one of its own."""

import msgspec

from broadcaster.settings import Settings
from broadcaster.voices.errors import CatalogueUnreadable
from playlists.speech.catalogue import Catalogue, read_catalogue, shipped_catalogue


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue that the settings mean. Raises CatalogueUnreadable."""
    path = settings.voice_catalogue
    if path is None:
        return shipped_catalogue()
    try:
        return read_catalogue(path.read_text("utf-8"))
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise CatalogueUnreadable(f"{path}: {error}") from error
