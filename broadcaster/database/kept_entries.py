"""Journal entries as they are kept: a third to a half of their size, and restored to the byte.

An entry is JSON, and most of it are the contract's own words and the hash of the entry before it.
What is kept is an octet that says which kind it is, that hash as octets, its number, and the rest
with one octet for each of the words below: what zlib would do costs many times as much, and a
confirmation is written once and read in every fold. The hash of the entry stands beside it in its
row: whatever octet was changed, what is restored is not what was signed.

An entry that is spelled otherwise than here, or whose own text holds such octets, is kept as it
came behind a first octet of zero; rows from before are read as they stand.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_Words = tuple[tuple[bytes, bytes], ...]

_AS_IT_CAME = b"\0"
_PREV_ENDS = 1 + 32
_HEAD = re.compile(rb'{"seq":([0-9]+),"prev":"([0-9a-f]{64})","kind":"([a-z_]+)","at_ms":')

# What is kept by these lists cannot be read by others: nothing in them ever changes, and a new
# kind or word takes an octet that is free. Entries of a kind that is missing are kept as they came.
_KINDS_1: Final = MappingProxyType(
    {
        b"received": 1,
        b"cached": 2,
        b"tone_started": 3,
        b"started": 4,
        b"item_started": 5,
        b"cut": 6,
        b"resumed": 7,
        b"finished": 8,
        b"stopped": 9,
        b"skipped": 10,
        b"failed": 11,
        b"rejected": 12,
    }
)
_WITH_WORDS = 0x40
"""Added to the kind of an entry that holds more than the usual words, so that only those are
searched for the others."""

# Only octets that JSON may not hold, and in this order: the longer word before its beginning.
_USUAL_1: Final[_Words] = (
    (b"\x01", b',"order":"ord-'),
    (b"\x02", b',"order":"'),
    (b"\x03", b'","simulated":true}'),
)
_WORDS_1: Final[_Words] = (
    (b"\x04", b',"first_sample_at_us":'),
    (b"\x05", b',"last_sample_at_us":'),
    (b"\x06", b',"samples":'),
    (b"\x07", b',"sample_rate_hz":'),
    (b"\x08", b',"repeat":'),
    (b"\x0b", b',"plan_version":'),
    (b"\x0c", b',"code":"'),
    (b"\x0e", b',"item":'),
    (b"\x0f", b',"cue":'),
    (b"\x10", b',"position_ms":'),
    (b"\x11", b',"sink":"'),
    (b"\x12", b',"simulated":true}'),
)
_OCTETS_1: Final = b"".join(octet for octet, _ in (*_USUAL_1, *_WORDS_1))
_READ_BY_1: Final[Mapping[int, tuple[bytes, _Words]]] = MappingProxyType(
    {octet: (kind, _USUAL_1) for kind, octet in _KINDS_1.items()}
    | {octet + _WITH_WORDS: (kind, (*_WORDS_1, *_USUAL_1)) for kind, octet in _KINDS_1.items()}
)


class EntryColumn(TypeDecorator[str]):
    """The exact text of a journal's entry; what was spoilt is read as it stands."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Keep an entry."""
        return None if value is None else packed_entry(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Read an entry, as it came."""
        return None if value is None else entry_text(value)


def packed_entry(entry: str) -> bytes:
    """How an entry is kept. Whatever it is, `entry_text` gives exactly the same again."""
    octets = entry.encode()
    return _packed(octets) or _AS_IT_CAME + octets


def entry_text(kept: bytes | str) -> str:
    """The entry as it came. Octets that were spoilt give another text, and nothing raises."""
    return kept if isinstance(kept, str) else entry_octets(kept).decode(errors="backslashreplace")


def entry_octets(kept: bytes | str) -> bytes:
    """The same as octets, which is what reading JSON takes."""
    if isinstance(kept, str):
        return kept.encode()
    how = _READ_BY_1.get(kept[0]) if kept else None
    if how is None:
        return kept[1:] if kept[:1] == _AS_IT_CAME else kept
    kind, words = how
    prev = kept[1:_PREV_ENDS].hex().encode()
    seq, _, rest = kept[_PREV_ENDS:].partition(b",")
    for octet, word in words:
        rest = rest.replace(octet, word)
    return b'{"seq":%b,"prev":"%b","kind":"%b","at_ms":%b' % (seq, prev, kind, rest)


def _packed(octets: bytes) -> bytes | None:
    head = _HEAD.match(octets)
    if head is None:
        return None
    seq, prev, kind = head.groups()
    how, rest = _KINDS_1.get(kind), octets[head.end() :]
    if how is None or len(rest.translate(None, _OCTETS_1)) != len(rest):
        return None
    for octet, word in _USUAL_1:
        rest = rest.replace(word, octet)
    # Most entries say no more than that.
    if b',"' in rest:
        how += _WITH_WORDS
        for octet, word in _WORDS_1:
            rest = rest.replace(word, octet)
    return b"%c%b%b,%b" % (how, bytes.fromhex(prev.decode()), seq, rest)
