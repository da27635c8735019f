"""Columns and keys that every table shares: instants, and names that may stand in a topic."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class InstantColumn(TypeDecorator[datetime]):
    """An aware UTC instant, kept as integer Unix milliseconds.

    SQLite forgets time zones and PostgreSQL does not; an integer is the same in both and sorts.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Write an aware instant; a naive one is a programming error."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Read an aware UTC instant."""
        return None if value is None else from_ms(value)


def to_ms(instant: datetime) -> int:
    """Unix milliseconds of an aware instant; raise ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return (instant - _EPOCH) // _MILLISECOND


@lru_cache(maxsize=10_000)
def from_ms(unix_ms: int) -> datetime:
    """The aware UTC instant of Unix milliseconds. Rows that came together have the same one."""
    return _EPOCH + timedelta(milliseconds=unix_ms)


def new_id(prefix: str) -> str:
    """A new key: its prefix says what it names, 80 random bits make it unique; fits a topic."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
