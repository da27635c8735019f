"""Every row of the house style's table is read as the table says."""

import re
from pathlib import Path

import pytest

from playlists.reading import read_aloud

_TABLES = Path(__file__).parent


def rows(name: str) -> list[tuple[str, str]]:
    """The written and spoken columns of a table beside this file."""
    lines = (_TABLES / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(written, spoken) for written, spoken in pairs]


def folded(spoken: str) -> str:
    """Spoken words without case and pauses: only the words are compared."""
    return " ".join(re.sub(r"[.,;:!?]", " ", spoken.lower()).split())


@pytest.mark.parametrize(("written", "spoken"), rows("house_style.tsv"))
def test_house_style_row(written: str, spoken: str) -> None:
    """A row's written form becomes its spoken words."""
    assert folded(spoken) == folded(read_aloud(written).spoken)
