"""What a reading is: the words to be said, and for every written stretch what became of it."""

from __future__ import annotations

from dataclasses import dataclass

SCRIPT_LIMIT_CHARACTERS = 30_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the cleaned text, its spoken words and the rule that made them."""

    start: int
    end: int
    written: str
    spoken: str
    rule: str


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - the plain name is a builtin exception
    """A place that no rule is sure of, for the author to settle before approval."""

    start: int
    end: int
    written: str
    code: str
    message_vi: str
    message_en: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The cleaned text, its spoken words, the spans that join both, and what is unsure.

    The spans follow each other without gap or overlap over `text`; their `spoken` parts
    joined are `spoken`.
    """

    text: str
    spoken: str
    spans: tuple[Span, ...]
    warnings: tuple[Warning_, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How the house speaks where Vietnamese allows two ways: the north's words by default."""

    thousand: str = "nghìn"
    odd: str = "linh"
