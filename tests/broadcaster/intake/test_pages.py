"""The pages of lists: a file is checked, shown row by row, and kept only when somebody says so."""

import csv
import html
import io
import re

import openpyxl
import pytest
from fastapi import FastAPI

from broadcaster.accounts import guard
from broadcaster.accounts.guard import BoundedBody
from broadcaster.accounts.roles import Role
from broadcaster.areas.queries import residents_on, villages_of
from broadcaster.audit.acts import Act
from broadcaster.intake import api as intake_api
from broadcaster.intake import pages
from broadcaster.intake.at_terminal import Wish, brought, told
from broadcaster.intake.carried import packed, unpacked
from broadcaster.intake.errors import RowsUnreadable
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.reading import Row
from tests.broadcaster.intake.conftest import checked, csv_bytes, kept, verdicts, xlsx_bytes
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient
from tests.trail import acts_of

GOOD = csv_bytes("Cụm;Thôn;Số hộ;Số dân;Chủ tịch", "Cụm Đông;Thôn Một;312;1.234;x",
                 "Cụm Đông;Thôn Mới;10;40;y")  # fmt: skip
BAD = csv_bytes("Cụm;Thôn;Số hộ;Số dân", "Cụm Đông;Thôn Một;312;1.234", "Cụm Đông;Thôn Hai;hai;5")


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """The station's application, with these pages in it."""
    made = station.app(pages.router, intake_api.api)
    made.user_middleware = [each for each in made.user_middleware if each.cls is not BoundedBody]
    guard.install(made, larger_bodies=pages.LARGER_BODIES)
    return made


@pytest.fixture
def admin(station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's browser."""
    return browser(app, token=station.session_of("reader", Role.ADMIN))


def send(admin: TestClient, data: bytes, table: str = "villages") -> tuple[int, str]:
    """The answer to a file."""
    token = form_token(admin.get(f"/import/{table}").text)
    answer = admin.post(
        f"/import/{table}", data={"csrf_token": token}, files={"file": ("ds.csv", data)}
    )
    return answer.status_code, answer.text


def hidden(page: str) -> dict[str, str]:
    """What the page of a check carries."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def count(station: SmallStation) -> int:
    """How many villages there are."""
    with station.database.reading() as session:
        return len(villages_of(session, STATION_ID))


def test_a_file_is_shown_and_then_kept(station: SmallStation, admin: TestClient) -> None:
    """Between the two its rows are in the page and nowhere else."""
    status, page = send(admin, GOOD)
    before = count(station)
    answer = admin.post("/import/villages/rows", data=hidden(page))

    assert status == 200
    assert "Chưa ghi gì" in page
    assert "Không dùng các cột: Chủ tịch." in page
    assert "<ins>1234</ins>" in page
    assert before == 2
    assert "Đã ghi xong" in answer.text
    assert count(station) == 3
    assert acts_of(station.database, Act.TABLE_BROUGHT_IN)[0].by == "acc-reader"


def test_a_row_with_a_problem_keeps_all_out(station: SmallStation, admin: TestClient) -> None:
    """It is told by its cell; the good rows are kept where that is chosen."""
    _, page = send(admin, BAD)
    refused = admin.post("/import/villages/rows", data=hidden(page))
    held = acts_of(station.database, Act.TABLE_BROUGHT_IN)
    chosen = admin.post("/import/villages/rows", data=hidden(page) | {"only_good": "yes"})
    with station.database.reading() as session:
        living = residents_on(session, ["v-1", "v-2"], station.clock().date())

    assert "Ô C3, cột Số hộ:" in page
    assert (refused.status_code, held) == (422, [])
    assert "Có dòng sai nên chưa ghi dòng nào" in refused.text
    assert hidden(refused.text)["rows"] == hidden(page)["rows"]
    assert chosen.status_code == 200
    assert set(living) == {"v-1"}


def test_a_page_that_is_old_is_shown_anew(station: SmallStation, admin: TestClient) -> None:
    """What another admin kept meanwhile is not written over unseen."""
    _, page = send(admin, GOOD)
    kept(station, "villages", csv_bytes("Thôn;Số hộ;Số dân", "Thôn Một;1;2"))
    answer = admin.post("/import/villages/rows", data=hidden(page))

    assert answer.status_code == 409
    assert "<del>2</del>" in answer.text
    assert count(station) == 2


@pytest.mark.parametrize("rows", ["", "x", "AAAA", "\u00e9", packed([])])
def test_rows_that_no_check_carried_are_refused(admin: TestClient, rows: str) -> None:
    """A page that was tampered with keeps nothing."""
    token = form_token(admin.get("/import/villages").text)
    answer = admin.post(
        "/import/villages/rows", data={"csrf_token": token, "rows": rows, "seen": "x"}
    )

    assert answer.status_code == 422


def test_rows_travel_as_they_were() -> None:
    """Words, numbers and their rows; a bomb of rows does not go off."""
    rows = [Row(2, ("Thôn", 12, 1.5, "")), Row(9, ("x",))]
    assert unpacked(packed(rows)) == rows

    bomb = packed([Row(1, ("\0" * 30_000_000,))])
    with pytest.raises(RowsUnreadable):
        unpacked(bomb)


def test_a_large_list_fits_through_the_pages(station: SmallStation, admin: TestClient) -> None:
    """Checked and kept whole; the page shows a part of it and says how many it does not."""
    rows = [f"Cụm Đông;Thôn số {n};100;400" for n in range(900)]
    data = csv_bytes("Cụm;Thôn;Số hộ;Số dân", *rows)
    _, page = send(admin, data)
    answer = admin.post("/import/villages/rows", data=hidden(page))

    assert "Còn 400 dòng nữa" in page
    assert answer.status_code == 200
    assert count(station) == 902


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", csv_bytes("a;b", "1;2"), b"x" * 5_000_001])
def test_a_file_that_cannot_be_read_is_told_on_its_page(admin: TestClient, data: bytes) -> None:
    """With what to do about it, beside the field."""
    status, page = send(admin, data)

    assert status == 422
    assert 'id="file-error"' in page


@pytest.mark.parametrize("kind", sorted(ALL_KINDS))
def test_each_template_is_read_back_without_an_unknown_column(
    station: SmallStation, kind: str
) -> None:
    """By openpyxl and the csv module, and by ourselves: headings and example."""
    role = Role.OPERATOR if kind == "schedules" else Role.ADMIN
    client = browser(station.app(pages.router), token=station.session_of("reader", role))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/import/{kind}/template").content))
    text = client.get(f"/import/{kind}/template?kind=csv").content.decode("utf-8-sig")
    names = [each.name for each in ALL_KINDS[kind].columns]

    assert [each.value for each in book.worksheets[0][1]] == names
    assert next(csv.reader(io.StringIO(text))) == names
    for file in (client.get(f"/import/{kind}/template").content, text.encode("utf-8-sig")):
        outcome = checked(station, kind, file, by="acc-operator")
        assert list(outcome.unknown) == []
        assert len(outcome.lines) == 1


def test_the_example_of_villages_is_a_good_row(station: SmallStation) -> None:
    """Whoever keeps the template as it is gets a village, not a list of mistakes."""
    example = [each.example for each in ALL_KINDS["villages"].columns]
    names = [each.name for each in ALL_KINDS["villages"].columns]

    assert verdicts(checked(station, "villages", xlsx_bytes(names, example))) == ["new"]


def test_a_program_checks_first_and_keeps_when_it_says_so(
    station: SmallStation, app: FastAPI
) -> None:
    """The API answers row by row; without `dry_run=false` nothing is kept."""
    bearer = {"Authorization": f"Bearer {station.session_of('program', Role.ADMIN)}"}
    client = TestClient(app)
    file = {"file": ("ds.csv", BAD)}
    first = client.post("/api/import/villages", headers=bearer, files=file)
    refused = client.post("/api/import/villages?dry_run=false", headers=bearer, files=file)
    before = acts_of(station.database, Act.TABLE_BROUGHT_IN)
    done = client.post(
        "/api/import/villages?dry_run=false&only_good=true", headers=bearer, files=file
    )

    assert first.json()["counts"] == {"new": 0, "changed": 1, "same": 0, "problem": 1}
    (problem,) = first.json()["rows"][1]["problems"]
    assert (problem["cell"], problem["code"]) == ("C3", "cell_number_unusable")
    assert (refused.status_code, refused.json()["code"]) == (422, "table_rows_with_problems")
    assert before == []
    assert done.json()["kept"] is True
    assert len(acts_of(station.database, Act.TABLE_BROUGHT_IN)) == 1


def test_the_command_says_each_row_and_keeps(station: SmallStation) -> None:
    """For people and as JSON; by the machine, or by somebody who is named."""
    now = station.clock()

    def run(data: bytes, **ways: object) -> str:
        wish = Wish(kind="villages", data=data, **ways)  # type: ignore[arg-type]
        outcome = brought(station.database, wish, station_id=STATION_ID, now=now)
        return told(outcome, as_json=False) + told(outcome, as_json=True)

    check = run(BAD, dry_run=True)
    by_machine = run(GOOD, dry_run=False)
    by_somebody = run(
        csv_bytes("Thôn;Số hộ;Số dân", "Thôn Hai;1;2"), dry_run=False, username="admin"
    )

    assert "C3 (Số hộ): Cần một số nguyên" in check
    assert "Chưa ghi gì" in check
    assert '"code":"cell_number_unusable"' in check
    assert "✓ Đã ghi." in by_machine
    assert '"kept":true' in by_somebody
    assert [each.by for each in acts_of(station.database, Act.TABLE_BROUGHT_IN)] == [
        "command",
        "acc-admin",
    ]
