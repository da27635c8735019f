"""The trail, entry by entry: signed by a key of its time, chained, and what it says of rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import Connection, select

from broadcaster.audit.acts import Act
from broadcaster.audit.ends import TrailEnd
from broadcaster.audit.entries import (
    TYP,
    Entry,
    Fact,
    SealedEntry,
    genesis,
    private_sha256,
    read_entry,
    whose,
)
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.database.columns import to_ms
from broadcaster.inspection.findings import Finding, Flaw
from devices.errors import ContractViolation
from devices.protocol.jws import signer_of, unseal, unverified_payload
from devices.protocol.keyring import open_keyring

ENTRY = "audit_entry"
_PAGE = 2_000


@dataclass(slots=True)
class Trail:
    """What the trail says, as far as it holds."""

    entries: int = 0
    head: str = ""
    heads: dict[int, str] = field(default_factory=dict)
    keys: dict[str, VerifyKey] = field(default_factory=dict)
    """Every key that a keyring of the root ever named, by its id."""
    present: Mapping[str, VerifyKey] = field(default_factory=dict)
    facts: dict[str, dict[str, Fact]] = field(default_factory=lambda: defaultdict(dict))
    """The newest fact of each row, by its table and key."""
    device_keys: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_trail(connection: Connection, *, station: str, root: str, private: bool = True) -> Trail:
    """Verify the whole trail against the root's public key (hex); what it says of rows is kept.

    An entry that does not hold says nothing: what rests on it is found by that. `private` is false
    where an export left out what entries keep beside them.
    """
    trail = Trail(head=genesis(station))
    beside = _private_rows(connection)
    erased: set[str] = set()
    wanted: dict[int, Entry] = {}
    forgotten_up_to = 0
    expected = 1
    for row in _rows(connection):
        if row.number != expected:
            missing = f"{expected}–{row.number - 1}" if row.number > expected else str(row.number)
            trail.findings.append(Finding(ENTRY, missing, Flaw.ENTRY_MISSING))
        expected = row.number + 1
        sealed = _opened(trail, row, station=station, root=root)
        if sealed is None:
            trail.head = row.entry_sha256
            continue
        _compare(trail, row, sealed)
        trail.head, trail.entries = sealed.sha256, row.number
        trail.heads[row.number] = sealed.sha256
        entry = sealed.entry
        if entry.act == Act.PERSON_ERASED:
            erased.add(entry.about)
        if entry.act == Act.STRANGERS_FORGOTTEN:
            forgotten_up_to = _up_to(entry, at_most=row.number)
        if entry.private:
            wanted[row.number] = entry
        for fact in entry.facts:
            _take(trail, fact)
    if private:
        kept = {
            number: each
            for number, each in wanted.items()
            if number > forgotten_up_to or number in beside or not _of_a_stranger(each)
        }
        trail.findings += _private_flaws(kept, beside, erased)
    return trail


def check_ends(ends: Sequence[TrailEnd], trail: Trail) -> Iterator[Finding]:
    """Ends of the trail that were kept beside the signing key: each must be an entry of it."""
    for end in ends:
        if trail.heads.get(end.number) == end.sha256:
            continue
        missing = trail.entries < end.number - 1
        key = f"{trail.entries + 1}–{end.number}" if missing else str(end.number)
        yield Finding(ENTRY, key, Flaw.TRAIL_CUT, end.sha256)


def _up_to(entry: Entry, *, at_most: int) -> int:
    number = entry.details.get("up_to", 0)
    return min(number, at_most) if isinstance(number, int) else 0


def _of_a_stranger(entry: Entry) -> bool:
    return entry.act == Act.SIGN_IN_FAILED and entry.by == "" and entry.about == ""


def _rows(connection: Connection) -> Any:  # noqa: ANN401 - rows of whatever table
    entries = select(ENTRIES).order_by(ENTRIES.c.number)
    return connection.execute(entries.execution_options(yield_per=_PAGE))


def _opened(trail: Trail, row: Any, *, station: str, root: str) -> SealedEntry | None:  # noqa: ANN401
    """The entry, if a key of its time signed it; a keyring inside it counts from there on."""
    message = row.message
    claimed: SealedEntry | None = None
    try:
        claimed = read_entry(message, unverified_payload(message.encode()))
        keyring = claimed.entry.keyring
        if keyring:
            root_key = VerifyKey(root.encode(), encoder=HexEncoder)
            trust = open_keyring(keyring.encode(), station=station, root=root_key)
            trail.present = trust.keys
            trail.keys.update(trust.keys)
    except (ContractViolation, ValueError, TypeError) as error:
        trail.findings.append(Finding(ENTRY, str(row.number), Flaw.KEYRING_UNFOUNDED, str(error)))
    try:
        sealed = unseal(message.encode(), typ=TYP, trusted=trail.present)
        # Its payload is what was read above; facts by the hundred are not read twice.
        return claimed or read_entry(message, sealed.payload)
    except ContractViolation as error:
        trail.findings.append(Finding(ENTRY, str(row.number), Flaw.ENTRY_UNSIGNED, error.code))
        return None


def _compare(trail: Trail, row: Any, sealed: SealedEntry) -> None:  # noqa: ANN401
    entry = sealed.entry
    said = {
        "number": entry.number,
        "entry_sha256": sealed.sha256,
        "prev_sha256": entry.prev,
        "key_id": signer_of(row.message.encode()),
        "at": entry.at_ms,
        "act": entry.act,
        "person": entry.by,
        "about": entry.about,
    }
    held = {name: getattr(row, name) for name in said}
    held["at"] = to_ms(row.at)
    key = str(row.number)
    trail.findings += [
        Finding(ENTRY, key, Flaw.ENTRY_ALTERED, name) for name in said if said[name] != held[name]
    ]
    if entry.prev != trail.head:
        trail.findings.append(Finding(ENTRY, key, Flaw.ENTRY_MISSING, "before it"))


def _take(trail: Trail, fact: Fact) -> None:
    trail.facts[fact.table][fact.key] = fact
    if fact.table == "device" and fact.row is not None:
        keys = trail.device_keys.setdefault(fact.key, [])
        if fact.row["public_key"] not in keys:
            keys.append(fact.row["public_key"])


def _private_rows(connection: Connection) -> dict[int, Any]:
    return {row.number: row for row in connection.execute(select(PRIVATE))}


def _private_flaws(
    wanted: Mapping[int, Entry], beside: Mapping[int, Any], erased: set[str]
) -> list[Finding]:
    findings: list[Finding] = []
    for number, entry in wanted.items():
        row, key = beside.get(number), str(number)
        person = whose(entry.act, by=entry.by, about=entry.about)
        if row is None:
            if person not in erased:
                findings.append(Finding("audit_private", key, Flaw.PRIVATE_MISSING))
        elif not _is_beside(row, entry):
            findings.append(Finding("audit_private", key, Flaw.PRIVATE_ALTERED, "said"))
        elif row.person != person:
            findings.append(Finding("audit_private", key, Flaw.PRIVATE_ALTERED, "person"))
    unknown = set(beside) - set(wanted)
    return findings + [
        Finding("audit_private", str(number), Flaw.PRIVATE_ALTERED, "no entry names it")
        for number in sorted(unknown)
    ]


def _is_beside(row: Any, entry: Entry) -> bool:  # noqa: ANN401
    try:
        return private_sha256(row.said, salt=row.salt) == entry.private
    except ValueError:
        return False
