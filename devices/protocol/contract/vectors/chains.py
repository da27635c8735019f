"""A journal's first entries, the batches that carry them, and what does not hold."""

from nacl.signing import SigningKey

from devices.protocol.chain import entry_hash, genesis
from devices.protocol.commands import Receipt
from devices.protocol.contract.vectors.keys import (
    DEVICE,
    DEVICE_KEY,
    ISSUER,
    NOW_MS,
    OTHER_DEVICE,
    STATION,
)
from devices.protocol.envelope import seal_message
from devices.protocol.messages import encode
from devices.protocol.reports import Batch, Confirmation, Kind

EPOCH, OTHER_EPOCH = "ef" * 16, "fe" * 16
_AT_US = (NOW_MS + 60_000) * 1_000


def chains() -> dict[str, object]:
    """Three entries of one epoch, and batches with the code that a ledger gives."""
    first = genesis(station=STATION, device=DEVICE, epoch=EPOCH)
    entries = _entries(first)
    elsewhere = _entries(genesis(station=STATION, device=OTHER_DEVICE, epoch=EPOCH))
    reborn = _entries(genesis(station=STATION, device=DEVICE, epoch=OTHER_EPOCH))
    rewritten = [entries[0], entries[1].replace("finished", "skipped"), entries[2]]
    receipt = Receipt(
        station=STATION,
        device=DEVICE,
        epoch=EPOCH,
        seq=3,
        chain=entry_hash(entries[2]),
        issued_at_ms=NOW_MS,
    )
    return {
        "station": STATION,
        "device": DEVICE,
        "epoch": EPOCH,
        "genesis": first,
        "entries": entries,
        "hashes": [entry_hash(entry) for entry in entries],
        "receipt": seal_message(receipt, key=ISSUER),
        "batches": [
            _case("all three", _batch(entries)),
            _case("from the second on", _batch(entries[1:], first=2)),
            _case("one left out", _batch([entries[0], entries[2]]), expect="broken_chain"),
            _case("wrongly numbered", _batch(entries[1:], first=1), expect="broken_chain"),
            _case("one rewritten", _batch(rewritten), expect="broken_chain"),
            _case("another device's", _batch(elsewhere), expect="broken_chain"),
            _case("another epoch's", _batch(reborn), expect="broken_chain"),
            _case("an entry that is none", _batch(["{}"]), expect="malformed"),
            _case("by another key", _batch(entries, key=ISSUER), expect="wrong_key"),
        ],
    }


def _entries(prev: str) -> list[str]:
    said = [
        {"kind": Kind.RECEIVED, "at_ms": NOW_MS, "plan_version": NOW_MS - 1_000},
        {
            "kind": Kind.FINISHED,
            "at_ms": NOW_MS + 90_100,
            "first_sample_at_us": _AT_US,
            "last_sample_at_us": _AT_US + 30_000_000,
            "samples": 720_000,
            "sample_rate_hz": 24_000,
            "sink": "alsa",
        },
        {"kind": Kind.REJECTED, "at_ms": NOW_MS + 99_000, "repeat": 1, "code": "quiet_hours"},
    ]
    entries: list[str] = []
    for seq, fields in enumerate(said, start=1):
        confirmation = Confirmation(seq=seq, prev=prev, order="sang-15-01", **fields)  # type: ignore[arg-type]
        entries.append(encode(confirmation).decode())
        prev = entry_hash(entries[-1])
    return entries


def _batch(entries: list[str], *, first: int = 1, key: SigningKey = DEVICE_KEY) -> str:
    batch = Batch(
        station=STATION,
        device=DEVICE,
        epoch=EPOCH,
        first=first,
        entries=tuple(entries),
        sent_at_ms=NOW_MS,
    )
    return seal_message(batch, key=key)


def _case(name: str, batch: str, *, expect: str = "ok") -> dict[str, object]:
    return {"name": name, "batch": batch, "expect": expect}
