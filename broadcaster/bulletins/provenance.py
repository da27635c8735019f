"""Where a bulletin comes from and how long it holds: contributor, source, first and last day."""

from dataclasses import dataclass
from datetime import date

from broadcaster.bulletins.errors import (
    CONTRIBUTOR_LIMIT_CHARACTERS,
    ContributorTooLong,
    SourceTooLong,
    ValidityUnusable,
)
from broadcaster.bulletins.tables import Bulletin


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who contributed it, what it was taken from, and the days on which it may go on air.

    Both days belong to it; None leaves that side open.
    """

    contributor: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


UNNAMED = Provenance()


def checked_provenance(
    *,
    contributor: str = "",
    source: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Provenance:
    """As it will be kept; raise ContributorTooLong, SourceTooLong or ValidityUnusable."""
    if len(contributor) > CONTRIBUTOR_LIMIT_CHARACTERS:
        raise ContributorTooLong(field="contributor")
    if len(source) > CONTRIBUTOR_LIMIT_CHARACTERS:
        raise SourceTooLong(field="source")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise ValidityUnusable(field="valid_until")
    return Provenance(
        contributor=contributor, source=source, valid_from=valid_from, valid_until=valid_until
    )


def provenance_of(bulletin: Bulletin) -> Provenance:
    """What a bulletin's row holds."""
    return Provenance(
        contributor=bulletin.contributor,
        source=bulletin.source,
        valid_from=bulletin.valid_from,
        valid_until=bulletin.valid_until,
    )


def keep_provenance(bulletin: Bulletin, provenance: Provenance) -> None:
    """Write it into a bulletin's row."""
    bulletin.contributor = provenance.contributor
    bulletin.source = provenance.source
    bulletin.valid_from = provenance.valid_from
    bulletin.valid_until = provenance.valid_until


def read_day(typed: str, *, field: str) -> date | None:
    """The day that a form brings; None for nothing; raise ValidityUnusable."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise ValidityUnusable(field=field) from error
