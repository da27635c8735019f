"""A lexicon: entries indexed for the scanner, with a commune's own over the nation's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from playlists.reading.expressions import expression
from playlists.reading.lexicon.entries import Entry, Kind, parse_entries, require_usable

_RUN = expression(r"[^\W_]+")
_WORD_KINDS = frozenset({Kind.ABBREVIATION, Kind.WORD, Kind.NAME})
_NATIONAL = Path(__file__).with_name("national.tsv")
Choices = tuple[Entry, ...]


class Lexicon(Mapping[str, Choices]):
    """Entries by written form; immutable, so that a reading can be repeated.

    A commune's entries replace all national ones of the same written form.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_written: dict[str, list[Entry]] = {}
        for entry in entries:
            by_written.setdefault(entry.written, []).append(entry)
        self._entries: dict[str, Choices] = {key: tuple(all_) for key, all_ in by_written.items()}
        self._index()

    def _index(self) -> None:
        self.documents: dict[str, Choices] = {}
        self.units: dict[str, Entry] = {}
        self.tight_units: dict[str, Entry] = {}
        self.addresses: dict[str, str] = {}
        self.signs: dict[str, str] = {}
        self._exact: dict[str, list[str]] = {}
        self._folded: dict[str, list[str]] = {}
        self._by_form: dict[str, Choices] = {}
        self.plain_words: dict[str, bool] = {}  # what the scanner has learnt of words
        for written, choices in self._entries.items():
            self._index_one(written, choices)
        for forms in (*self._exact.values(), *self._folded.values()):
            forms.sort(key=len, reverse=True)

    def _index_one(self, written: str, choices: Choices) -> None:
        words = tuple([entry for entry in choices if entry.kind in _WORD_KINDS])
        if words:
            self._index_words(written, words)
        for entry in choices if len(words) < len(choices) else ():
            kind = entry.kind
            if kind is Kind.UNIT:
                self.units[written] = entry
            elif kind is Kind.TIGHT_UNIT:
                self.tight_units[written] = entry
            elif kind is Kind.ADDRESS:
                self.addresses[written.lower()] = entry.spoken
            elif kind is Kind.SIGN:
                self.signs[written] = entry.spoken
            elif kind is Kind.DOCUMENT:
                self.documents[written] = (*self.documents.get(written, ()), entry)

    @cached_property
    def sayable(self) -> frozenset[str]:
        """Every word that some entry says."""
        said = (entry.spoken for choices in self._entries.values() for entry in choices)
        return frozenset(" ".join(said).lower().split())

    def _index_words(self, written: str, words: Choices) -> None:
        run = _RUN.match(written)
        if run is None:
            return
        if words[0].kind is Kind.ABBREVIATION:
            self._exact.setdefault(run[0], []).append(written)
            self._by_form[written] = words
        else:
            self._folded.setdefault(run[0].lower(), []).append(written.lower())
            self._by_form[written.lower()] = words

    def starting(self, run: str) -> list[str]:
        """The exact written forms that begin with this run of letters and digits."""
        return self._exact.get(run, [])

    def starting_folded(self, run: str) -> list[str]:
        """The forms, in lower case, that begin with this run in any case."""
        return self._folded.get(run, [])

    def words(self, form: str) -> Choices:
        """The entries of one form as `starting` or `starting_folded` named it."""
        return self._by_form[form]

    def with_entries(self, entries: Iterable[Entry]) -> Lexicon:
        """A lexicon in which these entries win over all of the same written form.

        Raises:
            LexiconInvalid: an entry that a voice could not say.
        """
        own = list(entries)
        for entry in own:
            require_usable(entry)
        replaced = {entry.written for entry in own}
        kept = (
            entry
            for written, choices in self._entries.items()
            if written not in replaced
            for entry in choices
        )
        return Lexicon([*kept, *own])

    def __getitem__(self, written: str) -> Choices:
        return self._entries[written]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


@lru_cache(maxsize=1)
def national_lexicon() -> Lexicon:
    """The lexicon that the package ships, read once."""
    text = _NATIONAL.read_text(encoding="utf-8")
    return Lexicon(parse_entries(text.splitlines()))
