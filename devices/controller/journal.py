"""The device's memory: confirmations, what the station signed, what has begun.

A confirmation is on disk (WAL, synchronous=FULL) before it is sent, numbered without gaps and
chained to the one before. What was said of an order is remembered in the same transaction, so
that nothing plays twice and nothing is said twice, whenever the power goes.

What has happened already cannot wait for a disk that refuses: it is *owed*, remembered at once,
and written in the order in which it was said, with the next write that the disk takes.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import structlog

from devices.controller.debts import Debts, raise_all
from devices.controller.statements import ENDS, SETTLING, UNREMEMBERED, Statement, numbered
from devices.errors import JournalUnusable
from devices.protocol.chain import entry_hash
from devices.protocol.messages import AuditRoot, Confirmation, JournalEnd, Kind, OrderKey, encode

log = structlog.get_logger()

LOST_MARK = "lost"
KEPT_AFTER_RECEIPT_MS = 7 * 86_400_000
REMEMBERED_MS = 60 * 86_400_000
"""How long what was said of an order is remembered; a plan reaches some 8 days back and ahead."""

_SAY = (
    "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms"
)

Mark = tuple[str, str]
"""What was stated of an order: a kind and a code."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal stands: its epoch, its last entry, and what the ledger holds of it."""

    epoch: str
    seq: int
    hash: str
    receipted_seq: int


class Journal:
    """One controller's memory; a method raises JournalUnusable when the disk refuses."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._said: dict[OrderKey, tuple[Mark, ...]] = {}
        self._known_marks: dict[Mark, Mark] = {}
        self._owed = Debts()
        self._told: Callable[[Sequence[Confirmation]], None] = _nobody
        self._open: set[OrderKey] = set()
        self.settled: set[OrderKey] = set()
        self.ended: set[OrderKey] = set()
        for order_id, repeat, kind, code in database.execute(
            "SELECT order_id, repeat, kind, code FROM said ORDER BY seq"
        ):
            self._remember(OrderKey(order_id, repeat), (kind, code))
        self._marks: dict[str, int] = dict(database.execute("SELECT name, value FROM mark"))
        self.head = Head(
            *database.execute("SELECT epoch, seq, hash, receipted_seq FROM head").fetchone()
        )
        row = database.execute("SELECT epoch, seq, hash FROM previous").fetchone()
        root = self._signed("audit_root", "")
        self.root = msgspec.json.decode(root[1], type=AuditRoot) if root else None
        """The newest audit root that the station told."""
        self.previous = JournalEnd(epoch=row[0], seq=row[1], chain=row[2]) if row else None
        """What is known of the journal before this one, whose file was lost."""

    def tell(self, told: Callable[[Sequence[Confirmation]], None]) -> None:
        """From now on, tell of everything that has been written."""
        self._told = told

    @property
    def was_lost(self) -> bool:
        """Whether there was a journal before this one, which may have held what is not known."""
        return bool(self.mark(LOST_MARK))

    @property
    def interrupted(self) -> list[OrderKey]:
        """The orders that have begun, or gone on, and have no end."""
        return sorted(self._open)

    @property
    def owes(self) -> bool:
        """Whether something that happened is not on the disk yet."""
        return bool(self._owed)

    @property
    def owes_words(self) -> bool:
        """Whether the station's words for a moment are yet to be written."""
        return self._owed.have_words

    @property
    def owes_too_much(self) -> bool:
        """Whether nothing more is to be owed."""
        return self._owed.are_too_many

    def has_said(self, statement: Statement) -> bool:
        """Whether this kind and code were already stated of this order."""
        return statement.mark in self._said.get(statement.key, ())

    def has_said_anything(self, key: OrderKey) -> bool:
        """Whether anything was ever stated of this order."""
        return key in self._said

    def say(self, *statements: Statement) -> Sequence[Confirmation]:
        """Number, chain and store statements in one transaction; return what they became."""
        return self._write(Debts(list(statements)))

    def note(self, *statements: Statement) -> None:
        """State what happened, whatever the disk says: remembered at once, written when it can."""
        self.owe(*statements)
        try:
            self.settle()
        except JournalUnusable as error:
            log.error("confirmations_owed", count=len(self._owed.statements), why=error.detail)

    def owe(self, *statements: Statement) -> None:
        """Remember what is to be written before anything else is, without asking the disk."""
        self._owe(Debts(list(statements)))

    def settle(self) -> None:
        """Write what is owed."""
        if self.owes:
            self._write(Debts())

    def accept_plan(
        self,
        message: bytes,
        *,
        cluster: str,
        version: int,
        marks: Mapping[str, int],
        statements: Sequence[Statement],
    ) -> None:
        """Store a cluster's plan and what is said of its orders, together."""
        signed = {("plan", cluster): (version, message)}
        self._write(Debts(list(statements), signed=signed, marks=dict(marks)))

    def plan(self, cluster: str) -> tuple[int, bytes] | None:
        """The newest plan accepted for a cluster: its version and its signed bytes."""
        return self._signed("plan", cluster)

    def accept_config(
        self,
        message: bytes,
        *,
        version: int,
        marks: Mapping[str, int],
        replaced: Mapping[str, int],
    ) -> None:
        """Store the configuration in place of the one before, with what it makes of the marks.

        A disk that refuses does not keep a key trusted that was revoked: then it is owed.
        """
        signed = {("config", ""): (version, message)}
        self._owe(Debts(signed=signed, replaced=dict(replaced), marks=dict(marks)))
        self.note()

    def config(self) -> tuple[int, bytes] | None:
        """The configuration's version and its signed bytes."""
        return self._signed("config", "")

    def keep_root(self, root: AuditRoot) -> bool:
        """Keep the station's newest audit root; the first one for a day stands for ever.

        A station that says something else of a day later on is found out by that. Returns whether
        it is a newer one. Like receipts it is owed to a disk that refuses: it comes again.
        """
        if self.root is not None and root.day <= self.root.day:
            return False
        self.root = root
        self._owe(Debts(signed={("audit_root", ""): (1, encode(root))}))
        self.note()
        return True

    def accept_moment(
        self,
        message: bytes,
        *,
        sequence: int,
        marks: Mapping[str, int],
        statements: Sequence[Statement],
        owed: bool,
    ) -> None:
        """Take an order for this moment, its sequence and what is said of it, together.

        What must sound or fall silent at once is owed, and written afterwards.
        """
        debts = Debts(list(statements), moments={sequence: message}, marks=dict(marks))
        if owed:
            self._owe(debts)
        else:
            self._write(debts)

    def moments(self) -> Sequence[tuple[int, bytes]]:
        """The signed words for a moment that still stand, by their sequences, oldest first."""
        rows = self._read("SELECT sequence, message FROM moment")
        words = {row[0]: bytes(row[1]) for row in rows} | self._owed.moments
        return [(number, word) for number, word in sorted(words.items()) if word is not None]

    def drop_moments(self, sequences: Sequence[int]) -> None:
        """Forget words for a moment that are over, or that a plan has taken up."""
        self._owed.moments |= dict.fromkeys(sequences)

    def mark(self, name: str) -> int:
        """The highest number ever marked under a name; 0 before any."""
        return self._marks.get(name, 0)

    def raise_marks(self, marks: Mapping[str, int], *, owed: bool = False) -> None:
        """Remember numbers below which this device never goes again."""
        debts = Debts(marks=dict(marks))
        if owed:
            self._owe(debts)
        else:
            self._write(debts)

    def entries(self, *, first: int, last: int) -> Sequence[str]:
        """The exact bytes of the entries `first` to `last` that are still held."""
        rows = self._read(
            "SELECT entry FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq", first, last
        )
        return [row[0] for row in rows]

    def hash_at(self, seq: int) -> str | None:
        """The chain's hash at entry `seq`; None when that entry is not held."""
        held = self.entries(first=seq, last=seq)
        return entry_hash(held[0]) if held else None

    def rewind(self, after_seq: int) -> int:
        """Take receipts back for what lies after `after_seq` and is held; return the new mark.

        For a ledger that was restored from a backup.
        """
        first = self._read("SELECT min(seq) FROM entry")[0][0]
        held_after = self.head.seq if first is None else first - 1
        seq = min(max(after_seq, held_after), self.head.receipted_seq)
        with self._transaction(durable=False):
            self._database.execute("UPDATE entry SET receipted_at_ms = NULL WHERE seq > ?", (seq,))
            self._database.execute("UPDATE head SET receipted_seq = ?", (seq,))
        self.head = replace(self.head, receipted_seq=seq)
        return seq

    def mark_receipted(self, seq: int, *, now_ms: int) -> None:
        """Note that the ledger holds everything up to `seq`.

        Not forced to the disk: a note that is lost means only that entries are sent once more.
        """
        with self._transaction(durable=False):
            self._database.execute(
                "UPDATE entry SET receipted_at_ms = ? WHERE seq <= ? AND receipted_at_ms IS NULL",
                (now_ms, seq),
            )
            self._database.execute("UPDATE head SET receipted_seq = max(receipted_seq, ?)", (seq,))
        self.head = replace(self.head, receipted_seq=max(self.head.receipted_seq, seq))

    def prune(self, *, now_ms: int, planned: frozenset[OrderKey]) -> None:
        """Drop entries receipted 7 days ago, and what was said of orders long out of the plan.

        A receipt from the future came while the clock was wrong: its 7 days begin now.
        """
        with self._transaction(durable=False):
            self._database.execute(
                "DELETE FROM entry WHERE receipted_at_ms < ?", (now_ms - KEPT_AFTER_RECEIPT_MS,)
            )
            self._database.execute(
                "UPDATE entry SET receipted_at_ms = ?1 WHERE receipted_at_ms > ?1", (now_ms,)
            )
            gone = [
                key for key in self._last_said_before(now_ms - REMEMBERED_MS) if key not in planned
            ]
            self._database.executemany("DELETE FROM said WHERE (order_id, repeat) = (?, ?)", gone)
        for key in gone:
            self._said.pop(key, None)
            self.settled.discard(key)
            self.ended.discard(key)
            self._open.discard(key)

    def close(self) -> None:
        """Write what is owed if the disk takes it, and close the file."""
        self.note()
        self._database.close()

    def _signed(self, kind: str, about: str) -> tuple[int, bytes] | None:
        rows = self._read(
            "SELECT version, message FROM signed WHERE (kind, about) = (?, ?)", kind, about
        )
        return (rows[0][0], bytes(rows[0][1])) if rows else None

    def _read(self, sql: str, *bound: object) -> list[Any]:
        try:
            return self._database.execute(sql, bound).fetchall()
        except sqlite3.Error as error:
            raise JournalUnusable(str(error)) from error

    def _owe(self, debts: Debts) -> None:
        self._owed.add(debts)
        self._remember_all(debts)

    def _write(self, debts: Debts) -> Sequence[Confirmation]:
        """Write what is owed and this, all or nothing."""
        with self._transaction():
            for sql, bound in (*self._owed.writes(), *debts.writes()):
                self._database.execute(sql, bound)
            head, confirmations = self._append([*self._owed.statements, *debts.statements])
        self.head = head
        self._owed.clear()
        self._remember_all(debts)
        if confirmations:
            self._told(confirmations)
        return confirmations

    def _append(self, statements: Sequence[Statement]) -> tuple[Head, Sequence[Confirmation]]:
        seq, prev = self.head.seq, self.head.hash
        confirmations = []
        for statement in statements:
            seq += 1
            confirmation = numbered(statement, seq=seq, prev=prev)
            entry = encode(confirmation).decode()
            prev = entry_hash(entry)
            self._database.execute("INSERT INTO entry VALUES (?, ?, NULL)", (seq, entry))
            if statement.kind not in UNREMEMBERED:
                self._database.execute(
                    _SAY, (*statement.key, *statement.mark, seq, statement.at_ms)
                )
            confirmations.append(confirmation)
        self._database.execute("UPDATE head SET seq = ?, hash = ?", (seq, prev))
        return replace(self.head, seq=seq, hash=prev), confirmations

    def _remember_all(self, debts: Debts) -> None:
        for statement in debts.statements:
            self._remember(statement.key, statement.mark)
        self._marks |= debts.replaced
        raise_all(self._marks, debts.marks)

    def _remember(self, key: OrderKey, mark: Mark) -> None:
        kind = mark[0]
        if kind in UNREMEMBERED:
            return
        before = self._said.get(key, ())
        if mark not in before:
            # Of the few marks that there are each is held once, whatever thousands of orders say.
            self._said[key] = (*before, self._known_marks.setdefault(mark, mark))
        if kind in SETTLING:
            self.settled.add(key)
        if kind in ENDS:
            self.ended.add(key)
            self._open.discard(key)
        elif kind in {Kind.STARTED, Kind.RESUMED}:
            self.ended.discard(key)
            self._open.add(key)

    def _last_said_before(self, at_ms: int) -> list[OrderKey]:
        rows = self._database.execute(
            "SELECT order_id, repeat FROM said GROUP BY order_id, repeat HAVING max(at_ms) < ?",
            (at_ms,),
        )
        return [OrderKey(*row) for row in rows]

    @contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[None]:
        try:
            self._database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._database.execute("BEGIN IMMEDIATE")
            yield
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise JournalUnusable(str(error)) from error


def _nobody(_: Sequence[Confirmation]) -> None:
    """Whom a journal tells that nobody asked for."""
