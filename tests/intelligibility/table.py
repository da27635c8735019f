"""The table that stays in the repository: written, read again, and compared with a fresh run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What chance and another processor's arithmetic do not explain.
WORSE_POINTS = 3.0
WORSE_BITS = 0.3
_HEADINGS = (
    "engine", "accent", "rate", "pitch", "gaps", "band", "WER %", "9 of 10 draws",
    "char error rate %", "surprise, bits a word", "words", "engine version", "measured",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How the sentences were said and sent: what makes two lines comparable."""

    engine: str
    accent: str
    rate: str
    pitch: str
    gaps: str
    band: str

    def __str__(self) -> str:
        return f"{self.engine} {self.accent}, {self.rate}, pitch {self.pitch}, {self.band}"


@dataclass(frozen=True, slots=True)
class Line:
    """A way and its figures; rates in percent, `words` those said, all takes together."""

    way: Way
    word_errors: float
    spread: tuple[float, float]
    character_errors: float
    surprise_bits: float
    words: int
    version: str
    measured: str


def write_table(lines: Iterable[Line], *, head: str) -> str:
    """The document: its head, and a line for each way."""
    rows = [
        f"| {' | '.join(_HEADINGS)} |",
        "|" + "---|" * 6 + "--:|" * 5 + "---|" * 2,
        *(f"| {' | '.join(_cells(line))} |" for line in lines),
    ]
    return head.rstrip("\n") + "\n\n" + "\n".join(rows) + "\n"


def read_table(text: str) -> tuple[Line, ...]:
    """The lines of a document that `write_table` wrote. Raises ValueError for a damaged one."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return tuple(_line([cell.strip() for cell in row.strip("|").split("|")]) for row in rows[1:])


def merged(before: Sequence[Line], fresh: Sequence[Line]) -> tuple[Line, ...]:
    """The fresh lines in the places of those they measured again, new ones behind."""
    newest = {line.way: line for line in fresh}
    kept = [newest.pop(line.way, line) for line in before]
    return (*kept, *newest.values())


def complaints(before: Sequence[Line], fresh: Sequence[Line]) -> tuple[str, ...]:
    """What became worse than the table says, and what the table does not know."""
    known = {line.way: line for line in before}
    return tuple(words for line in fresh if (words := _complaint(known.get(line.way), line)))


def _complaint(before: Line | None, now: Line) -> str:
    if before is None:
        return f"{now.way}: not in the table; measure it and look at it first"
    worse = (
        now.word_errors > before.word_errors + WORSE_POINTS
        or now.surprise_bits > before.surprise_bits + WORSE_BITS
    )
    if not worse:
        return ""
    return (
        f"{now.way}: {before.word_errors:.1f} became {now.word_errors:.1f} % wrong words, "
        f"{before.surprise_bits:.2f} became {now.surprise_bits:.2f} bits"
    )


def _cells(line: Line) -> tuple[str, ...]:
    way = line.way
    return (
        *(way.engine, way.accent, way.rate, way.pitch, way.gaps, way.band),
        f"{line.word_errors:.1f}",
        f"{line.spread[0]:.1f} to {line.spread[1]:.1f}",
        f"{line.character_errors:.1f}",
        f"{line.surprise_bits:.2f}",
        str(line.words),
        line.version,
        line.measured,
    )


def _line(cells: Sequence[str]) -> Line:
    if len(cells) != len(_HEADINGS):
        raise ValueError(f"a line of the table has {len(cells)} cells: {cells}")
    low, high = cells[7].split(" to ")
    return Line(
        way=Way(*cells[:6]),
        word_errors=float(cells[6]),
        spread=(float(low), float(high)),
        character_errors=float(cells[8]),
        surprise_bits=float(cells[9]),
        words=int(cells[10]),
        version=cells[11],
        measured=cells[12],
    )
