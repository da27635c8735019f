"""Long lists in parts: which entries stand in one, and the addresses of the others."""

import pytest
from starlette.requests import Request

from broadcaster.web.paging import Paging, paging


def asked(address: str) -> Request:
    """A request for an address."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "server": ("station", 80),
        "scheme": "http",
    }
    return Request(scope)


def parts(address: str, total: int, page: int) -> Paging:
    """Of a list with ten entries to a part."""
    return paging(asked(address), total, page=page, size=10, leave_out=("saved",))


@pytest.mark.parametrize(
    ("total", "page", "first", "last", "pages"),
    [(0, 1, 0, 0, 1), (10, 1, 0, 10, 1), (11, 1, 0, 10, 2), (11, 2, 10, 11, 2), (11, 9, 10, 11, 2)],
)
def test_a_part_never_lies_beyond_the_last(
    total: int, page: int, first: int, last: int, pages: int
) -> None:
    """Every entry stands in exactly one part; who asks for more is shown the last."""
    found = parts("/devices", total, page)

    assert (found.begins, found.ends, found.pages) == (first, last, pages)
    assert list(range(total))[found.part()] == list(range(first, last))


def test_what_was_asked_for_stays_in_the_address() -> None:
    """But for what was said once: that something was saved, and what a live part showed."""
    found = parts("/devices?cluster=c-1&contact=offline&page=2&saved=true&have=ab", 40, 2)

    assert found.address(3) == "/devices?cluster=c-1&contact=offline&page=3"
    assert found.address(1) == "/devices?cluster=c-1&contact=offline"


def test_the_first_part_of_a_bare_list_has_the_bare_address() -> None:
    """One address for one page."""
    assert parts("/devices?page=2", 40, 2).address(1) == "/devices"
