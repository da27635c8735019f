"""Whatever a program sends to the API is answered as the OpenAPI document says, and never with 5xx.

Schemathesis asks, seeded; `make soak` asks longer.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.api_trial import answers_that_break_the_document
from tests.security.conftest import ROLES, fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.test_one_table_of_routes import TABLE
from tests.security.whole_station import live_in
from tests.trail import connect

EXAMPLES = 4
"""Of each operation in each way."""


@pytest.fixture
def lived_in(sqlite_url: str, tmp_path: Path) -> Iterator[Day]:
    """A station in which everything was done once."""
    database = connect(sqlite_url)
    fill(database, folder=tmp_path)
    yield live_in(open_site(database, folder=tmp_path))
    database.dispose()


@pytest.mark.timeout(600)
def test_every_answer_is_as_documented(lived_in: Day) -> None:
    """Sense and nonsense, about things that are there and that are not, by who may and may not."""
    wrong = answers_that_break_the_document(lived_in, TABLE, examples=EXAMPLES, number=2026)

    assert wrong == {}
    for role in ROLES:
        assert lived_in.program(role, "GET", "/api/me").status_code == 200
