"""A device's rows as the database's own driver gives them: read once, each into one small value.

Signatures are nearly all that verifying may cost, so nothing else is made of a row than what the
checks look at. Instants stay Unix milliseconds. Columns that a daily root covers stand in the order
of their names: a row's octets under the root are then its value, encoded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from msgspec import Struct

from broadcaster.database.hex_columns import hex_of
from broadcaster.database.kept_entries import entry_octets
from devices.errors import MalformedMessage
from devices.protocol.messages import Confirmation
from devices.protocol.reading import read_confirmation

Row = Mapping[str, Any]
_AT_ONCE = 2_000
_HASH_OCTETS = 32


class RootedConfirmation(Struct, frozen=True, gc=False):
    """What a daily root covers of a confirmation."""

    batch_sha256: str
    device_id: str
    entry_sha256: str
    epoch: str
    kind: str
    order_id: str | None
    prev_sha256: str
    quarantined: bool
    received_at: int
    repeat: int
    seq: int

    @property
    def key(self) -> str:
        """As everywhere."""
        return f"{self.device_id}|{self.epoch}|{self.seq}"


class RootedBatch(Struct, frozen=True, gc=False):
    """What a daily root covers of a batch: the message by its hash."""

    device_id: str
    received_at: int
    sha256: str

    @property
    def key(self) -> str:
        """As everywhere."""
        return self.sha256


class RootedJournal(Struct, frozen=True, gc=False):
    """What a daily root covers of a journal that began."""

    device_id: str
    epoch: str
    first_heard_at: int
    number: int

    @property
    def key(self) -> str:
        """As everywhere."""
        return f"{self.device_id}|{self.epoch}"


class RootedQuarantine(Struct, frozen=True, gc=False):
    """What a daily root covers of a journal that is no longer believed."""

    device_id: str
    epoch: str
    quarantined_at: int

    @property
    def key(self) -> str:
        """As everywhere."""
        return f"{self.device_id}|{self.epoch}"


# Plain tuples: one with names costs as much to make as the row to read.
Held = tuple[RootedConfirmation, bytes, Confirmation | None]
"""A confirmation that is held: its columns, its exact bytes, and what they say if readable."""

HeldBatch = tuple[RootedBatch, bytes]
"""A signed batch that is held, and its message as it is kept.

Restored one after the other when it is verified: what lies there for all of them at once is gone
from the processor's cache before anybody looks at it.
"""


PLAY_COLUMNS = (
    "order_id", "repeat", "simulated", "relay", "asked_ms", "starts_at", "start_due_at",
    "end_due_at", "state", "reached", "code", "started_at", "ended_at", "start_offset_us",
    "played_ms", "clock_doubtful", "evidence_epoch", "evidence_seq",
)  # fmt: skip
_CONFIRMATION_COLUMNS = (
    "entry",
    *(each for each in RootedConfirmation.__struct_fields__ if each != "device_id"),
)
_HEAD_COLUMNS = ("epoch", "seq", "chain_sha256", "moved_at")
_JOURNAL_COLUMNS = ("epoch", "number", "first_heard_at", "quarantined_at")


@dataclass(frozen=True, slots=True)
class DeviceRows:
    """All that the tables hold of one device, in the order of their keys."""

    batches: Sequence[HeldBatch] = ()
    confirmations: Sequence[Held] = ()
    heads: Sequence[Row] = ()
    journals: Sequence[Row] = ()
    plays: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads through a driver's own connection, in whatever transaction it has open."""

    connection: Any

    def of_device(self, device: str, *, since_ms: int | None) -> DeviceRows:
        """What is held of one device; of what comes by the day, only what came since."""
        batches: list[HeldBatch] = [
            (RootedBatch(device, received_at, hex_of(sha256)), message)
            for message, received_at, sha256 in self._rows(
                "confirmation_batch",
                ("message", "received_at", "sha256"),
                device,
                came="received_at",
                since_ms=since_ms,
            )
        ]
        # Put in order here: a database would carry whole messages through its sorting.
        batches.sort(key=lambda held: held[0].sha256)
        return DeviceRows(
            batches=batches,
            confirmations=self._confirmations(device, since_ms=since_ms),
            heads=self._mappings("journal_head", _HEAD_COLUMNS, device),
            journals=self._mappings("journal", _JOURNAL_COLUMNS, device),
            plays=self._mappings("play", PLAY_COLUMNS, device, came="starts_at", since_ms=since_ms),
        )

    def _confirmations(self, device: str, *, since_ms: int | None) -> list[Held]:
        name_of = cache(hex_of)
        held: list[Held] = []
        # A row's own hash is mostly the one before in the next row.
        kept_before: object = None
        told_before = ""
        for entry, batch, sha256, epoch, kind, order, prev, lost, at, repeat, seq in self._rows(
            "confirmation",
            _CONFIRMATION_COLUMNS,
            device,
            came="received_at",
            since_ms=since_ms,
            ordered="epoch, seq",
        ):
            before = told_before if prev == kept_before else hex_of(prev)
            kept_before, told_before = sha256, hex_of(sha256)
            row = RootedConfirmation(
                hex_of(batch),
                device,
                told_before,
                name_of(epoch),
                kind,
                order,
                before,
                bool(lost),
                at,
                repeat,
                seq,
            )
            octets = entry_octets(entry)
            is_hash = type(prev) is bytes and len(prev) == _HASH_OCTETS
            try:
                said = read_confirmation(octets, prev=before if is_hash else None)
            except MalformedMessage:
                said = None
            held.append((row, octets, said))
        return held

    def _mappings(
        self,
        table: str,
        columns: Sequence[str],
        device: str,
        *,
        came: str = "",
        since_ms: int | None = None,
    ) -> list[Row]:
        rows = self._rows(table, columns, device, came=came, since_ms=since_ms)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _rows(
        self,
        table: str,
        columns: Sequence[str],
        device: str,
        *,
        came: str = "",
        since_ms: int | None = None,
        ordered: str = "",
    ) -> list[Any]:
        """Rows as tuples. Only names of the schema are put into the statement."""
        statement = f"SELECT {', '.join(columns)} FROM {table} WHERE device_id = ?"  # noqa: S608
        values: list[object] = [device]
        if since_ms is not None and came:
            statement += f" AND {came} >= ?"
            values.append(since_ms)
        if ordered:
            statement += f" ORDER BY {ordered}"
        return rows_of(self.connection, statement, values)


def rows_of(connection: Any, statement: str, values: Sequence[object] = ()) -> list[Any]:  # noqa: ANN401
    """The rows of a statement with `?` where values stand, whichever driver it is."""
    cursor = connection.cursor()
    try:
        cursor.execute(_marked(connection, statement), values)
        found: list[Any] = cursor.fetchall()
        return found
    finally:
        cursor.close()


def stream_of(connection: Any, statement: str, values: Sequence[object] = ()) -> Iterator[Any]:  # noqa: ANN401
    """The same, of so many rows that the database is to hold them and not this process."""
    cursor = connection.cursor() if is_sqlite(connection) else connection.cursor(name="stream")
    try:
        cursor.execute(_marked(connection, statement), values)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
    finally:
        cursor.close()


def is_sqlite(connection: Any) -> bool:  # noqa: ANN401 - a driver's connection
    """Which of the two drivers it belongs to."""
    return type(connection).__module__.partition(".")[0] == "sqlite3"


def _marked(connection: Any, statement: str) -> str:  # noqa: ANN401
    return statement if is_sqlite(connection) else statement.replace("?", "%s")
