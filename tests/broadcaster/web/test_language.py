"""Choosing a language, and coming back to the same page."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.language import safe_next, translations
from tests.broadcaster.web.troubled_app import PAGE
from tests.clients import TestClient


def test_pages_speak_vietnamese_whatever_the_browser_prefers(client: TestClient) -> None:
    """A browser bought in English does not make its owner read English."""
    page = client.get("/", headers={**PAGE, "Accept-Language": "en-US,en;q=0.9"})

    assert '<html lang="vi">' in page.text
    assert "Bản tin" in page.text


def test_a_chosen_language_is_kept_and_can_be_taken_back(client: TestClient) -> None:
    """The switch remembers, returns to the page, and works the other way round."""
    switch = client.get("/language/en?next=/bulletins/a", follow_redirects=False)
    page = client.get("/bulletins/a", headers=PAGE)
    client.get("/language/vi")

    assert (switch.status_code, switch.headers["location"]) == (303, "/bulletins/a")
    assert "HttpOnly" in switch.headers["set-cookie"]
    assert '<html lang="en">' in page.text
    assert "Skip to the content" in page.text
    assert '<html lang="vi">' in client.get("/", headers=PAGE).text


def test_a_language_that_does_not_exist_is_not_found(client: TestClient) -> None:
    """Only the two languages there are can be chosen."""
    answer = client.get("/language/fr", follow_redirects=False)

    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_the_switch_leads_back_to_the_page_it_stands_on(client: TestClient) -> None:
    """Path and query survive, so that a search is not lost."""
    page = client.get("/bulletins/a?q=%C4%91i%E1%BB%87n&trang=2", headers=PAGE).text
    found = re.search(r'href="(/language/en[^"]+)"', page)

    assert found
    back = client.get(found[1], follow_redirects=False)
    assert back.headers["location"] == "/bulletins/a?q=%C4%91i%E1%BB%87n&trang=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "evil", "", "/\t/evil.example", "/a\r\nSet-Cookie: b", "/ế",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(target: str) -> None:
    """Whatever is not plainly a path of this site leads to the first page."""
    assert safe_next(target) == "/"


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_a_return_address_never_has_a_host(tail: str) -> None:
    """For any text the result is a path on this site, fit for a header."""
    result = safe_next("/" + tail)

    assert result.startswith("/")
    assert not result.startswith("//")
    assert not urlsplit(result).netloc
    assert result.isprintable()
    assert "\\" not in result


def test_english_counts_in_one_and_many() -> None:
    """Plurals come from the catalogue as it stands in the source tree."""
    msgid = "Có %(num)s chỗ cần sửa"
    english = translations("en")

    assert english.ngettext(msgid, msgid, 1) == "%(num)s thing to correct"
    assert english.ngettext(msgid, msgid, 2) == "%(num)s things to correct"
    assert translations("vi").ngettext(msgid, msgid, 2) == msgid
