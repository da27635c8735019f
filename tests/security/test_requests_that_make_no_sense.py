"""A web stranger, or a program gone wrong: refused in a sentence, never with the inside of Loa."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.database import Database
from tests.security.conftest import CSRF, Site, fill, open_site

PAGES = [
    "/broadcasts/{}",
    "/broadcasts/{}/live",
    "/bulletins/{}",
    "/evidence/{}/{}/1",
    "/evidence/loa-dong-1-1/{}/1",
]
ROUTES = [
    "/api/broadcasts/{}",
    "/api/broadcasts/{}/devices",
    "/api/bulletins/{}",
    "/api/evidence/{}/{}/1",
]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SENSELESS = ["%00", "a%00b", "%ff", "%ed%a0%80", "'%20OR%201=1--", "%F0%9F%92%A9", "x" * 3_000]


@pytest.fixture
def either(database: Database, tmp_path: Path) -> Site:
    """The real application, on SQLite and on PostgreSQL."""
    fill(database, folder=tmp_path)
    return open_site(database, folder=tmp_path)


def test_no_name_in_an_address_breaks_anything(either: Site) -> None:
    """Signs that a database cannot hold, and names as long as a page, are names of nothing."""
    browser, program = either.browser("leader"), either.program("leader")
    proof = {"csrf_token": CSRF}
    answers = {}
    for name in SENSELESS:
        for page in PAGES:
            answers[page, name] = browser.get(page.replace("{}", name))
        for route in ROUTES:
            answers[route, name] = program.get(route.replace("{}", name))
        for act in ("/broadcasts/{}/cancel", "/schedules/{}/cancel", "/bulletins/{}/decision"):
            answers[act, name] = browser.post(act.replace("{}", name), data=proof)
        answers["queue", name] = browser.post(f"/bulletins/{name}/queue", data=proof)
        answers["withdraw", name] = program.delete(f"/api/schedules/{name}")

    odd = {
        key: each.status_code for key, each in answers.items() if each.status_code not in {404, 422}
    }
    assert odd == {}


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_no_sign_in_a_body_breaks_anything(either: Site, sign: str) -> None:
    """What no database can keep is refused where it stands."""
    program = either.program("operator")
    wish = {"bulletin_id": "storm", "cluster_ids": ["dong"], "starts_local": "2026-11-23T17:00"}
    words = {"title": "Tin", "script": "Kính thưa bà con.", "topic": "", "priority": 3}
    bodies = [
        ("/api/schedules", wish, name) for name in (*wish, "override_reason", "recurrence")
    ] + [("/api/bulletins", words, name) for name in ("title", "script", "topic")]
    odd = {}
    for path, body, name in bodies:
        bad = [f"dong{sign}"] if name == "cluster_ids" else f"{body.get(name, 'gấp')}{sign}"
        text = json.dumps(body | {name: bad, f"x{sign}": 1})
        told = json.dumps(body | {name: bad})
        for content in (text, told):
            answer = program.post(
                path, content=content, headers={"Content-Type": "application/json"}
            )
            if answer.status_code not in {404, 422}:
                odd[path, name, content is text] = answer.status_code
    form = {"csrf_token": CSRF, "clusters": "dong", "override_reason": f"gấp{sign}"}
    if sign == "\0":
        refused = either.browser("operator").post("/bulletins/storm/queue", data=form)
        assert refused.status_code == 422

    assert odd == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 100_000,
        b"\xff\xfe",
        b"",
        b"null",
        b'{"username":"' + b"a" * 500_000 + b'","password":"x"}',
        b'{"username":"an","password":"' + b"a" * 900_000 + b'"}',
    ],
)
def test_a_body_that_is_none_is_refused(site: Site, body: bytes) -> None:
    """However deep, long or empty it is, and without a word of what was sent."""
    answer = site.program().post(
        "/api/sessions", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert len(answer.content) < 2_000


def test_a_body_beyond_the_limit_is_refused_before_it_is_kept(site: Site) -> None:
    """Declared or not: a megabyte is enough for the longest script."""

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 65_536

    declared = site.program().post("/api/sessions", content=b"a" * 1_000_001)
    streamed = site.program().post("/api/sessions", content=endless())

    assert (declared.status_code, streamed.status_code) == (413, 413)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["title", "script", "topic", "priority", "bulletin_id", "cluster_ids",
                         "starts_local", "recurrence", "rendition_id", "approved"]) | st.text(),
        inner,
    ),
    max_leaves=12,
))  # fmt: skip
def test_no_json_breaks_anything(site: Site, body: object) -> None:
    """Whatever is sent where a bulletin, a schedule or a decision is expected: a 4xx."""
    operator, leader = site.program("operator"), site.program("leader")
    answers = [
        operator.post("/api/bulletins", json=body),
        operator.put("/api/bulletins/storm", json=body),
        operator.post("/api/schedules", json=body),
        leader.post("/api/bulletins/storm/decisions", json=body),
        leader.post("/api/sessions", json=body),
    ]

    assert {answer.status_code for answer in answers} <= {201, 401, 404, 409, 422}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/nowhere", "/bulletins/nothing", "/static/../app.py"]
)
def test_an_error_tells_nothing_of_the_inside(site: Site, path: str) -> None:
    """No path, no class, no query: what happened, and what to do."""
    text = site.browser("operator").get(path).text

    for inside in ("Traceback", "sqlite", "site-packages", "SELECT", "broadcaster."):
        assert inside not in text
