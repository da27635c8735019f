"""One pass over the cleaned text: at each place the first rule that fits settles the stretch.

What is settled is never looked at again: rules see the written text around them, not each
other's words. Vietnamese words pass as they are; whatever no rule knows is flagged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from playlists.reading.assembly import Assembly
from playlists.reading.expressions import expression
from playlists.reading.grammar import (
    DIGIT_RULES,
    ENDINGS,
    LATE_LETTER_RULES,
    LETTER_RULES,
    ROMAN,
    SIGN_RULES,
)
from playlists.reading.lexicon import Lexicon
from playlists.reading.orthography import is_syllable
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules import abbreviations, signs
from playlists.reading.rules.leftovers import read_leftover_word
from playlists.reading.rules.single_letters import SINGLE_LETTERS

_TOKEN = expression(
    r"(?P<space>\s+)|(?P<letters>[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]+)|(?P<digit>[0-9])|"
    r"(?P<pause>[.,;:!?…]+)|(?P<sign>[^\W\d_]+|.)",
    re.DOTALL,
)
_RUN = expression(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ0-9]+")
_DIGITS = expression("[0-9]+")
_FOLLOWED_BY_MORE = frozenset("0123456789@&_")

_MOST_WORDS_LEARNT = 20_000
# No rule looks further than this: a text without blanks would else be gone over from every sign.
_LONGEST_WRITTEN = 300


@dataclass
class Scanner:
    """Reads one text with one lexicon."""

    text: str
    lexicon: Lexicon
    assembly: Assembly = field(init=False)

    def __post_init__(self) -> None:
        self.assembly = Assembly(self.text)

    def run(self) -> Assembly:
        """Settle the whole text, from its first sign to its last."""
        text, match_token = self.text, _TOKEN.match
        position, end = 0, len(self.text)
        while position < end:
            token = match_token(text, position)
            assert token is not None  # noqa: S101 - the last alternative takes any sign
            position = self._settle(token)
        return self.assembly

    def _settle(self, token: re.Match[str]) -> int:
        kind, start, end = token.lastgroup, token.start(), token.end()
        if kind == "space":
            return self.assembly.space(start, end)
        if kind == "letters":
            word = token[0]
            if self._is_plain(word) and self.text[end : end + 1] not in _FOLLOWED_BY_MORE:
                return self.assembly.plain(start, end)
            return self._settle_letters(word, start)
        if kind == "digit":
            return self._settle_digits(start)
        if kind == "pause":
            return self._settle_pause(token[0], start)
        return self._settle_sign(token[0], start)

    def _is_plain(self, word: str) -> bool:
        known = self.lexicon.plain_words.get(word)
        if known is None:
            known = _is_plain_word(word, self.lexicon)
            if len(self.lexicon.plain_words) >= _MOST_WORDS_LEARNT:
                self.lexicon.plain_words.clear()
            self.lexicon.plain_words[word] = known
        return known

    def _place(self, start: int) -> Place:
        return Place(self.text, start, self.lexicon, self.assembly.pieces)

    def _first(self, rules: tuple[Rule, ...], place: Place) -> Said | None:
        limit = place.start + _LONGEST_WRITTEN
        for rule in rules:
            match = rule.pattern.match(self.text, place.start, limit)
            if match is not None:
                said = rule.read(match, place)
                if said is not None:
                    return said
        return None

    def _settle_digits(self, start: int) -> int:
        place = self._place(start)
        run = _RUN.match(self.text, start)
        said = None
        if run is not None:
            said = abbreviations.read_word(place, run[0])
        said = said or self._first(_digit_rules(_sign_after_digits(self.text, start)), place)
        assert said is not None  # noqa: S101 - the leftover rule takes any digit
        return self.assembly.said(start, said)

    def _settle_letters(self, word: str, start: int) -> int:
        place = self._place(start)
        run = _RUN.match(self.text, start)
        said = (
            self._first(LETTER_RULES, place)
            or abbreviations.read_word(place, run[0] if run else word)
            or abbreviations.read_word_before_number(place, word)
            or self._first(ROMAN, place)
            or (self._first(SINGLE_LETTERS, place) if len(word) == 1 else None)
            or self._first(LATE_LETTER_RULES, place)
            or abbreviations.read_lowered(place, run[0] if run else word)
            or abbreviations.read_initials(place)
            or read_leftover_word(word, place)
        )
        return self.assembly.said(start, said)

    def _settle_pause(self, marks: str, start: int) -> int:
        ending = self._first(ENDINGS, self._place(start)) if marks == "." else None
        if ending is not None:
            return self.assembly.said(start, ending)
        return self.assembly.pause(start, start + len(marks))

    def _settle_sign(self, sign: str, start: int) -> int:
        if sign in signs.QUOTES:
            return self.assembly.silent(start, start + 1)
        place = self._place(start)
        said = self._first(SIGN_RULES.get(sign, ()), place)
        if said is None and sign == "(":
            said = signs.read_repeated(place)
        if said is None and sign in signs.BRACKETS:
            return self.assembly.bracket(start, opening=sign in "([{")
        return self.assembly.said(start, said or signs.read_sign(place, sign))


def _sign_after_digits(text: str, start: int) -> str:
    digits = _DIGITS.match(text, start, start + _LONGEST_WRITTEN)
    end = digits.end() if digits else start
    return text[end : end + 1]


@lru_cache(maxsize=1024)
def _digit_rules(sign: str) -> tuple[Rule, ...]:
    """The rules that may fit where this sign follows the first digits, in their order."""
    return tuple(
        rule
        for rule, signs_after in DIGIT_RULES
        if not signs_after or (sign and sign in signs_after)
    )


def _is_plain_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a word always passes as it is: a syllable that nothing else could be."""
    if len(word) == 1 and word.isascii():
        return False
    if word == signs.NUMBER_WORD or word[1:] != word[1:].lower():
        return False
    if not is_syllable(word) or lexicon.starting(word) or lexicon.starting_folded(word.lower()):
        return False
    unit = lexicon.units.get(word)
    return (unit is None or unit.spoken == word) and not set(word) <= set("ivxlcdm")
