"""An entry of the trail: the exact bytes that are chained and signed, and how they are read again.

Pure. Each entry names the hash of the payload before it; the first names where the trail begins,
so that it cannot be carried over to another station. The signature is a JWS of a kind of its own:
no device takes one for an order.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey, VerifyKey

from devices.errors import MalformedMessage
from devices.protocol.jws import seal, unseal

TYP = "loa-audit"
ROOT_TYP = "loa-audit-root"

Scalar = str | int | float | bool | None


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row that figures rest on, as it stood after the act; with neither member it is gone.

    `row` holds its columns; of rows that are many only their hash is held (`row_sha256`).
    """

    table: str
    key: str
    row: dict[str, Any] | None = None
    sha256: str | None = None

    @property
    def digest(self) -> str:
        """The hash of the row as it stood; empty where it is gone."""
        if self.row is not None:
            return row_sha256(self.row)
        return self.sha256 or ""


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind", tag="audit", omit_defaults=True):
    """One act: who, what, about what, when. Nobody's name, and no word that a person wrote.

    `by` is an opaque id; empty for nobody. `private` is the salted hash of what is kept beside the
    trail and may be erased. `keyring` stands where another key signs than before.
    """

    v: Literal[1]
    station: str
    number: int
    prev: str
    at_ms: int
    act: str
    by: str = ""
    about: str = ""
    details: dict[str, Scalar] = {}
    private: str = ""
    facts: tuple[Fact, ...] = ()
    keyring: str = ""


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry as it is kept: signed, with the hash that the next one names."""

    entry: Entry
    message: str
    sha256: str


def genesis(station: str) -> str:
    """The hash that entry 1 names as the one before it."""
    return hashlib.sha256(f"loa/1/{station}/audit".encode()).hexdigest()


def seal_entry(entry: Entry, *, key: SigningKey) -> SealedEntry:
    """Sign an entry."""
    payload = msgspec.json.encode(entry)
    return SealedEntry(entry, seal(payload, typ=TYP, key=key), hashlib.sha256(payload).hexdigest())


def open_entry(message: str, *, trusted: Mapping[str, VerifyKey]) -> SealedEntry:
    """Verify a kept entry against keys by their id; raise a ContractViolation."""
    sealed = unseal(message.encode(), typ=TYP, trusted=trusted)
    return read_entry(message, sealed.payload)


def read_entry(message: str, payload: bytes) -> SealedEntry:
    """The entry in a payload; raise MalformedMessage."""
    try:
        entry = msgspec.json.decode(payload, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error
    return SealedEntry(entry, message, hashlib.sha256(payload).hexdigest())


def row_sha256(row: Mapping[str, Any]) -> str:
    """The hash of a row's values as told (`columns.told`), whatever the order of its columns."""
    return hashlib.sha256(msgspec.json.encode(row, order="sorted")).hexdigest()


def new_salt() -> str:
    """A salt, so that nobody can guess what was erased by trying names."""
    return secrets.token_hex(16)


def private_sha256(said: str, *, salt: str) -> str:
    """The hash under which an entry names what is kept beside it."""
    return hashlib.sha256(bytes.fromhex(salt) + said.encode()).hexdigest()


def whose(act: str, *, by: str, about: str) -> str:
    """Whose data an entry keeps beside it: theirs who was admitted, else theirs who acted."""
    return about if act == "person_admitted" else by
