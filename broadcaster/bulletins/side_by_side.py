"""Written and spoken words in step: what is said otherwise than it is written forms a pair.

Invariant: the stretches of either side joined are its text, letter by letter.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

_WORD = re.compile(r"\w+")
_PAUSES = ' \n.,;:!?()"“”'
_EXAMPLES = 40

# Where a warning begins and ends, and its number.
Mark = tuple[int, int, int]


class Marked(Protocol):
    """A place of the written text that bears a warning."""

    @property
    def number(self) -> int:
        """Counted from 1."""
        ...

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one side; numbers are 0 where there is no pair and no warning.

    `goes_on` is set where the warning began in a stretch before; `unsaid` where words are written
    of which nothing is said.
    """

    text: str
    pair: int = 0
    warning: int = 0
    goes_on: bool = False
    unsaid: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is text and nothing else."""
        return not (self.pair or self.warning or self.unsaid)


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """What one rule made of how many places, with different examples; `others` are not named."""

    rule: str
    places: int
    examples: tuple[tuple[str, str], ...]
    others: int


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both sides, what is said again after the last written word, and the rules behind it."""

    written: tuple[Stretch, ...]
    spoken: tuple[Stretch, ...]
    repeated: str = ""
    rules: tuple[RuleUsed, ...] = ()


@dataclass(slots=True)
class _Side:
    """One side in the making; plain words go on from plain words."""

    stretches: list[Stretch] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    def put(self, stretch: Stretch) -> None:
        self.end()
        self.stretches.append(stretch)

    def end(self) -> None:
        text = "".join(self.plain)
        self.plain.clear()
        if text:
            self.stretches.append(Stretch(text))


@dataclass(slots=True)
class _Sides:
    written: _Side = field(default_factory=_Side)
    spoken: _Side = field(default_factory=_Side)
    pairs: list[tuple[str, str, str]] = field(default_factory=list)

    def add_as_it_is(self, written: str, spoken: str, marks: Sequence[Mark]) -> None:
        for each in _cut(written, marks) if marks else ():
            if each.warning:
                self.written.put(each)
            else:
                self.written.plain.append(each.text)
        if not marks:
            self.written.plain.append(written)
        self.spoken.plain.append(spoken)

    def add_pair(self, written: str, spoken: str, *, rule: str, warning: int) -> None:
        before, core, after = _trimmed(spoken)
        pair = len(self.pairs) + 1 if core else 0
        self.written.put(Stretch(written, pair, warning, unsaid=not core))
        self.spoken.plain.append(before)
        if core:
            self.spoken.put(Stretch(core, pair))
            self.pairs.append((rule, written, core))
        self.spoken.plain.append(after)


def side_by_side(
    spans: Sequence[Mapping[str, Any]], warnings: Sequence[Marked], *, spoken: str
) -> SideBySide:
    """The written text of `spans` beside the words that will be said.

    `spoken` may go on after the spans' words: that is what is repeated. Words that the spans do
    not make are shown whole, without pairs.
    """
    written = "".join(span["written"] for span in spans)
    stretches = tuple(stretches_of(written, warnings))
    said = "".join(span["spoken"] for span in spans)
    if not spoken.strip().startswith(said.strip()):
        return SideBySide(stretches, (Stretch(spoken),))
    sides = _paired(spans, warnings)
    repeated = spoken.strip()[len(said.strip()) :].strip()
    return SideBySide(
        written=tuple(_with_one_place_each(sides.written.stretches)),
        spoken=tuple(sides.spoken.stretches),
        repeated=repeated,
        rules=tuple(rules_used(sides.pairs)),
    )


def _paired(spans: Sequence[Mapping[str, Any]], warnings: Sequence[Marked]) -> _Sides:
    sides = _Sides()
    marks = _apart(warnings, until=sum(len(span["written"]) for span in spans))
    at, first = 0, 0
    for span in spans:
        written, spoken = str(span["written"]), str(span["spoken"])
        first = next((n for n in range(first, len(marks)) if marks[n][1] > at), len(marks))
        until = bisect_left(marks, (at + len(written),))
        here = [(max(a - at, 0), min(b - at, len(written)), n) for a, b, n in marks[first:until]]
        if _is_said_as_written(written, spoken) or "\n" in spoken.strip():
            sides.add_as_it_is(written, spoken, here)
        else:
            warning = here[0][2] if here else 0
            sides.add_pair(written, spoken, rule=str(span["rule"]), warning=warning)
        at += len(written)
    sides.written.end()
    sides.spoken.end()
    return sides


def stretches_of(written: str, warnings: Sequence[Marked]) -> Iterator[Stretch]:
    """The written text cut where warnings begin and end; of two at one place the first is shown."""
    return _with_one_place_each(_cut(written, _apart(warnings, until=len(written))))


def rules_used(pairs: Iterable[tuple[str, str, str]]) -> Iterator[RuleUsed]:
    """What each rule made of which words, the busiest first."""
    made: dict[str, list[tuple[str, str]]] = {}
    for rule, written, spoken in pairs:
        made.setdefault(rule, []).append((written, spoken))
    for rule, places in sorted(made.items(), key=lambda each: -len(each[1])):
        different = tuple(dict.fromkeys(places))
        others = max(0, len(different) - _EXAMPLES)
        yield RuleUsed(rule, len(places), different[:_EXAMPLES], others)


def _is_said_as_written(written: str, spoken: str) -> bool:
    """The same words, whatever their case; pauses are no words."""
    written, spoken = written.casefold(), spoken.casefold()
    if written == spoken or not (spoken.strip(_PAUSES) or written.strip(_PAUSES)):
        return True
    return _WORD.findall(written) == _WORD.findall(spoken)


def _apart(warnings: Sequence[Marked], *, until: int) -> list[Mark]:
    """Start, end and number of each warning, none over another."""
    apart: list[Mark] = []
    at = 0
    for warning in sorted(warnings, key=lambda each: (each.start, each.end)):
        start, end = max(at, warning.start), min(warning.end, until)
        if start < end:
            apart.append((start, end, warning.number))
            at = end
    return apart


def _cut(text: str, marks: Iterable[Mark]) -> Iterator[Stretch]:
    at = 0
    for start, end, number in marks:
        if start > at:
            yield Stretch(text[at:start])
        yield Stretch(text[start:end], warning=number)
        at = end
    if at < len(text):
        yield Stretch(text[at:])


def _with_one_place_each(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """A warning over several stretches has its place in the first."""
    placed: set[int] = set()
    for each in stretches:
        yield replace(each, goes_on=True) if each.warning in placed else each
        if each.warning:
            placed.add(each.warning)


def _trimmed(text: str) -> tuple[str, str, str]:
    core = text.strip()
    if not core:
        return text, "", ""
    at = text.index(core)
    return text[:at], core, text[at + len(core) :]
