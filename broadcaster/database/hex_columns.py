"""Hashes and the names of journals as they are kept: as octets, half of the hex that all read.

What is no hash and no such name is kept as the text that it is: only who spoils a row writes that,
and it must be seen. So must a hash that somebody wrote there as text: it is read in quotes, because
nothing that is looked up by its octets finds it.
"""

from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_LENGTHS = frozenset({16, 32})
"""Octets of a journal's name, and of a SHA-256."""


class HexColumn(TypeDecorator[str]):
    """Lower-case hex to whoever asks, octets in the database. Both sort alike."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Keep a hash."""
        return None if value is None else octets_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Read a hash."""
        return None if value is None else hex_of(value)


def octets_of(text: str) -> bytes:
    """How a hash or a journal's name is kept."""
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        return text.encode()
    return octets if len(octets) in _LENGTHS and octets.hex() == text else text.encode()


def hex_of(kept: bytes | str) -> str:
    """The hash or the name again; anything else as the text that it is, and nothing raises."""
    if len(kept) in _LENGTHS and isinstance(kept, bytes):
        return kept.hex()
    text = kept if isinstance(kept, str) else bytes(kept).decode(errors="backslashreplace")
    return text if octets_of(text) == kept else f'"{text}"'
