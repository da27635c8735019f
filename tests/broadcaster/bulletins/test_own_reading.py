"""A reading is what poles say: it changes nothing approved, and takes two people as words do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import OwnReading
from broadcaster.bulletins.standing import approved_rendition, newest_decision
from broadcaster.bulletins.tables import Bulletin
from broadcaster.lexicon.entries import put_in, take_out
from broadcaster.lexicon.words import checked
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide, made_sound
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import connect

MINUTE = timedelta(minutes=1)
SAID = "trạm xá"


@pytest.fixture
def newsroom(sqlite_url: str, tmp_path: Path) -> Iterator[Newsroom]:
    """A station whose bulletin of an operator waits for nobody yet."""
    database = connect(sqlite_url)
    yield open_newsroom(database, state_dir=tmp_path)
    database.dispose()


def teach(newsroom: Newsroom, *, by: str, written: str = "TYT") -> str:
    """Somebody says how a word is read; the entry's id."""
    with newsroom.small.database.writing() as session:
        word = checked(written=written, spoken=SAID, note="")
        return put_in(session, word, station_id=STATION_ID, by=by, now=newsroom.now()).id


def submitted(newsroom: Newsroom, *, by: str, script: str) -> str:
    """An operator's bulletin, of which this person made the sound and asked for a decision."""
    bulletin = newsroom.bulletin(script, approved=False)
    newsroom.clock.move(MINUTE)
    with newsroom.small.database.writing() as session:
        sound = made_sound(script, take="lần nữa")
        desk.attach_rendition(session, bulletin, sound=sound, now=newsroom.now(), by=by)
        desk.submit(session, bulletin, by=by, now=newsroom.now())
    return bulletin


def approved_by(newsroom: Newsroom, bulletin: str) -> str | None:
    """Who approved what it is now; None while nobody did."""
    with newsroom.small.database.reading() as session:
        if approved_rendition(session, bulletin) is None:
            return None
        decision = newest_decision(session, session.get_one(Bulletin, bulletin))
        assert decision is not None
        return decision.approver_id


def approve(newsroom: Newsroom, bulletin: str, *, by: str) -> None:
    """This person approves what it is now."""
    with newsroom.small.database.writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        decide(session, rendition, approved=True, by=by, now=newsroom.now())


def test_a_new_reading_changes_no_approved_sound(newsroom: Newsroom) -> None:
    """It stays approved as it was heard; made anew it is another sound, and nobody's approval."""
    script = f"{SCRIPT} Nơi tiêm: TYT xã."
    bulletin = newsroom.bulletin(script)
    with newsroom.small.database.reading() as session:
        before = newsroom.rendition(session, bulletin)
    newsroom.clock.move(MINUTE)
    teach(newsroom, by=newsroom.leader)

    with newsroom.small.database.reading() as session:
        approved = approved_rendition(session, bulletin)
        assert approved is not None
        assert (approved.id, approved.spoken) == (before.id, before.spoken)
    newsroom.render(bulletin, script, take="có từ mới")
    with newsroom.small.database.reading() as session:
        assert approved_rendition(session, bulletin) is None


def test_nobody_teaches_submits_and_approves_alone(newsroom: Newsroom) -> None:
    """One person with both roles put words into a colleague's bulletin: another leader decides."""
    both = newsroom.small.member("cuong", Role.OPERATOR, Role.LEADER)
    teach(newsroom, by=both)
    bulletin = submitted(newsroom, by=both, script=f"{SCRIPT} Nơi tiêm: TYT xã.")

    with pytest.raises(OwnReading):
        approve(newsroom, bulletin, by=both)
    assert approved_by(newsroom, bulletin) is None
    approve(newsroom, bulletin, by=newsroom.leader)
    assert approved_by(newsroom, bulletin) == newsroom.leader


def test_a_reading_that_somebody_else_sent_may_be_approved(newsroom: Newsroom) -> None:
    """Who submitted saw script and spoken words side by side: a commune's only leader goes on."""
    teach(newsroom, by=newsroom.leader)
    bulletin = submitted(newsroom, by=newsroom.operator, script=f"{SCRIPT} Nơi tiêm: TYT xã.")

    approve(newsroom, bulletin, by=newsroom.leader)

    assert approved_by(newsroom, bulletin) == newsroom.leader


def test_a_reading_that_is_not_in_it_is_no_matter(newsroom: Newsroom) -> None:
    """Neither of a word that it has not, nor one that was taken out before its sound was made."""
    both = newsroom.small.member("cuong", Role.OPERATOR, Role.LEADER)
    teach(newsroom, by=both, written="HTX")
    gone = teach(newsroom, by=both)
    with newsroom.small.database.writing() as session:
        take_out(session, gone, station_id=STATION_ID, by=both, now=newsroom.now())
    newsroom.clock.move(MINUTE)
    bulletin = submitted(newsroom, by=both, script=f"{SCRIPT} Nơi tiêm: TYT xã.")

    approve(newsroom, bulletin, by=both)

    assert approved_by(newsroom, bulletin) == both
