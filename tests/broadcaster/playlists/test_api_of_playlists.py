"""Playlists by program: written, composed, submitted and decided, under the same rights."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from broadcaster.bulletins.studio import Studio
from tests.broadcaster.playlists.programme_desk import ProgrammeDesk
from tests.broadcaster.small_station import found_station
from tests.clients import TestClient
from tests.trail import connect


@pytest.fixture
def people(sqlite_url: str, tmp_path: Path, studio: Studio) -> Iterator[ProgrammeDesk]:
    """A station on SQLite whose voice is tones."""
    database = connect(sqlite_url)
    yield ProgrammeDesk(found_station(database, state_dir=tmp_path), studio)
    database.dispose()


@pytest.fixture
def an(people: ProgrammeDesk) -> TestClient:
    """The operator's program."""
    return people.program(people.an_token)


def given(*items: Mapping[str, object], title: str = "Chương trình chiều") -> dict[str, object]:
    """A playlist's body."""
    return {"title": title, "items": list(items)}


def test_the_whole_way_by_program(people: ProgrammeDesk, an: TestClient) -> None:
    """Written, composed, submitted, approved: the last two by the bulletins' routes."""
    news = people.bulletin("Tin tiêm chủng")
    binh = people.program(people.binh_token)
    body = given(
        {"kind": "chime"},
        {"kind": "bulletin", "bulletin_id": news},
        {"kind": "music", "duration_ms": 2_000},
    )
    written = an.post("/api/playlists", json=body)
    assert written.status_code == 201
    assert written.json()["rendition"] is None
    id_ = written.json()["id"]

    composed = an.post(f"/api/playlists/{id_}/rendition").json()
    parts = composed["rendition"]["parts"]
    assert [part["kind"] for part in parts] == ["chime", "bulletin", "music"]
    assert composed["items"][2] == {
        "kind": "music", "title": "Nhạc", "bulletin_id": "", "duration_ms": 2_000,
        "source": "", "approved": True,
    }  # fmt: skip

    assert an.post(f"/api/bulletins/{id_}/submission").json()["state"] == "submitted"
    rendition = composed["rendition"]
    decision = {
        "rendition_id": rendition["id"],
        "spoken_sha256": rendition["spoken_sha256"],
        "audio_sha256": rendition["audio_sha256"],
        "approved": True,
    }
    assert binh.post(f"/api/bulletins/{id_}/decisions", json=decision).status_code == 201
    assert an.get(f"/api/playlists/{id_}").json()["state"] == "approved"
    assert people.on_air(f"/playlists/{id_}")


def test_a_bulletin_that_changed_is_named(people: ProgrammeDesk, an: TestClient) -> None:
    """By its id, and the playlist's line says that it must be made anew."""
    news = people.bulletin("Tin mưa bão")
    address = people.made("chime", news)
    id_ = address.rsplit("/", 1)[1]
    people.approve(address)
    assert an.get(f"/api/playlists/{id_}").json()["changed_since"] == []

    an.put(f"/api/bulletins/{news}", json={"title": "Tin", "script": "Bão đã đổi hướng."})

    shown = an.get(f"/api/playlists/{id_}").json()
    assert shown["changed_since"] == [news]
    assert shown["items"][1]["approved"] is False
    (line,) = an.get("/api/playlists").json()["playlists"]
    assert (line["id"], line["parts"], line["must_be_remade"]) == (id_, 2, True)


def test_a_change_drops_the_sound_and_the_approval(people: ProgrammeDesk, an: TestClient) -> None:
    """As of every bulletin."""
    address = people.made("chime", "closing")
    people.approve(address)
    id_ = address.rsplit("/", 1)[1]

    changed = an.put(f"/api/playlists/{id_}", json=given({"kind": "closing"})).json()

    assert (changed["state"], changed["rendition"]) == ("draft", None)
    assert [each["kind"] for each in changed["items"]] == ["closing"]
    assert not people.on_air(address)


def test_lists_keep_bulletins_and_playlists_apart(people: ProgrammeDesk, an: TestClient) -> None:
    """Each in its own place."""
    news = people.bulletin("Tin một")
    id_ = people.made("chime", news).rsplit("/", 1)[1]

    bulletins = an.get("/api/bulletins").json()["bulletins"]
    programmes = an.get("/api/playlists").json()["playlists"]

    assert [each["id"] for each in bulletins] == [news]
    assert [each["id"] for each in programmes] == [id_]
    assert an.get(f"/api/playlists/{news}").status_code == 404


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (given(), "nothing_in_playlist", "items"),
        (given({"kind": "music"}), "part_unusable", "items"),
        (given({"kind": "trumpet"}), "part_unusable", "items"),
        (given(*[{"kind": "chime"}] * 51), "too_many_parts", "items"),
        (given({"kind": "chime"}, title=""), "title_unusable", "title"),
        (
            given({"kind": "bulletin", "bulletin_id": "bul-aaaaaaaaaaaaaaaa"}),
            "part_not_approved",
            "items",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(
    an: TestClient, body: dict[str, object], code: str, field: str
) -> None:
    """And nothing is kept."""
    answer = an.post("/api/playlists", json=body)

    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert an.get("/api/playlists").json()["playlists"] == []


def test_a_playlist_waits_for_its_bulletins(people: ProgrammeDesk, an: TestClient) -> None:
    """Kept at once, composed only once all are approved."""
    news = people.bulletin("Tin chờ", approved=False)
    body = given({"kind": "bulletin", "bulletin_id": news})
    id_ = an.post("/api/playlists", json=body).json()["id"]

    refused = an.post(f"/api/playlists/{id_}/rendition")

    assert (refused.status_code, refused.json()["code"]) == (422, "part_not_approved")
    people.approve(f"/bulletins/{news}")
    assert an.post(f"/api/playlists/{id_}/rendition").status_code == 200


def test_only_writers_write(people: ProgrammeDesk) -> None:
    """A leader reads, and is told so otherwise."""
    binh = people.program(people.binh_token)

    assert binh.post("/api/playlists", json=given({"kind": "chime"})).status_code == 403
    assert binh.get("/api/playlists").status_code == 200
