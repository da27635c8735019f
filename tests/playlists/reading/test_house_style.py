"""Every row of the house style's table, and of two further tables, is read as it says.

`carried_cases.tsv` holds facts from the tests of NVIDIA NeMo text processing (Apache-2.0), as far
as they agree with the house style; `sentences.tsv` is the project's own.
"""

import re
from pathlib import Path

import pytest

from playlists.reading import read_aloud

_TABLES = Path(__file__).parent


def rows(name: str) -> list[tuple[str, str]]:
    """The written and spoken columns of a table beside this file."""
    lines = (_TABLES / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("# "))
    return [(written, spoken) for written, spoken in pairs]


def folded(spoken: str) -> str:
    """Spoken words without case and pauses: only the words are compared."""
    return " ".join(re.sub(r"[.,;:!?]", " ", spoken.lower()).split())


@pytest.mark.parametrize(("written", "spoken"), rows("house_style.tsv"))
def test_house_style_row(written: str, spoken: str) -> None:
    """A row's written form becomes its spoken words."""
    assert folded(spoken) == folded(read_aloud(written).spoken)


@pytest.mark.parametrize(("written", "spoken"), rows("carried_cases.tsv"))
def test_carried_case(written: str, spoken: str) -> None:
    """What another project's tests know of Vietnamese holds here too."""
    assert folded(spoken) == folded(read_aloud(written).spoken)


@pytest.mark.parametrize(("written", "spoken"), rows("sentences.tsv"))
def test_sentence(written: str, spoken: str) -> None:
    """A whole sentence is said as agreed, its pauses included."""
    assert spoken == read_aloud(written).spoken.replace("\n", " ")
