"""One entry of a lexicon, and the tab-separated file that lexicons are kept in.

A line is `written ⇥ spoken ⇥ kind ⇥ cues`. Cues say when an entry holds if several share the
written form: `<word` means that the word stands just before, `>word` just after, with `#` for any
number and `>Aa` for a name; the entry without cues is what is said where no cue is found. `?` marks
a reading, with or without cues, as a guess to be flagged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from playlists.errors import LexiconInvalid
from playlists.reading.expressions import expression


class Kind(StrEnum):
    """What an entry is, and so where it may be read."""

    DOCUMENT = "document"  # letters inside a document's number
    ABBREVIATION = "abbreviation"  # written exactly so
    WORD = "word"  # in upper or lower case
    NAME = "name"  # a name or loan that stays as written; only a voice is given its syllables
    UNIT = "unit"  # after a number
    TIGHT_UNIT = "tight_unit"  # after a number without a space
    ADDRESS = "address"  # a part of a web or mail address
    SIGN = "sign"  # a sign that is said


_KINDS = {kind.value: kind for kind in Kind}
_SAYABLE = expression(r"(?:[^\W\d_]|[ ,.:'-])+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A written form and its spoken words, with the cues that choose among several."""

    written: str
    spoken: str
    kind: Kind = Kind.ABBREVIATION
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    guess: bool = False


def parse_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of a lexicon file; empty lines and lines that begin with `#` are skipped.

    Raises:
        LexiconInvalid: a line without written form or reading, or of an unknown kind.
    """
    for line in lines:
        if line.strip() and not line.startswith("# "):
            yield _parse(line.rstrip("\n"))


def _parse(line: str) -> Entry:
    written, spoken, kind, cues = [*line.split("\t"), "", "", ""][:4]
    if kind not in _KINDS:
        raise LexiconInvalid(written=written, why_vi="sai loại", why_en=f"unknown kind {kind!r}")
    entry = (
        _with_cues(written, spoken, _KINDS[kind], cues)
        if cues
        else Entry(written, spoken, _KINDS[kind])
    )
    require_usable(entry)
    return entry


def _with_cues(written: str, spoken: str, kind: Kind, cues: str) -> Entry:
    marks = [cue.strip() for cue in cues.split(",") if cue.strip()]
    return Entry(
        written=written,
        spoken=spoken,
        kind=kind,
        before=tuple(cue[1:] for cue in marks if cue.startswith("<")),
        after=tuple(cue[1:] for cue in marks if cue.startswith(">")),
        guess="?" in marks,
    )


def require_usable(entry: Entry) -> None:
    """Pass an entry that a voice can say, or raise.

    Raises:
        LexiconInvalid: no written form, no reading, or a digit or sign left in the reading.
    """
    if not entry.written.strip() or not entry.spoken.strip():
        raise LexiconInvalid(
            written=entry.written, why_vi="thiếu cách đọc", why_en="it has no reading"
        )
    if not _SAYABLE.fullmatch(entry.spoken):
        raise LexiconInvalid(
            written=entry.written,
            why_vi="cách đọc còn chữ số hoặc ký hiệu",
            why_en="its reading still holds a digit or a sign",
        )
