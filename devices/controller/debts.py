"""What is to be written and is not yet: the statements in their order, of the rest the newest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.controller.statements import Statement

STATEMENT_LIMIT = 10_000
"""How many statements may be owed before nothing more is taken that would owe another."""

_RAISE = (
    "INSERT INTO mark VALUES (?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"
)

Write = tuple[str, tuple[Any, ...]]
"""One statement in SQL with what it is bound to."""


@dataclass(slots=True)
class Debts:
    """Bounded by what it is about: one plan a cluster, one word a sequence, one number a mark.

    `moments` whose message is None are to be forgotten; `replaced` marks count whatever was there.
    """

    statements: list[Statement] = field(default_factory=list)
    signed: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    moments: dict[int, bytes | None] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any((self.statements, self.signed, self.moments, self.replaced, self.marks))

    @property
    def have_words(self) -> bool:
        """Whether words for a moment are among them."""
        return any(word is not None for word in self.moments.values())

    @property
    def are_too_many(self) -> bool:
        """Whether the disk has refused for so long that nothing more may be owed."""
        return len(self.statements) >= STATEMENT_LIMIT

    def add(self, more: "Debts") -> None:
        """Owe this as well."""
        self.statements += more.statements
        self.signed |= more.signed
        self.moments |= more.moments
        for name in more.replaced:
            # Whatever was to be raised before is replaced as well.
            self.marks.pop(name, None)
        self.replaced |= more.replaced
        raise_all(self.marks, more.marks)

    def clear(self) -> None:
        """All is written."""
        for each in (self.statements, self.signed, self.moments, self.replaced, self.marks):
            each.clear()

    def writes(self) -> Iterator[Write]:
        """What writes everything but the statements."""
        for (kind, about), (version, message) in self.signed.items():
            yield (
                "INSERT OR REPLACE INTO signed VALUES (?, ?, ?, ?)",
                (kind, about, version, message),
            )
        for sequence, word in self.moments.items():
            if word is None:
                yield "DELETE FROM moment WHERE sequence = ?", (sequence,)
            else:
                yield "INSERT OR REPLACE INTO moment VALUES (?, ?)", (sequence, word)
        for mark in self.replaced.items():
            yield "INSERT OR REPLACE INTO mark VALUES (?, ?)", mark
        for mark in self.marks.items():
            yield _RAISE, mark


def raise_all(marks: dict[str, int], to: Mapping[str, int]) -> None:
    """Let no mark be lower than it was."""
    for name, value in to.items():
        marks[name] = max(marks.get(name, 0), value)
