"""Words of the lexicon: the longest form that stands here, chosen by its neighbours."""

from __future__ import annotations

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import spell
from playlists.reading.lexicon.entries import Entry, Kind
from playlists.reading.orthography import has_vietnamese_mark, is_syllable
from playlists.reading.place import Place, Said

_AROUND = 40
_CHOICE = 2
_RAISED = frozenset("ª¹²³")
_RUN = expression(r"[^\W_]+")
_WORD = expression(r"[^\W\d_]+")
_WORD_BEFORE = expression(r"([^\W\d_]+)[^\w.;:]*$")
_WORD_AFTER = expression(r"[^\w.;:]*([^\W\d_]+)")
_OWN_NUMBER = expression(
    r"[ ]?(?:số[ ]?)?[0-9]{1,5}(?:/[0-9]{4})?[-/](?P<kind>[A-ZĐ][A-Za-zĐđ]{0,5})(?=[-/])"
)
_INITIALS = expression(r"(?:[A-ZĐ]\.){1,4}[A-ZĐ](?![^\W_])\.?")


def read_word(place: Place, run: str) -> Said | None:
    """The lexicon's longest entry that begins with this run, if one stands here."""
    lexicon = place.lexicon
    for form in lexicon.starting(run):
        end = place.start + len(form)
        if place.text.startswith(form, place.start) and _ends_here(place.text, end, form):
            return _say(place, form, end)
    lowered = run.lower()
    forms = lexicon.starting_folded(lowered)
    if forms:
        seen = place.text[place.start : place.start + len(forms[0])].lower()
        for form in forms:
            end = place.start + len(form)
            if seen.startswith(form) and _ends_here(place.text, end, form):
                return _say(place, form, end)
    return None


def read_word_before_number(place: Place, word: str) -> Said | None:
    """wifi6, Facebook2026, VNeID2: a known word that runs into a number."""
    end = place.start + len(word)
    if not place.text[end : end + 1].isdigit():
        return None
    if word.lower() in place.lexicon.starting_folded(word.lower()):
        return _say(place, word.lower(), end)
    named = not word.isupper() and word in place.lexicon.starting(word)
    return _say(place, word, end) if named else None


def read_lowered(place: Place, run: str) -> Said | None:
    """An abbreviation that was typed in small letters (ubnd), if it is no word by itself."""
    upper = run.upper()
    if is_syllable(run) or run in place.lexicon.units:
        return None
    if upper not in place.lexicon.starting(upper):
        return None
    return _say(place, upper, place.start + len(run))


def _ends_here(text: str, end: int, form: str) -> bool:
    following = text[end : end + 1]
    if form[-1].isalnum():
        return not following.isalnum() or following in _RAISED
    return text[end : end + 2].strip(" ")[:1].isalnum() or form[-1] != "."


def _say(place: Place, form: str, end: int) -> Said | None:
    choices = place.lexicon.words(form)
    own = _of_its_number(place, form, end) or _gloss(place, choices)
    entry, sure = (own, not own.guess) if own else choose(choices, place=place, end=end)
    if entry is None:
        return None
    cued = entry.before or entry.after
    if not cued and _is_heading_word(place, form, end):
        return None
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, form, entry.spoken),)
    rule = "abbreviation" if entry.kind is Kind.ABBREVIATION else "word"
    written = place.text[place.start : end]
    spoken = entry.spoken
    if entry.kind is Kind.NAME:
        spoken = entry.written if written.isupper() else written
    return Said(spoken, end, rule, flags)


def _gloss(place: Place, choices: tuple[Entry, ...]) -> Entry | None:
    """Tự nhiên và xã hội (TNXH): what the words before a bracket have said already."""
    if len(choices) < _CHOICE or place.text[place.start - 1 : place.start] != "(":
        return None
    said = place.said_before.rstrip(" ,(")
    return next((one for one in choices if said.endswith(one.spoken.lower())), None)


def _of_its_number(place: Place, form: str, end: int) -> Entry | None:
    """TT 23/2023/TT-BCA: the number after it says which document the letters are."""
    documents = place.lexicon.documents.get(form)
    match = _OWN_NUMBER.match(place.text, end) if documents else None
    if documents is None or match is None or match["kind"] != form:
        return None
    return next((one for one in documents if not (one.before or one.after)), documents[0])


def choose(choices: tuple[Entry, ...], *, place: Place, end: int) -> tuple[Entry | None, bool]:
    """The entry whose cue stands nearest; else the one without cues, sure unless it is a guess."""
    if len(choices) == 1 and not (choices[0].before or choices[0].after):
        return choices[0], not choices[0].guess
    after_signs = place.after(end).lstrip(" ")
    after = after_signs.lstrip(' .,;:-–("“')
    before = place.before.rstrip(' .,;:-–("“')
    named = _names_something(place.text, end)
    for entry in choices:
        if any(_stands(cue, after, after_signs, named=named) for cue in entry.after) or any(
            _ends(before, cue) for cue in entry.before
        ):
            return entry, not entry.guess
    default = next((entry for entry in choices if not (entry.before or entry.after)), None)
    return default, default is None or not default.guess


def _names_something(text: str, end: int) -> bool:
    """Whether a name goes on here: a blank and a word with only its first letter large."""
    return text[end : end + 1] == " " and text[end + 1 : end + 3].istitle()


def _stands(cue: str, after: str, after_signs: str, *, named: bool) -> bool:
    """Whether a cue stands after: a word, a sign, `#` for a number, or `Aa` for a name."""
    if cue == "#":
        return after[:1].isdigit()
    if cue == "Aa":
        return named
    return _starts(after, cue) or (not cue[0].isalnum() and after_signs.startswith(cue))


def _starts(after: str, cue: str) -> bool:
    following = after[len(cue) : len(cue) + 1]
    same_kind = following.isdigit() if cue[-1].isdigit() else following.isalpha()
    return after.startswith(cue) and not same_kind


def _ends(before: str, cue: str) -> bool:
    if cue == "#":
        return before[-1:].isdigit()
    return before.endswith(cue) and not before[-len(cue) - 1 : -len(cue)].isalpha()


def _is_heading_word(place: Place, form: str, end: int) -> bool:
    """A Vietnamese word in a line of capitals is no abbreviation: BAN in ỦY BAN NHÂN DÂN."""
    return form.isalpha() and is_syllable(form) and in_capitals(place, end)


def in_capitals(place: Place, end: int) -> bool:
    """Whether this stands in a heading or a name in capitals, and so is a word.

    So it is where a neighbour in capitals is a syllable that no abbreviation looks like, or where
    all around is in capitals and some of it bears Vietnamese marks.
    """
    text = place.text
    before = _WORD_BEFORE.search(text[max(0, place.start - 24) : place.start])
    after = _WORD_AFTER.match(text[end : end + 24])
    neighbours = [found[1] for found in (before, after) if found is not None]
    if any(_is_capital_syllable(word, place) for word in neighbours):
        return True
    around = text[max(0, place.start - _AROUND) : place.start] + text[end : end + _AROUND]
    return around.isupper() and has_vietnamese_mark(around)


def _is_capital_syllable(word: str, place: Place) -> bool:
    if not word.isupper() or len(word) < 2 or not is_syllable(word):
        return False
    return has_vietnamese_mark(word) or not place.lexicon.starting(word)


def read_initials(place: Place) -> Said | None:
    """N.V.A: the initials of a name that is not given in full."""
    match = _INITIALS.match(place.text, place.start)
    if match is None:
        return None
    end = match.end() - (
        1 if match[0].endswith(".") and not place.after(match.end()).strip() else 0
    )
    return Said(spell(match[0]), end, "initials")
