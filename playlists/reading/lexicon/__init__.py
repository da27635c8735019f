"""The words behind abbreviations, units and foreign words: the nation's and a commune's own."""

from playlists.reading.lexicon.entries import Entry, Kind
from playlists.reading.lexicon.lexicon import Lexicon, national_lexicon
from playlists.reading.lexicon.own import with_own_words

__all__ = ["Entry", "Kind", "Lexicon", "national_lexicon", "with_own_words"]
