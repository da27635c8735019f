"""Something is said about a bulletin that waits, and it goes on waiting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcaster.accounts.roles import Role
from broadcaster.audit import Act
from broadcaster.bulletins import desk
from broadcaster.bulletins.commenting import comment_on, comments_on, newest_comments
from broadcaster.bulletins.errors import (
    ActOutOfPlace,
    CommentTooLong,
    NothingSaid,
    TextUnusable,
    UnknownBulletin,
)
from broadcaster.bulletins.shown import shown
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import checked
from tests.broadcaster.bulletins.newsroom import decide, made_sound, write
from tests.broadcaster.small_station import NOON, SmallStation
from tests.trail import acts_of


@dataclass
class Waiting:
    """A bulletin by An that waits for Binh, in an open transaction."""

    session: Session
    an: str
    binh: str
    bulletin: Bulletin
    rendition: Rendition

    def say(self, comment: str, *, by: str = "", minute: int = 0) -> None:
        """Say it as Binh unless said otherwise."""
        comment_on(
            self.session,
            self.bulletin.id,
            comment=comment,
            by=by or self.binh,
            now=NOON + timedelta(minutes=minute),
        )

    def said(self) -> list[tuple[str, str, bool]]:
        """Everything that was said, newest first."""
        return [
            (each.by, each.comment, each.present)
            for each in comments_on(self.session, self.bulletin)
        ]


@pytest.fixture
def waiting(station: SmallStation) -> Iterator[Waiting]:
    """An asked for a decision at noon."""
    an, binh = station.member("an", Role.OPERATOR), station.member("binh", Role.LEADER)
    with station.database.writing() as session:
        bulletin = write(session, by=an, now=NOON)
        sound = made_sound(bulletin.script)
        rendition = desk.attach_rendition(session, bulletin.id, sound=sound, now=NOON)
        desk.submit(session, bulletin.id, by=an, now=NOON)
        yield Waiting(session, an, binh, bulletin, rendition)


def test_what_is_said_decides_nothing(waiting: Waiting) -> None:
    """It waits as before, is asked what it was asked, and may then be approved as shown."""
    asked_at = waiting.bulletin.submitted_at

    waiting.say(" Nên phát trước 18 giờ.\r\n")
    waiting.say("Vâng, đã xếp 17 giờ.", by=waiting.an, minute=1)

    assert desk.state_of(waiting.session, waiting.bulletin) is BulletinState.SUBMITTED
    assert waiting.bulletin.submitted_at == asked_at
    assert waiting.said() == [
        ("An", "Vâng, đã xếp 17 giờ.", True),
        ("Binh", "Nên phát trước 18 giờ.", True),
    ]
    last = newest_comments(waiting.session, [waiting.rendition.id])[waiting.rendition.id]
    assert last.comment == "Vâng, đã xếp 17 giờ."
    decide(waiting.session, waiting.rendition, approved=True, by=waiting.binh, now=NOON)
    assert desk.approved_rendition(waiting.session, waiting.bulletin.id) is not None


def test_what_was_said_stays_with_the_words_it_was_said_about(waiting: Waiting) -> None:
    """After an edit it stands there as said about the old words, and is no last word any more."""
    waiting.say("Thiếu nơi họp.")
    written = checked(title="Lịch tiêm", script="Họp ở nhà văn hóa.")
    desk.edit(waiting.session, waiting.bulletin.id, written=written, by=waiting.an, now=NOON)
    sound = made_sound(written.script)
    now = desk.attach_rendition(waiting.session, waiting.bulletin.id, sound=sound, now=NOON)

    assert waiting.said() == [("Binh", "Thiếu nơi họp.", False)]
    assert newest_comments(waiting.session, [now.id]) == {}


def test_decisions_and_comments_stand_in_one_row(waiting: Waiting) -> None:
    """Newest first: the return, what was said before it, both by name."""
    waiting.say("Ngày nào?")
    decide(waiting.session, waiting.rendition, approved=False, by=waiting.binh, now=NOON)

    assert [each.comment for each in shown(waiting.session, waiting.bulletin).said] == [
        "Cần sửa.",
        "Ngày nào?",
    ]


@pytest.mark.parametrize(
    ("comment", "refusal"),
    [(" \r\n ", NothingSaid), ("x" * 2_001, CommentTooLong), ("a\x00b", TextUnusable)],
)
def test_a_comment_is_a_few_words(waiting: Waiting, comment: str, refusal: type[Exception]) -> None:
    """Refused in a sentence, and nothing is kept."""
    with pytest.raises(refusal):
        waiting.say(comment)

    assert waiting.said() == []


def test_only_what_waits_is_commented_on(waiting: Waiting) -> None:
    """What was returned, or is not there, is not."""
    decide(waiting.session, waiting.rendition, approved=False, by=waiting.binh, now=NOON)

    with pytest.raises(ActOutOfPlace):
        waiting.say("Còn một điều.")
    with pytest.raises(UnknownBulletin):
        comment_on(waiting.session, "bul-none", comment="Sao?", by=waiting.an, now=NOON)


def test_the_trail_knows_that_something_was_said(station: SmallStation) -> None:
    """Who, about what and when; the words beside it, where they can be erased."""
    an, binh = station.member("an", Role.OPERATOR), station.member("binh", Role.LEADER)
    with station.database.writing() as session:
        bulletin = write(session, by=an, now=NOON)
        sound = made_sound(bulletin.script)
        desk.attach_rendition(session, bulletin.id, sound=sound, now=NOON)
        desk.submit(session, bulletin.id, by=an, now=NOON)
        comment_on(session, bulletin.id, comment="Ngày nào?", by=binh, now=NOON)
        about, rendition = bulletin.id, bulletin.rendition_id

    (entry,) = acts_of(station.database, Act.BULLETIN_COMMENTED)
    assert (entry.by, entry.about) == (binh, about)
    assert entry.details["rendition"] == rendition
    assert "Ngày nào?" not in str(entry.details)
