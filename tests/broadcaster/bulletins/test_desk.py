"""The desk: writing, rendering, submitting and deciding, one act at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import VillageLanguage
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import (
    ActOutOfPlace,
    CommentMissing,
    CommentTooLong,
    NothingAccepted,
    OwnBulletin,
    RecordingsUnaccepted,
    RenditionChanged,
    ScriptChanged,
    TextUnusable,
    UnknownBulletin,
    WarningsUnresolved,
)
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Approval, Bulletin, BulletinEdit, Rendition
from broadcaster.bulletins.texts import checked, sha256_of
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide, made_sound, write
from tests.broadcaster.small_station import NOON, STATION_ID, SmallStation


@dataclass
class Desk:
    """A bulletin written by An, in an open transaction; Binh and Chi are leaders."""

    session: Session
    an: str
    binh: str
    chi: str
    bulletin: Bulletin

    def render(self, *, warns: bool = False, left_out: bool = False, take: str = "") -> Rendition:
        """Give the bulletin its sound."""
        script = self.bulletin.script
        sound = made_sound(script, warns=warns, left_out=left_out, take=take)
        return desk.attach_rendition(self.session, self.bulletin.id, sound=sound, now=NOON)

    def submit(self) -> BulletinState:
        """Ask for a decision."""
        return desk.submit(self.session, self.bulletin.id, by=self.an, now=NOON)

    def edit(self, *, by: str, script: str = SCRIPT, title: str = "Lịch tiêm") -> None:
        """Write something else."""
        written = checked(title=title, script=script)
        desk.edit(self.session, self.bulletin.id, written=written, by=by, now=NOON)

    def decide(self, rendition: Rendition, **given: Any) -> Approval:  # noqa: ANN401 - handed on
        """Decide as Binh unless said otherwise."""
        return decide(self.session, rendition, **{"by": self.binh, "now": NOON, **given})

    @property
    def state(self) -> BulletinState:
        """Where it stands."""
        return desk.state_of(self.session, self.bulletin)

    @property
    def on_air(self) -> Rendition | None:
        """What may be broadcast."""
        return desk.approved_rendition(self.session, self.bulletin.id)


@pytest.fixture
def at_desk(station: SmallStation) -> Iterator[Desk]:
    """An's draft."""
    an = station.member("an", Role.OPERATOR)
    binh = station.member("binh", Role.LEADER)
    chi = station.member("chi", Role.LEADER, Role.OPERATOR)
    with station.database.writing() as session:
        yield Desk(session, an, binh, chi, write(session, by=an, now=NOON))


def test_a_bulletin_goes_from_draft_to_approved(at_desk: Desk) -> None:
    """Written, rendered, submitted, approved by somebody else: only then may it be broadcast."""
    assert at_desk.state is BulletinState.DRAFT

    rendition = at_desk.render()
    assert at_desk.state is BulletinState.RENDERED

    assert at_desk.submit() is BulletinState.SUBMITTED
    assert (at_desk.state, at_desk.on_air) == (BulletinState.SUBMITTED, None)

    at_desk.decide(rendition, approved=True, comment="")
    assert (at_desk.state, at_desk.on_air) == (BulletinState.APPROVED, rendition)


@pytest.mark.parametrize("what", [{"script": "Lời khác."}, {"title": "Tên khác"}])
def test_any_edit_voids_the_approval_and_drops_the_sound(
    at_desk: Desk, what: dict[str, str]
) -> None:
    """Rendering the old words again does not bring the approval back."""
    rendition = at_desk.render()
    at_desk.submit()
    at_desk.decide(rendition, approved=True)

    at_desk.edit(by=at_desk.an, **what)
    assert (at_desk.state, at_desk.on_air) == (BulletinState.DRAFT, None)

    at_desk.edit(by=at_desk.an)
    at_desk.render()
    assert (at_desk.state, at_desk.on_air) == (BulletinState.RENDERED, None)


def test_saving_without_a_change_voids_nothing(at_desk: Desk) -> None:
    """Not even when a browser changed the line ends."""
    at_desk.edit(by=at_desk.an, script="Một.\nHai.")
    rendition = at_desk.render()
    at_desk.submit()
    at_desk.decide(rendition, approved=True)

    at_desk.edit(by=at_desk.chi, script="Một.\r\nHai.")

    assert at_desk.on_air == rendition


def test_rendering_the_same_again_keeps_the_decision_and_another_sound_does_not(
    at_desk: Desk,
) -> None:
    """The same words in another voice are another sound."""
    rendition = at_desk.render()
    at_desk.submit()
    at_desk.decide(rendition, approved=True)

    assert at_desk.render() == rendition
    assert at_desk.on_air == rendition

    assert at_desk.render(take="another voice") != rendition
    assert (at_desk.state, at_desk.on_air) == (BulletinState.RENDERED, None)


def test_nobody_decides_on_what_they_wrote(at_desk: Desk) -> None:
    """Neither the author nor anybody who edited, not even before others did."""
    at_desk.edit(by=at_desk.chi, script="Lời của Chi.")
    at_desk.edit(by=at_desk.an, script="Lời của Chi, An sửa.")
    rendition = at_desk.render()
    at_desk.submit()

    for writer in (at_desk.an, at_desk.chi):
        for approved in (True, False):
            with pytest.raises(OwnBulletin):
                at_desk.decide(rendition, approved=approved, by=writer)

    at_desk.decide(rendition, approved=True)
    assert at_desk.on_air == rendition


def test_a_decision_names_exactly_what_was_shown(at_desk: Desk) -> None:
    """Another rendition, other words or another sound: nothing is decided."""
    old = at_desk.render()
    new = at_desk.render(take="another voice")
    at_desk.submit()

    wrong = [
        (old.id, sha256_of(old.spoken), old.audio_sha256),
        (new.id, sha256_of("khác"), new.audio_sha256),
        (new.id, sha256_of(new.spoken), old.audio_sha256),
    ]
    for rendition_id, spoken, audio in wrong:
        with pytest.raises(RenditionChanged):
            desk.decide(
                at_desk.session,
                at_desk.bulletin.id,
                rendition_id=rendition_id,
                spoken_sha256=spoken,
                audio_sha256=audio,
                approved=True,
                by=at_desk.binh,
                now=NOON,
            )
    assert at_desk.session.exec(select(Approval)).all() == []


def test_warnings_are_approved_in_so_many_words(at_desk: Desk) -> None:
    """It is kept that they were; returning asks for no such words."""
    rendition = at_desk.render(warns=True)
    at_desk.submit()

    with pytest.raises(WarningsUnresolved) as unsaid:
        at_desk.decide(rendition, approved=True)
    assert unsaid.value.field == "over_warnings"

    assert not at_desk.decide(rendition, approved=False).over_warnings
    at_desk.submit()
    assert at_desk.decide(rendition, approved=True, over_warnings=True).over_warnings
    assert at_desk.on_air == rendition


def test_an_approval_names_exactly_what_was_accepted(at_desk: Desk) -> None:
    """Unsure readings and a missing recording are two things, refused and kept each by itself."""
    at_desk.session.add(VillageLanguage(village_id="v-1", language="Khmer"))
    at_desk.session.flush()
    rendition = at_desk.render(warns=True)
    at_desk.submit()

    for accepted, refusal, field in (
        ({}, NothingAccepted, "over_warnings"),
        ({"over_missing": True}, WarningsUnresolved, "over_warnings"),
        ({"over_warnings": True}, RecordingsUnaccepted, "over_missing"),
    ):
        with pytest.raises(refusal) as unsaid:
            at_desk.decide(rendition, approved=True, **accepted)
        assert unsaid.value.field == field

    kept = at_desk.decide(rendition, approved=True, over_warnings=True, over_missing=True)
    assert (kept.over_warnings, kept.over_missing) == (True, True)


def test_print_that_is_left_out_needs_no_settling(at_desk: Desk) -> None:
    """A letterhead is not in doubt: it only informs."""
    rendition = at_desk.render(left_out=True)
    at_desk.submit()

    assert not at_desk.decide(rendition, approved=True).over_warnings
    assert at_desk.on_air == rendition


def test_nothing_is_said_over_warnings_that_are_not_there(at_desk: Desk) -> None:
    """A box ticked by habit is not kept as a statement."""
    rendition = at_desk.render()
    at_desk.submit()

    assert not at_desk.decide(rendition, approved=True, over_warnings=True).over_warnings


def test_a_returned_bulletin_says_why_and_may_be_submitted_again(at_desk: Desk) -> None:
    """A leader may also take an approval back; the newest decision holds."""
    rendition = at_desk.render()
    at_desk.submit()
    with pytest.raises(CommentMissing):
        at_desk.decide(rendition, approved=False, comment=" \n")
    with pytest.raises(CommentTooLong):
        at_desk.decide(rendition, approved=False, comment="a" * 2_001)

    at_desk.decide(rendition, approved=False, comment="Thiếu giờ tiêm.")
    assert at_desk.state is BulletinState.RETURNED

    assert at_desk.submit() is BulletinState.SUBMITTED
    assert at_desk.state is BulletinState.SUBMITTED
    at_desk.decide(rendition, approved=True)
    at_desk.decide(rendition, approved=False, comment="Hoãn lại.", by=at_desk.chi)

    assert (at_desk.state, at_desk.on_air) == (BulletinState.RETURNED, None)
    decisions = desk.decisions_on(at_desk.session, at_desk.bulletin)
    assert [each.approved for each in decisions] == [False, True, False]


def test_decisions_keep_their_order_when_the_clock_goes_back(at_desk: Desk) -> None:
    """A return after an approval holds, whatever the clock says."""
    rendition = at_desk.render()
    at_desk.submit()
    at_desk.decide(rendition, approved=True)

    at_desk.decide(rendition, approved=False, now=NOON - timedelta(hours=1))

    assert at_desk.on_air is None


def test_submitting_twice_changes_nothing(at_desk: Desk) -> None:
    """Queueing an approved bulletin once more leaves it approved."""
    rendition = at_desk.render()

    assert [at_desk.submit(), at_desk.submit()] == [BulletinState.SUBMITTED] * 2
    at_desk.decide(rendition, approved=True)
    assert at_desk.submit() is BulletinState.APPROVED
    assert at_desk.on_air == rendition


def test_what_is_out_of_place_is_refused(at_desk: Desk) -> None:
    """No submission without a sound, no decision without a submission, no second approval."""
    with pytest.raises(ActOutOfPlace):
        at_desk.submit()
    rendition = at_desk.render()
    with pytest.raises(ActOutOfPlace):
        at_desk.decide(rendition, approved=True)
    at_desk.submit()
    at_desk.decide(rendition, approved=True)
    with pytest.raises(ActOutOfPlace):
        at_desk.decide(rendition, approved=True, by=at_desk.chi)


def test_a_sound_of_words_edited_meanwhile_is_dropped(at_desk: Desk) -> None:
    """The newest words stay; their sound has to be made."""
    sound = made_sound(at_desk.bulletin.script)
    at_desk.edit(by=at_desk.an, script="Lời mới.")

    with pytest.raises(ScriptChanged):
        desk.attach_rendition(at_desk.session, at_desk.bulletin.id, sound=sound, now=NOON)

    assert (at_desk.bulletin.script, at_desk.state) == ("Lời mới.", BulletinState.DRAFT)


def test_every_text_that_was_ever_saved_is_kept(at_desk: Desk) -> None:
    """With who wrote it, in order."""
    at_desk.edit(by=at_desk.chi, script="Hai.")

    edits = at_desk.session.exec(select(BulletinEdit).order_by(col(BulletinEdit.id))).all()

    assert [(each.account_id, each.script) for each in edits] == [
        (at_desk.an, SCRIPT),
        (at_desk.chi, "Hai."),
    ]


@pytest.mark.parametrize("bulletin_id", ["bul-none", "", "../x", "a\0b", "x" * 5_000, "\ud800"])
def test_an_id_that_names_nothing_is_unknown(at_desk: Desk, bulletin_id: str) -> None:
    """However broken it is, the database does not see it."""
    with pytest.raises(UnknownBulletin):
        desk.submit(at_desk.session, bulletin_id, by=at_desk.an, now=NOON)
    with pytest.raises(UnknownBulletin):
        desk.find_bulletin(at_desk.session, bulletin_id, station_id=STATION_ID)


def test_another_stations_bulletin_is_unknown(at_desk: Desk) -> None:
    """An id guessed across stations finds nothing."""
    assert desk.find_bulletin(at_desk.session, at_desk.bulletin.id, station_id=STATION_ID)
    with pytest.raises(UnknownBulletin):
        desk.find_bulletin(at_desk.session, at_desk.bulletin.id, station_id="st-other")


def test_a_comment_that_is_no_text_is_refused(at_desk: Desk) -> None:
    """A zero byte would be refused by one database and cut by another."""
    rendition = at_desk.render()
    at_desk.submit()

    with pytest.raises(TextUnusable):
        at_desk.decide(rendition, approved=False, comment="a\0b")
