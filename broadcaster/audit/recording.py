"""Saying what was done, from where it is done: `record(session, act, by=…, about=…, at=now)`.

It is written in the same transaction as the act, as its last statement (`keeping`): either both
stand or neither. A session of a database that keeps no trail raises, and nothing is done.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel

from broadcaster.audit.acts import Act
from broadcaster.audit.entries import Fact, Scalar
from broadcaster.audit.errors import TrailUnsigned
from broadcaster.audit.facts import REGISTRY, fact_of, hashed_fact, key_of, table_named

COMMAND = "command"
"""Who acts where a command is run at the station's machine: whoever may read its files."""

_NOTES = "audit_notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An act before it is numbered, chained and signed."""

    act: Act
    by: str
    about: str
    at: datetime
    details: Mapping[str, Scalar]
    private: Mapping[str, str]


@dataclass(slots=True)
class Notes:
    """What one transaction has done so far."""

    acts: list[Noted] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changed: dict[int, SQLModel] = field(default_factory=dict)

    def note_row(self, row: object) -> None:
        """Remember that a row of the registry came or changed; it is read at the end."""
        if isinstance(row, SQLModel) and row.__tablename__ in REGISTRY:
            self.changed[id(row)] = row

    def note_gone(self, row: object) -> None:
        """Remember that a row of the registry goes."""
        if isinstance(row, SQLModel) and row.__tablename__ in REGISTRY:
            self.changed.pop(id(row), None)
            name = str(row.__tablename__)
            self.facts.append(Fact(table=name, key=key_of(table_named(name), _values(row))))

    def all_facts(self) -> list[Fact]:
        """The facts that this transaction brought."""
        rows = [fact_of(str(row.__tablename__), _values(row)) for row in self.changed.values()]
        return [*self.facts, *rows]


def begin_notes(session: Session) -> Notes:
    """Let a session note what is done in it."""
    notes = Notes()
    session.info[_NOTES] = notes
    return notes


def notes_begun(session: Session) -> Notes | None:
    """What was noted so far; None for a session that keeps no trail."""
    notes = session.info.get(_NOTES)
    return notes if isinstance(notes, Notes) else None


def notes_of(session: Session) -> Notes:
    """What was noted so far; raise TrailUnsigned for a session that keeps no trail."""
    notes = notes_begun(session)
    if notes is None:
        raise TrailUnsigned("this session keeps no trail")
    return notes


def record(
    session: Session,
    act: Act,
    *,
    at: datetime,
    by: str | None,
    about: str = "",
    details: Mapping[str, Scalar] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    """Write an act into the trail, in the caller's transaction.

    `by` is an account's id, empty for nobody, None for whoever runs a command at the machine.
    `details` must name nobody and repeat no words that a person wrote; those go into `private`,
    which is kept outside the chain. Raises TrailUnsigned.
    """
    notes_of(session).acts.append(
        Noted(
            act=act,
            by=COMMAND if by is None else by,
            about=about,
            at=at,
            details=dict(details or {}),
            private={name: said for name, said in (private or {}).items() if said},
        )
    )


def record_facts(session: Session, table: str, rows: Collection[Mapping[str, Any]]) -> None:
    """Write rows into the trail by their hashes, with the act that is recorded beside them."""
    notes_of(session).facts.extend(hashed_fact(table, row) for row in rows)


def _values(row: SQLModel) -> dict[str, Any]:
    table = table_named(str(row.__tablename__))
    return {column.name: getattr(row, column.name) for column in table.columns}
