"""The threat model names a test for each of its claims; each of them is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "deploy" / "THREATS.md"
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
CHAPTERS = re.compile(r"^### (.+?)$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def test_each_test_that_it_names_is_there() -> None:
    """A claim whose test was renamed or dropped is found here."""
    named = NAMED.findall(PAGE.read_text("utf-8"))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]

    assert len(named) > 20
    assert missing == []


def test_each_party_has_a_test() -> None:
    """Nobody's limits are only asserted."""
    chapters = CHAPTERS.findall(PAGE.read_text("utf-8"))

    assert len(chapters) >= 9
    assert [title for title, text in chapters if not NAMED.search(text)] == []
