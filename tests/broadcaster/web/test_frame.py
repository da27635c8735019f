"""The layout around every page."""

import re
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, Request, Response
from jinja2 import UndefinedError
from starlette.middleware.base import RequestResponseEndpoint

from broadcaster.web import frame
from broadcaster.web.frame import NavigationItem, current_href, visible_navigation
from tests.broadcaster.web.troubled_app import NAVIGATION, PAGE
from tests.clients import TestClient


@dataclass(frozen=True)
class Someone:
    """A person who is signed in."""

    display_name: str = "Nguyễn Thị Lan <b>"
    roles: frozenset[str] = frozenset({"operator"})
    station_count: int = 1


def _signed_in(app: FastAPI, person: Someone) -> None:
    async def sign_in(request: Request, go_on: RequestResponseEndpoint) -> Response:
        request.state.viewer = person
        request.state.csrf_token = "token-of-this-session"
        return await go_on(request)

    app.middleware("http")(sign_in)


def test_a_visitor_sees_the_station_and_a_way_to_sign_in(client: TestClient) -> None:
    """Without anybody signed in there is a name, a sign-in link and no sign-out form."""
    page = client.get("/", headers=PAGE).text

    assert "Đài truyền thanh xã Đồng Bãi" in page
    assert 'href="/sign-in"' in page
    assert "/sign-out" not in page
    assert "csrf" not in page


def test_who_is_signed_in_can_sign_out_with_a_token(app: FastAPI, client: TestClient) -> None:
    """Signing out is a form with the session's token; a name is text, whatever it holds."""
    _signed_in(app, Someone())

    page = client.get("/", headers=PAGE).text

    assert "Nguyễn Thị Lan &lt;b&gt;" in page
    assert '<form class="who" method="post" action="/sign-out">' in page
    assert '<input type="hidden" name="csrf_token" value="token-of-this-session">' in page
    assert '<meta name="csrf-token" content="token-of-this-session">' in page


def test_the_current_entry_is_marked_once(client: TestClient) -> None:
    """A page below an entry belongs to that entry, not to the first page."""
    page = client.get("/bulletins/a", headers=PAGE).text

    assert re.findall(r'<a href="([^"]+)" aria-current="page">', page) == ["/bulletins"]


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("/", "/"),
        ("/bulletins", "/bulletins"),
        ("/bulletins/7/edit", "/bulletins"),
        ("/bulletins-old", None),
        ("/sign-in", None),
    ],
)
def test_an_entry_owns_its_own_paths_only(path: str, href: str | None) -> None:
    """A path that merely begins alike is another page."""
    assert href == current_href(NAVIGATION, path=path)


def test_an_entry_is_marked_on_the_pages_that_it_leads_to() -> None:
    """What has no entry of its own stands under the one that covers it."""
    entry = NavigationItem(label="Bản tin", href="/bulletins", icon="x", covers=("/lexicon",))

    assert current_href([*NAVIGATION, entry], path="/lexicon/7") == "/bulletins"
    assert current_href(NAVIGATION, path="/lexicon/7") is None


def test_entries_with_roles_are_for_those_roles(app: FastAPI, client: TestClient) -> None:
    """An admin's entry is not shown to an operator, nor to nobody."""
    operator, admin = Someone(), Someone(roles=frozenset({"admin"}))
    _signed_in(app, operator)

    assert "/devices" not in client.get("/", headers=PAGE).text
    assert NAVIGATION[2] not in visible_navigation(NAVIGATION, viewer=None)
    assert NAVIGATION[2] in visible_navigation(NAVIGATION, viewer=admin)


def test_a_rehearsal_says_so_on_every_page(app: FastAPI, client: TestClient) -> None:
    """Nobody may take a rehearsal for the air, and nobody may take the air for a rehearsal."""
    on_air = client.get("/", headers=PAGE).text
    app.state.rehearsal = True
    rehearsal = client.get("/", headers=PAGE).text

    assert "Đài trình diễn" not in on_air
    assert "Đài trình diễn" in rehearsal


def test_a_page_is_its_readers_own(client: TestClient) -> None:
    """No shared cache may hand one person's page to another."""
    headers = client.get("/", headers=PAGE).headers

    assert headers["cache-control"] == "private, no-cache"
    assert headers["vary"] == "Cookie"


def test_a_page_that_forgets_a_value_fails_loudly(app: FastAPI) -> None:
    """A hole in a template is a fault to be seen by its author, never a blank for the reader."""
    request = Request(
        {"type": "http", "method": "GET", "path": "/", "headers": [], "app": app,
         "query_string": b"", "server": ("x", 80), "scheme": "http"}
    )  # fmt: skip

    with pytest.raises(UndefinedError, match="status"):
        frame.render(request, "web/pages/error.html", message="", detail=[], code="")


def test_htmx_may_neither_evaluate_nor_leave_the_site(client: TestClient) -> None:
    """The page's configuration matches the security policy it is sent with."""
    page = client.get("/", headers=PAGE).text

    for setting in (
        '"allowEval":false',
        '"includeIndicatorStyles":false',
        '"selfRequestsOnly":true',
    ):
        assert setting in page
