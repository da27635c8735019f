"""A recording that the approver's page does not show is not approved with the rest."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.areas.languages import keep_languages
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import RenditionChanged, UnknownBulletin
from broadcaster.bulletins.recordings import (
    keep_recording,
    retire_recording,
    wanted_recordings,
)
from broadcaster.bulletins.tables import Bulletin, BulletinKind, BulletinRecording
from broadcaster.database import Database
from broadcaster.dispatch.conductor import Conductor
from broadcaster.schedule.tables import Broadcast
from broadcaster.wire import Wire
from tests.broadcaster.dispatch.fleet import leading
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys
from tests.trail import followed


@dataclass(frozen=True, slots=True)
class Tay:
    """A recording in the audio store."""

    sha256: str = "ab" * 32
    size_bytes: int = 30_000
    duration_ms: int = 4_000


@pytest.fixture
def newsroom(on_sqlite: Database, tmp_path: Path) -> Newsroom:
    """A station at noon of a Monday; people of its first village speak Tày."""
    opened = open_newsroom(on_sqlite, state_dir=tmp_path)
    speak(opened, "Tày")
    return opened


def speak(newsroom: Newsroom, *languages: str) -> None:
    """Enter what is spoken in the first village."""
    with newsroom.small.database.writing() as session:
        keep_languages(
            session,
            "v-1",
            languages,
            station_id=STATION_ID,
            by=newsroom.operator,
            now=newsroom.now(),
        )


def recorded(newsroom: Newsroom) -> str:
    """A bulletin with sound and a recording, not submitted yet."""
    bulletin = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        keep_recording(
            session,
            bulletin,
            village_id="v-1",
            language="Tày",
            sound=Tay(),
            by=newsroom.operator,
            now=newsroom.now(),
        )
    return bulletin


def submit(newsroom: Newsroom, bulletin: str) -> None:
    """Ask the leader."""
    with newsroom.small.database.writing() as session:
        desk.submit(session, bulletin, by=newsroom.operator, now=newsroom.now())


def played(newsroom: Newsroom, bulletin: str) -> list[str]:
    """The recordings that would go on air with the bulletin's present sound."""
    with newsroom.small.database.reading() as session:
        rendition = newsroom.rendition(session, bulletin)
        return [each["audio_sha256"] for each in rendition.recordings]


def test_a_language_given_up_before_the_submission_takes_its_recording_along(
    newsroom: Newsroom,
) -> None:
    """What the leader is asked about is what the page shows."""
    bulletin = recorded(newsroom)
    assert played(newsroom, bulletin) == [Tay().sha256]
    speak(newsroom)

    submit(newsroom, bulletin)

    with newsroom.small.database.reading() as session:
        assert wanted_recordings(session, session.get_one(Bulletin, bulletin)) == []
    assert played(newsroom, bulletin) == []
    newsroom.approve(bulletin)


def test_a_language_given_up_afterwards_keeps_the_leader_from_saying_yes(
    newsroom: Newsroom,
) -> None:
    """A recording that was hidden from the page meanwhile is not approved unheard."""
    bulletin = recorded(newsroom)
    submit(newsroom, bulletin)
    speak(newsroom)

    with pytest.raises(RenditionChanged):
        newsroom.approve(bulletin)

    newsroom.approve(bulletin, approved=False)
    submit(newsroom, bulletin)
    newsroom.approve(bulletin)
    assert played(newsroom, bulletin) == []


def test_a_recording_with_its_language_is_approved_and_stays(newsroom: Newsroom) -> None:
    """What was shown and approved is played, whatever is entered later; asking again is nothing."""
    bulletin = recorded(newsroom)
    submit(newsroom, bulletin)
    newsroom.approve(bulletin)
    speak(newsroom)
    submit(newsroom, bulletin)

    assert played(newsroom, bulletin) == [Tay().sha256]
    with newsroom.small.database.reading() as session:
        assert desk.approved_rendition(session, bulletin) is not None


def test_a_recording_taken_away_is_out_of_the_plan_at_the_next_beat(newsroom: Newsroom) -> None:
    """Not only when the plan is looked at anyhow, a minute later."""
    bulletin = recorded(newsroom)
    submit(newsroom, bulletin)
    newsroom.approve(bulletin)
    newsroom.queue(bulletin, at="2026-11-23T17:00")
    conductor = Conductor(
        database=newsroom.small.database,
        settings=newsroom.small.settings,
        keys=made_keys,
        wire=Wire("mqtt://127.0.0.1:1", client_id="nobody"),
        lead=leading(newsroom.small.database),
        trail=followed(),
    )
    for _ in range(2):
        conductor.plan(newsroom.now())
        newsroom.clock.move(timedelta(seconds=1))
    with newsroom.small.database.writing() as session:
        kept = session.exec(select(BulletinRecording)).one()
        retire_recording(session, bulletin, kept.id, by=newsroom.operator, now=newsroom.now())

    conductor.plan(newsroom.now())

    with newsroom.small.database.reading() as session:
        assert session.exec(select(Broadcast)).one().cancelled_at is not None


def test_a_playlist_takes_no_recording_of_its_own(newsroom: Newsroom) -> None:
    """It would stand in place of all that its bulletins bring along."""
    bulletin = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        playlist = session.exec(select(Bulletin)).one()
        playlist.kind = BulletinKind.PLAYLIST

    with newsroom.small.database.writing() as session, pytest.raises(UnknownBulletin):
        keep_recording(
            session,
            bulletin,
            village_id="v-1",
            language="Tày",
            sound=Tay(),
            by=newsroom.operator,
            now=newsroom.now(),
        )
