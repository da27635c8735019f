"""The trail as the process that signs orders knows it: read once, then followed entry by entry.

Whoever may write the database can make an approval up, but no entry of the trail: it is signed by
the station's key, and names the hash of the one before it. So a row counts here only as the newest
entry that speaks of it says it is. Invariant: nothing is known that does not rest on an unbroken
chain. Where one is broken, what stood before the break counts no more: a revocation may have been
cut out there. What people say again after it is an entry of its own, and counts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec
import structlog
from msgspec import Raw, Struct
from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from broadcaster.audit.acts import Act
from broadcaster.audit.entries import TYP, Fact, Scalar, genesis
from broadcaster.audit.facts import key_of, table_named, told
from broadcaster.audit.tables import ENTRIES
from devices.errors import ContractViolation
from devices.protocol.jws import unseal, unverified_payload
from devices.protocol.keyring import NOBODY, Trust, open_keyring

log = structlog.get_logger()

FOLLOWED_TABLES = ("approval", "emergency_authorisation", "live_permit")
"""The rows that stand before what is said aloud."""

FOLLOWED_ACTS = frozenset(
    {
        Act.BULLETIN_APPROVED,
        Act.QUIET_HOURS_OVERRIDDEN,
        Act.EMERGENCY_ORDERED,
        Act.EMERGENCY_ENDED,
        Act.TALK_OPENED,
    }
)

_PAGE = 1_000
_NAMED = tuple(f'"{name}"'.encode() for name in FOLLOWED_TABLES)


@dataclass(frozen=True, slots=True)
class Said:
    """An act as its entry tells it; `by` is an account's id."""

    number: int
    at_ms: int
    by: str
    details: Mapping[str, Scalar]


class _Entry(Struct, frozen=True):
    """What is read of an entry: facts are opened only where they can speak of what is followed."""

    station: str
    number: int
    prev: str
    at_ms: int
    act: str
    by: str = ""
    about: str = ""
    details: dict[str, Scalar] = {}
    facts: Raw = Raw(b"[]")
    keyring: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry as it was found: what it says, its hash, and the bytes that were signed."""

    entry: _Entry
    sha256: str
    message: str


class FollowedTrail:
    """What the trail says of approvals, authorisations and permits, and of what was asked for.

    One for a process, whose threads share it. It asks one statement of the database each time that
    it follows; what it has verified once it never reads again.
    """

    def __init__(self, *, station: str, root_public_key: str) -> None:
        self._station = station
        self._root = VerifyKey(root_public_key.encode(), encoder=HexEncoder)
        self._lock = Lock()
        self._trust: Trust = NOBODY
        self._number = 0
        self._head = genesis(station)
        self._rows: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._decisions: dict[str, tuple[int, str]] = {}
        self._acts: dict[tuple[str, str], Said] = {}

    def follow(self, session: Session) -> None:
        """Read what was written since; the first time all of it.

        The session must see everything that was committed when it began.
        """
        with self._lock:
            rows = session.execute(
                select(ENTRIES.c.number, ENTRIES.c.message)
                .where(ENTRIES.c.number >= self._number)
                .order_by(ENTRIES.c.number)
                .execution_options(yield_per=_PAGE)
            )
            is_first = True
            for page in rows.partitions():
                taken = [(row.number, row.message) for row in page]
                if is_first:
                    taken = self._behind_the_head(taken)
                    is_first = False
                self._take([_read(message) for _, message in taken])
            if is_first and self._number:
                self._forget("the trail is shorter than it was")

    def vouches_for(self, session: Session, row: SQLModel) -> bool:
        """Whether the newest entry that speaks of this row says that it is as it is."""
        return self._twice(session, lambda: self._is_as_said(row))

    def is_newest_decision(self, session: Session, decision: SQLModel) -> bool:
        """Whether an approval is as its entry says, and nothing was decided on its sound since."""
        values = _values(decision)
        newest = (str(values["rendition_id"]), str(values["id"]))
        return self._twice(
            session,
            lambda: (
                self._is_as_said(decision)
                and self._decisions.get(newest[0], (0, ""))[1] == newest[1]
            ),
        )

    def said(self, session: Session, act: Act, about: str) -> Said | None:
        """The newest entry of an act about something; of an approval, about a rendition."""
        key = (act.value, about)
        self._twice(session, lambda: key in self._acts)
        with self._lock:
            return self._acts.get(key)

    def _twice(self, session: Session, holds: Any) -> bool:  # noqa: ANN401 - a condition
        """Look again behind what was written since: a row and its entry are committed as one."""
        with self._lock:
            if holds():
                return True
        self.follow(session)
        with self._lock:
            return bool(holds())

    def _is_as_said(self, row: SQLModel) -> bool:
        values = _values(row)
        name = str(row.__tablename__)
        kept = self._rows.get((name, key_of(table_named(name), values)))
        if kept is None:
            return False
        now = told(values)
        # A column of a later version of the schema is in no entry from before it.
        return all(now.get(column) == value for column, value in kept.items())

    def _behind_the_head(self, rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """What follows the entry that was read last, once that one is found as it was."""
        if not self._number:
            return rows
        number, message = rows[0]
        read = _read(message)
        if number != self._number or read is None or read.sha256 != self._head:
            self._forget("the entry that was read last is another one")
            if read is not None:
                self._number, self._head = read.entry.number, read.sha256
        return rows[1:]

    def _take(self, page: Sequence[_Read | None]) -> None:
        found = [each for each in page if each is not None]
        if len(found) < len(page):
            self._forget("an entry cannot be read")
        if not found:
            return
        if self._is_linked(found) and self._hold_keyrings(found) and self._is_signed(found[-1]):
            # The last one's signature covers all of them: each is named by the next by its hash.
            for each in found:
                self._believe(each)
            return
        for each in found:
            if self._is_ours(each) and self._hold_keyrings([each]) and self._is_signed(each):
                if not self._is_next(each):
                    self._forget("an entry before this one is missing", each.entry.number)
                self._believe(each)
            else:
                self._forget("an entry that the station did not sign", each.entry.number)

    def _is_linked(self, found: Sequence[_Read]) -> bool:
        number, head = self._number, self._head
        for each in found:
            if (each.entry.number, each.entry.prev) != (number + 1, head):
                return False
            if not self._is_ours(each):
                return False
            number, head = each.entry.number, each.sha256
        return True

    def _is_ours(self, read: _Read) -> bool:
        return read.entry.station == self._station

    def _is_next(self, read: _Read) -> bool:
        return (read.entry.number, read.entry.prev) == (self._number + 1, self._head)

    def _hold_keyrings(self, found: Sequence[_Read]) -> bool:
        """Take up the keyrings that entries bring; one older than what is held is no news."""
        for each in found:
            if not each.entry.keyring:
                continue
            try:
                trust = open_keyring(
                    each.entry.keyring.encode(), station=self._station, root=self._root
                )
            except ContractViolation:
                return False
            if trust.serial >= self._trust.serial:
                self._trust = trust
        return True

    def _is_signed(self, read: _Read) -> bool:
        try:
            unseal(read.message.encode(), typ=TYP, trusted=self._trust.keys)
        except ContractViolation:
            return False
        return True

    def _believe(self, read: _Read) -> None:
        entry = read.entry
        self._number, self._head = entry.number, read.sha256
        if entry.act in FOLLOWED_ACTS:
            said = Said(entry.number, entry.at_ms, entry.by, entry.details)
            self._acts[entry.act, _about(entry)] = said
        octets = bytes(entry.facts)
        if any(name in octets for name in _NAMED):
            for fact in msgspec.json.decode(octets, type=tuple[Fact, ...]):
                self._believe_fact(fact)

    def _believe_fact(self, fact: Fact) -> None:
        if fact.table not in FOLLOWED_TABLES:
            return
        if fact.row is None:
            self._rows.pop((fact.table, fact.key), None)
            return
        self._rows[fact.table, fact.key] = fact.row
        if fact.table == "approval":
            decided = (int(fact.row["decided_at"]), fact.key)
            rendition = str(fact.row["rendition_id"])
            self._decisions[rendition] = max(decided, self._decisions.get(rendition, (0, "")))

    def _forget(self, because: str, number: int | None = None) -> None:
        log.error("trail_broken", because=because, number=number or self._number)
        self._rows.clear()
        self._decisions.clear()
        self._acts.clear()


def _about(entry: _Entry) -> str:
    """Under what an act is looked for: an approval under the sound that was approved."""
    if entry.act == Act.BULLETIN_APPROVED:
        return str(entry.details.get("rendition", ""))
    return entry.about


def _read(message: str) -> _Read | None:
    """An entry, not verified; None for what cannot be one."""
    try:
        payload = unverified_payload(message.encode())
        entry = msgspec.json.decode(payload, type=_Entry)
    except (ContractViolation, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return _Read(entry, hashlib.sha256(payload).hexdigest(), message)


def _values(row: SQLModel) -> dict[str, Any]:
    table = table_named(str(row.__tablename__))
    return {column.name: getattr(row, column.name) for column in table.columns}
