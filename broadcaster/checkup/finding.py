"""What a check found, for whoever is to do something about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    WELL = "well"
    UNKNOWN = "unknown"
    """It could not be looked at here, and is not taken for well."""
    SOON = "soon"
    ILL = "ill"
    """The station does not do its work, or would lose something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; remedies are empty where there is nothing to do."""

    check: str
    level: Level
    vi: str
    en: str
    remedy_vi: str = ""
    remedy_en: str = ""


Check = Callable[[], Iterator[Finding]]
