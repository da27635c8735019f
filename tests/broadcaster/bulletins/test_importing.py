"""A document fills the form of a new bulletin; refused, it takes nothing of what was typed."""

import re
from html import unescape

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.imports import LARGEST_UPLOAD_BYTES, draft_of
from broadcaster.bulletins.studio import Studio
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient
from tests.playlists.documents.papers import paragraph, pdf, word

PLAN = word(paragraph("KẾ HOẠCH") + paragraph("Tiêm vắc xin") + paragraph("Sáng mai tiêm."))


@pytest.fixture
def app(sqlite_station: SmallStation, studio: Studio) -> FastAPI:
    """The product's own app."""
    return create_app(sqlite_station.context, studio=studio)


@pytest.fixture
def an(sqlite_station: SmallStation, app: FastAPI) -> TestClient:
    """An operator's browser."""
    return browser(app, token=sqlite_station.session_of("an", Role.OPERATOR))


class Filled:
    """The form as it came back."""

    def __init__(self, status: int, page: str) -> None:
        self.status, self.page = status, page
        title = re.search(r'id="title" name="title" type="text" value="([^"]*)"', page)
        script = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
        assert title
        assert script
        self.title, self.script = unescape(title[1]), unescape(script[1])


def bring(client: TestClient, document: bytes | None, name: str, **typed: str) -> Filled:
    """Send the form of a new bulletin by its button for a file."""
    token = form_token(client.get("/sign-in").text)
    files = {"document": (name, document or b"")}
    answer = client.post("/bulletins/import", data={"csrf_token": token, **typed}, files=files)
    return Filled(answer.status_code, answer.text)


@pytest.mark.parametrize(
    ("document", "name", "title", "script"),
    [
        (PLAN, "a.docx", "KẾ HOẠCH Tiêm vắc xin", "KẾ HOẠCH\n\nTiêm vắc xin\n\nSáng mai tiêm."),
        (pdf(["Mời họp thôn", "lúc 7 giờ."]), "a.pdf", "Mời họp thôn lúc 7 giờ.",
         "Mời họp thôn\nlúc 7 giờ."),
        ("# Mời họp\n\nBảy giờ.\n".encode(), "a.md", "Mời họp", "# Mời họp\n\nBảy giờ."),
        ("Mời họp\r\n".encode("utf-16"), "a.txt", "Mời họp", "Mời họp"),
    ],
    ids=["Word", "PDF", "markdown", "text"],
)  # fmt: skip
def test_a_document_fills_title_and_script(
    an: TestClient, document: bytes, name: str, title: str, script: str
) -> None:
    """For its author to check; no bulletin is made."""
    filled = bring(an, document, name)

    assert (filled.status, filled.title, filled.script) == (200, title, script)
    assert "Đã lấy chữ từ tệp" in filled.page
    assert "Chưa có bản tin nào" in an.get("/bulletins").text


def test_what_was_typed_stays_and_comes_first(an: TestClient) -> None:
    """A file is added to a script, it does not replace it."""
    filled = bring(
        an,
        PLAN,
        "a.docx",
        title="Tiêm chủng",
        script="Kính thưa bà con.",
        topic="y tế",
        priority="2",
    )

    assert filled.title == "Tiêm chủng"
    assert filled.script == "Kính thưa bà con.\n\nKẾ HOẠCH\n\nTiêm vắc xin\n\nSáng mai tiêm."
    assert 'value="y tế"' in filled.page
    assert re.search(r'value="2"[^>]* checked', filled.page)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (None, "Chưa có tệp nào được chọn"),
        (b"\x89PNG\r\n", "Chưa đọc được loại tệp này"),
        (pdf(bytes(64)), "ảnh quét"),
        (b"x" * 5_000_001, "lớn quá 5 MB"),
    ],
    ids=["none", "picture", "scan", "large"],
)
def test_a_refused_document_takes_nothing_with_it(
    an: TestClient, document: bytes | None, sentence: str
) -> None:
    """Its reason stands at the file, all that was typed is there."""
    filled = bring(an, document, "a.pdf", title="Tiêm chủng", script="Kính thưa bà con.")

    assert filled.status == 422
    assert sentence in filled.page
    assert 'href="#document"' in filled.page
    assert (filled.title, filled.script) == ("Tiêm chủng", "Kính thưa bà con.")


def test_a_document_longer_than_a_bulletin_is_shown_to_be_cut(an: TestClient) -> None:
    """All of it, with the sentence that it is too long."""
    filled = bring(an, ("Sáng mai tiêm. " * 2_100).encode(), "a.txt")

    assert filled.status == 422
    assert "quá giới hạn 30.000" in filled.page
    assert len(filled.script) == 15 * 2_100 - 1


def test_a_body_without_end_is_refused_while_it_comes(an: TestClient) -> None:
    """Larger than any document's form."""
    token = form_token(an.get("/sign-in").text)
    answer = an.post(
        "/bulletins/import",
        data={"csrf_token": token},
        files={"document": ("a.txt", b"x" * LARGEST_UPLOAD_BYTES)},
    )

    assert answer.status_code == 413


def test_only_who_writes_brings_documents(sqlite_station: SmallStation, app: FastAPI) -> None:
    """And a form of another site does not."""
    leader = browser(app, token=sqlite_station.session_of("binh", Role.LEADER))
    token = form_token(leader.get("/sign-in").text)
    files = {"document": ("a.docx", PLAN)}

    assert (
        leader.post("/bulletins/import", data={"csrf_token": token}, files=files).status_code == 403
    )
    assert TestClient(app, follow_redirects=False).post(
        "/bulletins/import", files=files, headers={"Accept": "text/html"}
    ).headers["location"] == "/sign-in"  # fmt: skip


def test_programs_get_title_and_script(sqlite_station: SmallStation, app: FastAPI) -> None:
    """Refusals in the common form, with the code of what was wrong."""
    client = TestClient(app)
    token = sqlite_station.session_of("an", Role.OPERATOR)
    client.headers["Authorization"] = f"Bearer {token}"

    read = client.post("/api/bulletins/import", files={"document": ("a.docx", PLAN)})
    assert read.json() == {
        "title": "KẾ HOẠCH Tiêm vắc xin",
        "script": "KẾ HOẠCH\n\nTiêm vắc xin\n\nSáng mai tiêm.",
    }

    refused = client.post("/api/bulletins/import", files={"document": ("a.pdf", pdf(bytes(64)))})
    assert (refused.status_code, refused.json()["code"]) == (422, "document_scanned")
    assert refused.json()["field"] == "document"
    assert client.post("/api/bulletins/import", json={}).json()["code"] == "document_missing"


def test_a_long_first_line_is_cut_to_a_title_at_a_word() -> None:
    """A title has at most 200 characters."""
    title = draft_of(("Mời bà con " * 40 + ".").encode(), name="a.txt").title

    assert len(title) <= 200
    assert title.endswith((" bà con…", "Mời bà…", "con Mời…"))
