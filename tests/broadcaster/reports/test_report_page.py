"""The page of reports and its API: who sees what, where figures lead, and what is refused how."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.tables import RoleGrant
from broadcaster.app import create_app
from broadcaster.areas.queries import MANY_VILLAGES
from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.studio import Studio
from broadcaster.reports.files import MEDIA_TYPES, FileKind
from broadcaster.settings import Settings
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.many_villages import add_many_villages
from tests.broadcaster.reports.conftest import scene_at
from tests.broadcaster.reports.made import report_of
from tests.broadcaster.reports.scene import SCHOOL, Scene
from tests.broadcaster.small_station import Clock, SmallStation
from tests.clients import TestClient

QUARTER = {"period": "2026-Q3"}
ROLES = ("operator", "leader", "admin", "inspector", "village_head")
_LINK = re.compile(r'href="(/(?:ledger|broadcasts|devices|emergency|thon)[^"#]*)"')


class Site:
    """The whole application over the scene, with one person of each role signed in."""

    def __init__(self, scene: Scene) -> None:
        station = SmallStation(
            scene.database, Settings(state_dir=scene.state_dir), Clock(scene.now)
        )
        self.scene = scene
        self.tokens = {role: station.session_of(role) for role in ROLES}
        with scene.database.writing() as session:
            session.add_all(
                RoleGrant(
                    account_id=f"acc-{role}",
                    station_id=STATION,
                    role=role,
                    village_id="thon-2" if role == "village_head" else None,
                )
                for role in ROLES
            )
        self.app: FastAPI = create_app(scene.context, studio=Studio.__new__(Studio))

    def browser(self, role: str) -> TestClient:
        """A browser in which somebody of this role has signed in."""
        client = TestClient(self.app, follow_redirects=False, headers={"Accept": "text/html"})
        client.cookies.set(SESSION_COOKIE, self.tokens[role])
        return client

    def program(self, role: str) -> TestClient:
        """A program that acts for somebody of this role."""
        return TestClient(self.app, headers={"Authorization": f"Bearer {self.tokens[role]}"})


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The scene of the third quarter, served."""
    folder = tmp_path_factory.mktemp("site")
    file = folder / "station.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    with scene_at(f"sqlite:///{file}", folder) as scene:
        yield Site(scene)


@pytest.mark.parametrize("role", ["operator", "leader", "admin", "inspector"])
def test_the_staff_sees_the_whole_station(site: Site, role: str) -> None:
    """Figures in words, a bar beside each, all files but none that cannot be made."""
    page = site.browser(role).get("/reports", params=QUARTER)

    assert page.status_code == 200
    for words in (
        "Quý 3 năm 2026 · Đài An Phú",
        "47,9% (3.980)",
        "42,1% (3.500)",
        "8,5 trong 16,0",
    ):
        assert words in page.text
    assert "không phải số người nghe" in page.text
    assert page.text.count('class="report-bar"') >= 8
    assert "ông Năm" not in page.text


def test_a_head_sees_the_own_village_and_no_other(site: Site) -> None:
    """Unasked it is theirs; the station is refused, another village is not there."""
    head = site.browser("village_head")
    own = head.get("/reports", params=QUARTER)
    whole = head.get("/reports", params={**QUARTER, "scope": "station"})
    other = head.get("/reports/csv", params={**QUARTER, "scope": "village:thon-1"})
    unit = head.get("/reports", params={**QUARTER, "scope": f"contributor:{SCHOOL}"})

    assert own.status_code == 200
    assert "Quý 3 năm 2026 · Thôn Hai" in own.text
    assert "Thôn Một" not in own.text
    assert "Thôn Ba" not in own.text
    assert "/devices/" not in own.text
    assert (whole.status_code, other.status_code, unit.status_code) == (403, 404, 403)
    assert "báo cáo của thôn mình" in whole.text


@pytest.mark.parametrize("role", ["operator", "village_head"])
def test_every_figure_leads_to_what_it_is_counted_from(site: Site, role: str) -> None:
    """Each link on the page opens for whoever got it."""
    browser = site.browser(role)
    page = browser.get("/reports", params=QUARTER)
    links = {unescape(link) for link in _LINK.findall(page.text.split('class="report-table', 1)[1])}

    assert any(link.startswith("/broadcasts/") for link in links)
    assert any(link.startswith("/ledger/villages/") for link in links)
    assert any(link.startswith("/emergency/") for link in links)
    answers = {link: browser.get(link, follow_redirects=True).status_code for link in links}
    assert {link: code for link, code in answers.items() if code != 200} == {}


@pytest.mark.parametrize(
    ("asked", "status", "words_vi", "words_en"),
    [
        ({"period": "2026-Q5"}, 422, "Không đọc được khoảng thời gian", "cannot be read"),
        ({"period": "2026-02-30"}, 422, "Không đọc được khoảng thời gian", "cannot be read"),
        ({"period": "2027"}, 422, "chưa bắt đầu", "has not begun"),
        ({"period": "2020..2026"}, 422, "tối đa 3 năm", "at most 3 years"),
        ({**QUARTER, "scope": "village:thon-9"}, 404, "Không có thôn này", "no such village"),
        ({**QUARTER, "scope": "everything"}, 422, "Không rõ báo cáo về ai", "not clear"),
        ({**QUARTER, "scope": "contributor:Ai"}, 404, "Chưa có bản tin", "no bulletin"),
    ],
)
def test_what_cannot_be_reported_is_said_in_both_languages(
    site: Site, asked: dict[str, str], status: int, words_vi: str, words_en: str
) -> None:
    """On the page in the reader's language, in the API in both."""
    page = site.browser("operator").get("/reports", params=asked)
    problem = site.program("operator").get("/api/reports", params=asked)

    assert (page.status_code, problem.status_code) == (status, status)
    assert words_vi in page.text
    assert words_vi in problem.json()["message"]
    assert words_en in problem.json()["message_en"]


def test_two_days_are_a_period_as_well(site: Site) -> None:
    """The form sends two dates; what has not ended says so."""
    browser = site.browser("operator")
    days = browser.get("/reports", params={"first": "2026-07-01", "last": "2026-08-09"})
    running = browser.get("/reports", params={"period": "2026-H2"})

    assert "Từ 1/7/2026 đến 9/8/2026" in days.text
    assert "Thời gian này chưa hết" not in days.text
    assert "6 tháng cuối năm 2026" in running.text
    assert "Số liệu tính đến 17:00 ngày 23/11/2026" in running.text


def test_the_page_speaks_english_too(site: Site) -> None:
    """Files stay Vietnamese: they go to Vietnamese offices."""
    browser = site.browser("operator")
    browser.cookies.set("loa_language", "en")
    page = browser.get("/reports", params=QUARTER)
    file = browser.get("/reports/csv", params=QUARTER)

    assert "Mean coverage of a broadcast" in page.text
    assert "47.9% (3,980)" in page.text
    assert "Từng lần phát" in file.content.decode("utf-8-sig")


def test_the_api_tells_the_figures_with_their_evidence(site: Site) -> None:
    """Equal to the ledger's; each names an address that answers."""
    program = site.program("inspector")
    told = program.get("/api/reports", params={**QUARTER, "scope": "station"}).json()
    ledger = program.get("/api/coverage", params=QUARTER).json()
    figures = [told["coverage"], *told["coverage_by_topic"], *told["coverage_by_village"]]
    addresses = [each["evidence"] for each in (*figures, *told["broadcasts"], *told["poles"])]

    assert told["coverage"]["coverage"] == ledger["figures"][0]["coverage"]
    assert told["coverage"]["reach"] == ledger["figures"][0]["reach"]
    assert told["plays"]["not_confirmed"] == 7
    assert [each["hazard"] for each in told["emergencies"]] == ["flood", "flood"]
    answers = {each: program.get(each).status_code for each in addresses}
    assert {each: code for each, code in answers.items() if code != 200} == {}


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_file_can_be_taken_along(site: Site, kind: FileKind) -> None:
    """Named for what is in it, kept by nobody on the way."""
    scope = f"contributor:{SCHOOL}"
    file = site.browser("leader").get(f"/reports/{kind}", params={**QUARTER, "scope": scope})

    assert file.status_code == 200
    assert file.headers["content-type"] == MEDIA_TYPES[kind]
    assert file.headers["content-disposition"] == (
        f'attachment; filename="bao-cao-2026-Q3-truong-thcs-an-phu.{kind}"'
    )
    assert "no-store" in file.headers["cache-control"]
    assert len(file.content) > 1_000


def test_a_broken_template_is_told_to_whoever_asks(site: Site) -> None:
    """The Word file says what to do; the others are made as ever."""
    own = site.scene.state_dir / "report-template.docx"
    own.write_bytes(b"no document")
    browser = site.browser("operator")
    try:
        word, sheet = (browser.get(f"/reports/{kind}", params=QUARTER) for kind in ("docx", "xlsx"))
    finally:
        own.unlink()

    assert (word.status_code, sheet.status_code) == (422, 200)
    assert "report-template.docx" in word.text


def test_json_and_file_are_one(site: Site) -> None:
    """The file of a report and the answer of the API differ in nothing but the instant."""
    file = site.browser("operator").get("/reports/json", params=QUARTER).json()
    answer = site.program("operator").get("/api/reports", params=QUARTER).json()

    assert file == answer
    assert file["total"]["broadcasts"] == report_of(site.scene).total.broadcasts


def test_where_there_are_many_villages_those_of_one_cluster_are_offered(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """A province's thousands are no list to choose from; the one that was chosen stays in it."""
    file = tmp_path / "station.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    with scene_at(f"sqlite:///{file}", tmp_path) as scene:
        with scene.database.writing() as session:
            session.add(Cluster(id="cl-9", station_id=STATION, name="Cụm xa", position=9))
            session.flush()
            add_many_villages(session, cluster_id="cl-9")
        leader = Site(scene).browser("leader")

        def offered(**asked: str) -> list[str]:
            page = leader.get("/reports", params=QUARTER | asked).text
            return re.findall(r'<option value="village:([\w-]+)"', page)

        assert offered() == []
        assert len(offered(cluster="cl-9")) == MANY_VILLAGES
        assert offered(scope="village:thon-2") == ["thon-2"]
        assert "thon-2" in offered(scope="village:thon-2", cluster="cl-9")
