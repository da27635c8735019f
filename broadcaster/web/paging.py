"""Long lists in parts: which part is shown, how many there are, and the address of each other.

A province has ten thousand devices; a commune's list fits on one page and shows nothing of this.
The number of the part stands in the address (`page`) beside whatever else was asked for there.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request

ROWS = 100
"""Rows of a long list on one page."""

PageAsked = Annotated[int, Query(alias="page", ge=1, le=100_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """One part of a list: `page` counts from 1 and never lies beyond the last."""

    page: int
    pages: int
    total: int
    size: int
    path: str
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def begins(self) -> int:
        """How many entries come before this part."""
        return (self.page - 1) * self.size

    @property
    def ends(self) -> int:
        """How many entries there are until the end of this part."""
        return min(self.begins + self.size, self.total)

    def part(self) -> slice:
        """Which entries of the whole list are shown."""
        return slice(self.begins, self.ends)

    def address(self, page: int) -> str:
        """The address of another part, with all that was asked for besides."""
        query = [*self.asked, *([("page", str(page))] if page > 1 else [])]
        return f"{self.path}?{urlencode(query)}" if query else self.path


def paging(
    request: Request,
    total: int,
    *,
    page: int,
    size: int = ROWS,
    path: str = "",
    leave_out: tuple[str, ...] = (),
) -> Paging:
    """The part of `total` entries that an address asks for; the last one where it asks for more.

    `path` is the page's own address where a request is for a part of it; `leave_out` names what is
    said in the address once and not again (such as `saved`).
    """
    pages = max(-(-total // size), 1)
    besides = {"page", "have", *leave_out}
    return Paging(
        page=min(page, pages),
        pages=pages,
        total=total,
        size=size,
        path=path or request.url.path,
        asked=tuple(pair for pair in request.query_params.multi_items() if pair[0] not in besides),
    )
