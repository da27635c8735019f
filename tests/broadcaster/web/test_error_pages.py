"""What people and programs are told when something goes wrong."""

import pytest

from tests.broadcaster.web.troubled_app import PAGE
from tests.clients import TestClient

JSON_SHAPE = {"code", "message", "message_en", "field", "detail"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/conflict", 405, "method_not_allowed"),
        ("GET", "/conflict", 409, "conflict"),
        ("GET", "/count?repeats=x", 422, "bad_input"),
        ("GET", "/count", 422, "bad_input"),
        ("POST", "/take", 422, "bad_input"),
        ("GET", "/limited", 429, "too_many_requests"),
        ("GET", "/broken", 500, "loa"),
    ],
)
def test_every_error_has_one_form_for_programs_and_one_for_people(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    """Under /api a JSON object whatever is accepted; elsewhere a page that names the same code."""
    told = client.request(method, f"/api{path}", headers=PAGE)
    page = client.request(method, path, headers=PAGE)

    assert (told.status_code, page.status_code) == (status, status)
    body = told.json()
    assert body["code"] == code
    assert body["message"]
    assert body["message_en"]
    assert set(body) <= JSON_SHAPE
    assert page.headers["content-type"].startswith("text/html")
    assert f"<code>{code}</code>" in page.text
    assert body["message"] in page.text


def test_a_fault_within_shows_nothing_of_the_inside(client: TestClient) -> None:
    """A 500 says that what was saved is safe, and no more; it still carries every header."""
    for path in ("/api/broken", "/broken"):
        answer = client.get(path, headers=PAGE)

        assert answer.status_code == 500
        assert "vẫn an toàn" in answer.text
        assert "hunter2" not in answer.text
        assert "ValueError" not in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_what_contradicts_is_named_with_its_field(client: TestClient) -> None:
    """An error's own sentence reaches whoever caused it."""
    body = client.get("/api/conflict").json()
    page = client.get("/conflict", headers=PAGE)

    assert body["detail"] == "Cụm Thượng đã có lần phát lúc 17:00."
    assert body["field"] == "starts_at"
    assert body["detail"] in page.text


def test_each_wrong_field_is_named_in_both_languages(client: TestClient) -> None:
    """Validation names the field and the mistake in everyday words."""
    body = client.post("/api/take", json={"repeats": "many"}).json()

    assert body["detail"] == [
        {"field": "title", "message": "title: còn thiếu", "message_en": "title is missing"},
        {
            "field": "repeats",
            "message": "repeats: phải là số nguyên",
            "message_en": "repeats must be a whole number",
        },
    ]


def test_what_was_typed_is_never_repeated(client: TestClient) -> None:
    """The wrong value may be a secret put into the wrong field."""
    answer = client.post("/api/take", json={"title": "a", "repeats": "my-password"})

    assert answer.status_code == 422
    assert "my-password" not in answer.text


def test_json_that_cannot_be_read_is_a_mistake_of_the_sender(client: TestClient) -> None:
    """Half a document is a 422 with the common shape, not a fault."""
    answer = client.post(
        "/api/take", content=b'{"title": ', headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_input"


def test_an_error_speaks_the_readers_language(client: TestClient) -> None:
    """English for those who chose it, on the page and in its details."""
    client.cookies.set("loa_language", "en")

    page = client.get("/count?repeats=0", headers=PAGE)

    assert "What was entered cannot be used." in page.text
    assert "repeats is too small" in page.text
    assert 'lang="en"' in page.text


def test_an_errors_headers_are_kept(client: TestClient) -> None:
    """When to come back, and which methods there are, belong to the answer."""
    limited = client.get("/limited", headers=PAGE)
    method = client.delete("/api/conflict")

    assert limited.headers["retry-after"] == "60"
    assert method.headers["allow"] == "GET"


def test_a_part_of_a_page_gets_a_part_that_goes_to_the_notice(client: TestClient) -> None:
    """Htmx is told to show the error in the page's notice instead of in the part it asked for."""
    answer = client.get("/conflict", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert answer.headers["hx-retarget"] == "#notice"
    assert "<html" not in answer.text
    assert "Cụm Thượng" in answer.text


def test_a_program_outside_the_api_gets_no_page(client: TestClient) -> None:
    """A loudspeaker that asks for audio that is not there needs no layout."""
    answer = client.get("/audio/nothing.mp3", headers={"Accept": "*/*"})

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "accepts", "method", "leads_to"),
    [
        ("/bulletins/b-1/part/sending", PAGE, "GET", "/bulletins/b-1"),
        ("/leave", PAGE, "GET", None),
        ("/bulletins/b-1/part/sending", {"Accept": "*/*"}, "GET", None),
        ("/bulletins/b-1/part/sending", PAGE, "DELETE", None),
        ("//bulletins/b-1/part/sending", PAGE, "GET", None),
    ],
)
def test_an_address_of_forms_leads_a_person_to_its_page(
    client: TestClient, path: str, accepts: dict[str, str], method: str, leads_to: str | None
) -> None:
    """A telephone loads a refused form's page anew; programs are told that this is no page."""
    answer = client.request(
        method, f"http://testserver{path}", headers=accepts, follow_redirects=False
    )

    assert (answer.status_code == 303) == (leads_to is not None)
    assert answer.headers.get("location") == leads_to
