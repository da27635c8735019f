"""Reading aloud beside the other Vietnamese text normalisers of PyPI, where they are installed.

Neither is a dependency of anything: `pip install sea-g2p vinorm` puts them beside the benchmark.
The sentences are those of the house's own table; how many a peer reads as the table says tells how
far apart the conventions are, not only how good it is.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from playlists.reading import national_lexicon, read_aloud
from tests.benchmarks.comparison import Comparison, best_seconds

TABLE = Path(__file__).parent.parent / "playlists" / "reading" / "sentences.tsv"
SENTENCES = 60
Reader = Callable[[str], str]


class PeerMissing(Exception):
    """The other normaliser is not installed."""


def beside_sea_g2p(*, sentences: int = SENTENCES, rounds: int = 3) -> Comparison:
    """Milliseconds a sentence, against sea-g2p's normaliser."""
    return _beside("sea-g2p", _sea_g2p(), sentences=sentences, rounds=rounds)


def beside_vinorm(*, sentences: int = SENTENCES, rounds: int = 1) -> Comparison:
    """Milliseconds a sentence, against vinorm."""
    return _beside("vinorm", _vinorm(), sentences=sentences, rounds=rounds)


def _sea_g2p() -> Reader:
    module = _installed("sea_g2p")
    normaliser = module.Normalizer(lang="vi")
    return lambda text: str(normaliser.normalize(text))


def _vinorm() -> Reader:
    module = _installed("vinorm")
    return lambda text: str(module.TTSnorm(text))


def _installed(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a module of no types
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PeerMissing(f"{name} is not installed: pip install sea-g2p vinorm") from error


def _beside(name: str, theirs: Reader, *, sentences: int, rounds: int) -> Comparison:
    rows = spread(table_rows(), sentences)
    lexicon = national_lexicon()

    def ours(text: str) -> str:
        return read_aloud(text, lexicon).spoken

    ours(rows[0][0])
    theirs(rows[0][0])
    written = [row[0] for row in rows]
    exact = [_exact(reader, rows) for reader in (ours, theirs)]
    return Comparison(
        name=f"reading beside {name}",
        work=f"{len(rows)} sentences; as the table says: ours {exact[0]}, {name} {exact[1]}",
        ours=best_seconds(lambda: [ours(text) for text in written], rounds=rounds)
        / len(rows)
        * 1_000,
        baseline=best_seconds(lambda: [theirs(text) for text in written], rounds=rounds)
        / len(rows)
        * 1_000,
        unit="ms/sentence",
        against=f"{name}'s normaliser on the same sentences",
    )


def table_rows() -> list[tuple[str, str]]:
    """The written and spoken columns of the house's table."""
    lines = TABLE.read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("# ")]
    return [(pair[0], pair[1]) for pair in pairs]


def spread(rows: Sequence[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """So many rows from all over the table, the same every time."""
    step = max(1, len(rows) // count)
    return list(rows[::step][:count])


def _exact(reader: Reader, rows: Sequence[tuple[str, str]]) -> int:
    return sum(_folded(reader(written)) == _folded(spoken) for written, spoken in rows)


def _folded(words: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", words.lower()).split())
