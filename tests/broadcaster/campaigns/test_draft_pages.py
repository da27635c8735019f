"""A plan's document on the page: proposed with its sentences, taken over only where marked."""

import html
import re
from collections.abc import Iterator

import pytest
from sqlmodel import select

import broadcaster.campaigns.draft_pages
import broadcaster.campaigns.pages
from broadcaster.accounts.roles import Role
from broadcaster.campaigns.keeping import find_campaign, plan_of
from broadcaster.campaigns.tables import Campaign
from broadcaster.database import Database
from tests.broadcaster.campaigns.own_plans import FAILED_SCAN, HOA_KHE
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient
from tests.playlists.documents.papers import paragraph, pdf, word
from tests.trail import connect

LINES = [
    "KẾ HOẠCH",
    "Truyền thông phòng cháy, chữa cháy năm 2026",
    "Phấn đấu đến năm 2026, ít nhất 80% người dân được nghe loa truyền thanh.",
    "Báo cáo kết quả về Ủy ban nhân dân xã trước ngày 10/12 hằng năm.",
]


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A page's form is the subject here, not a query."""
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def operator(station: SmallStation) -> TestClient:
    """An operator's browser on the pages of campaigns."""
    app = station.app(broadcaster.campaigns.draft_pages.router, broadcaster.campaigns.pages.router)
    return browser(app, token=station.session_of("reader", Role.OPERATOR))


def brought(operator: TestClient, name: str, data: bytes) -> tuple[int, str]:
    """The answer to a document: its status, and the page."""
    token = form_token(operator.get("/campaigns/new").text)
    answer = operator.post(
        "/campaigns/draft", data={"csrf_token": token}, files={"document": (name, data)}
    )
    return answer.status_code, answer.text


def campaigns(station: SmallStation) -> list[str]:
    """The ids of all campaigns."""
    with station.database.reading() as session:
        return list(session.exec(select(Campaign.id)))


def test_a_plan_is_proposed_and_nothing_is_taken(
    station: SmallStation, operator: TestClient
) -> None:
    """Hòa Khê: values and sentences stand in the form, no row is marked, nothing is kept."""
    status, page = brought(operator, HOA_KHE.file.name, HOA_KHE.file.read_bytes())
    text = html.unescape(page)

    assert status == 200
    assert "Đây là đề xuất, chưa lưu gì" in text
    assert 'value="Trạm Y tế xã"' in text
    assert "tối thiểu 02 tin, bài/tháng/đơn vị" in text
    assert 'value="2030-12-31"' in text
    assert " checked" not in page
    assert campaigns(station) == []


def test_what_is_marked_becomes_the_campaign(station: SmallStation, operator: TestClient) -> None:
    """The form as it came, with two rows marked: these and no others, with their sentences."""
    _, page = brought(operator, HOA_KHE.file.name, HOA_KHE.file.read_bytes())
    form = page.split('action="/campaigns"', 1)[1].split("</form>", 1)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>|<select.*?</select>", form, re.DOTALL):
        name_of = re.search(r'name="([^"]*)"', tag)
        if name_of is None or 'type="checkbox"' in tag:
            continue
        found = re.search(r'<option value="([^"]*)" selected', tag)
        value = found or re.search(r' value="([^"]*)"', tag)
        sent.setdefault(name_of[1], []).append(html.unescape(value[1]) if value else "")
    sent["kept"] += ["topic-0", "goal-1"]
    answer = operator.post("/campaigns", data=sent)
    (kept,) = campaigns(station)
    with station.database.reading() as session:
        plan = plan_of(session, find_campaign(session, kept, station_id=STATION_ID))

    assert answer.headers["location"] == f"/campaigns/{kept}"
    assert plan.document == HOA_KHE.file.name
    assert plan.topics == ["Nghị quyết 57"]
    assert [(each.percent, each.by_year) for each in plan.goals] == [(80, 2030)]
    assert "Ít nhất 80% người dân" in plan.goals[0].sentence
    assert (plan.quotas, plan.days, plan.units) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ke-hoach.docx", word("".join(paragraph(line) for line in LINES))),
        ("ke-hoach.pdf", pdf(LINES)),
        ("ke-hoach.txt", "\n\n".join(LINES).encode()),
    ],
    ids=["word", "pdf", "text"],
)
def test_word_pdf_and_text_are_read_alike(operator: TestClient, name: str, data: bytes) -> None:
    """The goal, the deadline and the year of the title."""
    status, page = brought(operator, name, data)

    assert status == 200
    assert 'value="80"' in page
    assert 'value="10/12"' in page
    assert 'value="2026-12-31"' in page


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        (FAILED_SCAN.name, FAILED_SCAN.read_bytes(),
         "Không đọc được kế hoạch ban-quet-hong.txt: nhiều từ bị nhận dạng sai"),
        ("anh.png", b"\x89PNG\r\n", "anh.png: Chưa đọc được loại tệp này"),
        ("trong.txt", b"", "Chưa có tệp nào được chọn"),
    ],
    ids=["failed scan", "picture", "empty"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(
    station: SmallStation, operator: TestClient, name: str, data: bytes, told: str
) -> None:
    """And the page offers to bring another."""
    status, page = brought(operator, name, data)

    assert status == 422
    assert told in html.unescape(page)
    assert campaigns(station) == []


def test_an_inspector_brings_nothing(station: SmallStation) -> None:
    """They read what was kept, and propose nothing."""
    app = station.app(broadcaster.campaigns.draft_pages.router, broadcaster.campaigns.pages.router)
    inspector = browser(app, token=station.session_of("inspector", Role.INSPECTOR))
    token = form_token(inspector.get("/campaigns").text)
    answer = inspector.post(
        "/campaigns/draft", data={"csrf_token": token}, files={"document": ("a.txt", b"a")}
    )

    assert answer.status_code == 403
