"""The last step of an upgrade, cut off in its middle: the older database is found, whole."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from broadcaster.upgrading.held import held

CUT_OFF = """
import os, signal, sqlite3, sys
from broadcaster.upgrading.held import held

def cut_off(_status, remaining, total):
    if remaining < total // 2:
        os.kill(os.getpid(), signal.SIGKILL)

with held(f"sqlite:///{sys.argv[1]}") as own:
    # So little is remembered that pages are written over the old ones before the end.
    own._own.execute("PRAGMA cache_size=5")
    sqlite3.connect(sys.argv[2]).backup(own._own, pages=10, progress=cut_off)
"""


def written(file: Path, word: str) -> Path:
    """A database of some hundred pages that are full of a word."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE page (number INTEGER PRIMARY KEY, words TEXT)")
        connection.executemany(
            "INSERT INTO page (words) VALUES (?)", [(word * 500,) for _ in range(1_000)]
        )
    return file


def words_in(file: Path) -> set[str]:
    """Which words it holds; fails where a page of it is spoilt."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {words[:3] for (words,) in connection.execute("SELECT words FROM page")}


def test_cut_off_in_the_middle_the_older_one_is_found(tmp_path: Path) -> None:
    """Pages were overwritten already; the journal beside them leads back."""
    older = written(tmp_path / "older.sqlite3", "old")
    newer = written(tmp_path / "newer.sqlite3", "new")
    before = older.read_bytes()

    ended = subprocess.run([sys.executable, "-c", CUT_OFF, older, newer], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert older.read_bytes() != before
    assert words_in(older) == {"old"}


def test_to_its_end_the_newer_one_is_found(tmp_path: Path) -> None:
    """The same way, not cut off."""
    older = written(tmp_path / "older.sqlite3", "old")
    newer = written(tmp_path / "newer.sqlite3", "new")
    with held(f"sqlite:///{older}") as own:
        own.bring_up(newer)

    assert words_in(older) == {"new"}


def test_while_it_is_held_nobody_else_comes_in(tmp_path: Path) -> None:
    """Neither to read nor to write: what is copied is what is replaced."""
    older = written(tmp_path / "older.sqlite3", "old")
    with (
        held(f"sqlite:///{older}"),
        closing(sqlite3.connect(older, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT count(*) FROM page")
