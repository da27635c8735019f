"""Text of a SQLite database in which somebody may have written octets that are no text.

Whoever spoilt a row must not end the inspection. But to ask Python for each text costs more than to
read all else of a row: so rows are read as SQLite's driver does it, and once more if it cannot.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from broadcaster.inspection.device_rows import is_sqlite

Found = TypeVar("Found")


@contextmanager
def whatever_stands_there(driver: Any) -> Iterator[None]:  # noqa: ANN401 - a driver's connection
    """Read octets that are no text as such."""
    with _as(driver, _text_of):
        yield


def read_as_text(driver: Any, look: Callable[[], Found]) -> Found:  # noqa: ANN401
    """What a look at a database finds; SQLite's is looked at twice where some text is none."""
    if not is_sqlite(driver):
        return look()
    try:
        with _as(driver, str):
            return look()
    except (sqlite3.OperationalError, OperationalError) as error:
        if "decode to UTF-8" not in str(error):
            raise
    with whatever_stands_there(driver):
        return look()


@contextmanager
def _as(driver: Any, factory: Callable[[bytes], str] | type[str]) -> Iterator[None]:  # noqa: ANN401
    before, driver.text_factory = driver.text_factory, factory
    try:
        yield
    finally:
        driver.text_factory = before


def _text_of(octets: bytes) -> str:
    return octets.decode(errors="backslashreplace")
