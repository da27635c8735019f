"""A value beside the sentence of the paper that it was read from."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
BETWEEN = " … "
"""What stands between a heading and the sentence under it, where a value rests on both."""


@dataclass(frozen=True, slots=True)
class Said(Generic[Value]):
    """What a document says, in our terms and in its own."""

    value: Value
    sentence: str


def together(*parts: str) -> str:
    """Several places of a document as one quotation, each of them once."""
    return BETWEEN.join(dict.fromkeys(part for part in parts if part))


def shortened(text: str, limit: int) -> str:
    """A text cut at a word, with a mark where it was cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–") + "…"
