"""The doors to voices, languages, recordings and programmes, shaken: refused, never broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from broadcaster.database import Database
from tests.security.conftest import CSRF, OWN_VILLAGE, Site, fill, open_site

SENSELESS = ["%00", "a%00b", "%ff", "%ed%a0%80", "'%20OR%201=1--", "%F0%9F%92%A9", "x" * 3_000]
ODD: list[Any] = [
    "\0", "a\0b", "\ud800", "\u202egnol", "x" * 5_000, "", None, [], {}, True, -1, 0,
    2**31, 2**63, 10**30, -(2**63) - 1, 1e308, 253_402_300_799_000, "<b>{{7*7}}</b>", "../../etc",
]  # fmt: skip


@pytest.fixture
def either(database: Database, tmp_path: Path) -> Site:
    """The real application, on SQLite and on PostgreSQL."""
    fill(database, folder=tmp_path)
    return open_site(database, folder=tmp_path)


def bodies() -> list[tuple[str, str, dict[str, Any]]]:
    """What a program would send, where to."""
    part = {"kind": "music", "duration_ms": 2_000}
    relay = {"kind": "relay", "duration_ms": 2_000, "source": "VOV"}
    item = {"kind": "bulletin", "bulletin_id": "storm"}
    return [
        ("PUT", "/api/station/voice", {
            "engine": "", "voice": "", "accent": "north", "rate": 1.0, "pitch": 50,
            "gaps": "normal", "loudspeaker": "horn", "ident_words": "Đây là đài xã.",
            "closing_words": "Xin chào.",
        }),
        ("PUT", f"/api/villages/{OWN_VILLAGE}/languages", {"languages": ["Tày"]}),
        ("POST", "/api/playlists", {"title": "Sáng", "topic": "", "priority": 3, "items": [part]}),
        ("POST", "/api/playlists", {"title": "Sáng", "items": [relay]}),
        ("POST", "/api/playlists", {"title": "Sáng", "items": [item, part]}),
        ("POST", "/api/bulletins", {
            "title": "Tin", "script": "Kính thưa bà con.", "repeat": "none", "rate": 1.0,
            "tells_issue": True, "issued_at_ms": 1_763_800_000_000, "vietnamese_only": False,
        }),
        ("POST", "/api/bulletins/storm/recordings/rec-1/confirmation", {"script_sha256": ""}),
    ]  # fmt: skip


def bent(body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The body with each of its values replaced by each odd one, also inside its lists."""
    found = []
    for name, value in body.items():
        for odd in ODD:
            found.append((f"{name}={odd!r:.30}", body | {name: odd}))
            if isinstance(value, list):
                found.append((f"{name}[0]={odd!r:.30}", body | {name: [odd]}))
                first = value[0]
                if isinstance(first, dict):
                    found += [
                        (f"{name}.{key}={odd!r:.30}", body | {name: [first | {key: odd}]})
                        for key in first
                    ]
    return found


def test_no_value_that_a_program_sends_breaks_anything(either: Site) -> None:
    """Whatever stands where a word, a number or a list is awaited is taken or refused."""
    program = either.program("operator")
    broken = {}
    for method, path, body in bodies():
        for told, sent in bent(body):
            answer = program.request(
                method, path, content=json.dumps(sent),
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
            if answer.status_code >= 500:
                broken[path, told] = answer.status_code

    assert broken == {}


def test_no_name_in_a_new_address_breaks_anything(either: Site) -> None:
    """Signs that a database cannot hold, and names as long as a page, are names of nothing."""
    browser, program = either.browser("operator"), either.program("operator")
    answers = {}
    for name in SENSELESS:
        for page in ("/playlists/{}", "/playlists/{}/edit", "/playlists/new?from={}"):
            answers[page, name] = browser.get(page.replace("{}", name))
        for route in (
            "/api/playlists/{}",
            "/api/villages/{}/languages",
            "/api/bulletins/{}/recordings",
        ):
            answers[route, name] = program.get(route.replace("{}", name))
        for act in (
            "/playlists/{}", "/playlists/{}/rendition", "/villages/{}/languages",
            "/villages/{}/languages/removal", "/bulletins/storm/recordings/{}/confirmation",
            "/bulletins/storm/recordings/{}/removal", "/bulletins/{}/recordings/rec/removal",
        ):  # fmt: skip
            fields = {"csrf_token": CSRF, "language": "Tày", "title": "x"}
            answers[act, name] = browser.post(act.replace("{}", name), data=fields)
        gone = f"/api/bulletins/storm/recordings/{name}"
        answers[gone, name] = program.delete(gone)

    broken = {key: each.status_code for key, each in answers.items() if each.status_code >= 500}
    assert broken == {}


def test_no_field_of_a_new_form_breaks_anything(either: Site) -> None:
    """Nor does what a browser sends that nobody wrote."""
    browser = either.browser("operator")
    forms = [
        (
            "/voices",
            ("engine", "voice", "choice", "accent", "rate", "pitch", "gaps", "ident_words"),
        ),
        ("/voices/trial", ("sentence", "rate", "voice")),
        ("/playlists", ("title", "act", "kind", "bulletin_id", "minutes", "seconds", "source")),
        (f"/villages/{OWN_VILLAGE}/languages", ("language",)),
        ("/bulletins/storm/recordings", ("language", "village_id", "script_sha256")),
    ]
    broken = {}
    for path, names in forms:
        for name in names:
            for odd in (
                "\0",
                "a\0",
                "\u202e",
                "9" * 400,
                "-1",
                "nan",
                "1e999",
                "<b>",
                "²",
                "x" * 9_000,
            ):
                fields = {"csrf_token": CSRF, "title": "Sáng", name: odd}
                answer = browser.post(path, data=fields)
                if answer.status_code >= 500:
                    broken[path, name, odd[:9]] = answer.status_code

    assert broken == {}


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


def test_no_new_page_runs_what_somebody_typed(site: Site) -> None:
    """A programme's title, a voice's words, a language: letters, wherever shown."""
    author, program = site.browser("operator"), site.program("operator")
    item = {"kind": "music", "duration_ms": 2_000}
    made = program.post("/api/playlists", json={"title": HOSTILE, "items": [item]})
    assert made.status_code == 201, made.text
    place = f"/playlists/{made.json()['id']}"
    program.post(f"/api{place}/rendition")
    typed = {"csrf_token": CSRF, "ident_words": HOSTILE, "sentence": HOSTILE, "language": HOSTILE}

    shown = [author.get(page).text for page in (place, f"{place}/edit", "/playlists", "/bulletins")]
    shown.append(author.get(f"/playlists/new?from={made.json()['id']}").text)
    shown += [author.post(page, data=typed).text for page in ("/voices", "/voices/trial")]
    shown.append(author.post(f"/villages/{OWN_VILLAGE}/languages", data=typed).text)

    assert sum("alert(1)" in page for page in shown) >= 5
    for page in shown:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in page.split("alert(1)", 1)[-1][:60]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\x1b", "\x07", "\x9b", "\ufeff"])
def test_no_title_looks_like_another(site: Site, sign: str) -> None:
    """What turns the direction, or talks to a terminal, is no part of a title."""
    program = site.program("operator")
    item = {"kind": "music", "duration_ms": 2_000}
    words = {"title": f"Tin{sign} mới", "topic": f"y{sign}tế"}

    playlist = program.post("/api/playlists", json=words | {"items": [item]})
    bulletin = program.post("/api/bulletins", json=words | {"script": "Kính thưa bà con."})

    for kept in (playlist, bulletin):
        assert kept.status_code == 201
        assert (kept.json()["title"], kept.json()["topic"]) == ("Tin mới", "ytế")
        assert sign not in json.dumps(kept.json(), ensure_ascii=False)
