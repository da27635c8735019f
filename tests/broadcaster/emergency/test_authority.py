"""No way round approval: an emergency is signed on another's word and in its own words only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from broadcaster.accounts.roles import Role
from broadcaster.emergency.authorising import authorisations, authorise, revoke
from broadcaster.emergency.ending import (
    end_emergency,
    prolong,
    review,
    review_due,
    to_review,
)
from broadcaster.emergency.errors import (
    AlreadyAuthorised,
    AlreadyReviewed,
    CannotBeAuthorised,
    NotAuthorised,
    NoteMissing,
    OwnAuthorisation,
    OwnEmergency,
)
from broadcaster.emergency.log import events_of
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencyPart,
    EmergencySound,
)
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.broadcaster.small_station import STATION_ID


def test_a_leader_names_a_person_and_takes_it_back(room: WatchRoom) -> None:
    """It is listed while it holds; what was ordered before stands."""
    authorisation_id = room.authorise()
    room.raise_()
    with room.database.writing() as session:
        assert len(authorisations(session, station_id=STATION_ID)) == 1
        room.newsroom.clock.move(timedelta(seconds=1))
        revoke(session, authorisation_id, station_id=STATION_ID, by=room.leader, now=room.now())
        assert authorisations(session, station_id=STATION_ID) == []
    room.make_all()

    assert room.hurry()
    with pytest.raises(NotAuthorised):
        room.raise_()


def test_nobody_names_themselves_a_stranger_or_the_same_again(room: WatchRoom) -> None:
    """Named by another, of the station's staff, once."""
    outsider = room.newsroom.small.member("quan", Role.ADMIN)
    room.authorise()
    with room.database.writing() as session:
        for account, error in (
            (room.leader, OwnAuthorisation),
            (outsider, CannotBeAuthorised),
            (room.giver, AlreadyAuthorised),
        ):
            with pytest.raises(error):
                authorise(session, account, station_id=STATION_ID, by=room.leader, now=room.now())


def revoked_before(session: Session, room: WatchRoom) -> None:
    """The authorisation had gone before it was raised."""
    row = session.exec(select(EmergencyAuthorisation)).one()
    row.revoked_at, row.revoked_by = room.now() - timedelta(seconds=1), room.leader


def given_to_themselves(session: Session, room: WatchRoom) -> None:
    """The giver is their own leader."""
    session.exec(select(EmergencyAuthorisation)).one().granted_by = room.giver


def of_somebody_else(session: Session, room: WatchRoom) -> None:
    """The authorisation is another person's."""
    session.exec(select(Emergency)).one().given_by = room.second_leader


def later_than_the_order(session: Session, room: WatchRoom) -> None:
    """It was given after the fact."""
    row = session.exec(select(EmergencyAuthorisation)).one()
    row.granted_at = room.now() + timedelta(seconds=1)


def other_words(session: Session, room: WatchRoom) -> None:
    """The words that were recorded are not those of the sound."""
    session.exec(select(Emergency)).one().words = f"Mua cá khô. {room.giver}"


def another_sound(session: Session, room: WatchRoom) -> None:
    """The part points at a sound of other words."""
    other = EmergencySound(
        script_sha256="ab" * 32,
        script="Mua cá khô.",
        wanted_at=room.now(),
        rendered_at=room.now(),
        audio_sha256="cd" * 32,
        audio_size_bytes=1_000,
        duration_ms=1_000,
    )
    session.add(other)
    session.flush()
    for part in session.exec(select(EmergencyPart)):
        part.script_sha256 = "ab" * 32


def sound_of_changed_words(session: Session, _room: WatchRoom) -> None:
    """Emergency and sound were changed alike, but the hash tells."""
    for sound in session.exec(select(EmergencySound)):
        sound.script = "Mua cá khô."
    session.exec(select(Emergency)).one().words = "Mua cá khô."


@pytest.mark.parametrize(
    "change",
    [
        revoked_before,
        given_to_themselves,
        of_somebody_else,
        later_than_the_order,
        other_words,
        another_sound,
        sound_of_changed_words,
    ],
)
def test_a_row_changed_behind_the_desk_reaches_no_pole(
    room: WatchRoom, change: Callable[[Session, WatchRoom], None]
) -> None:
    """Signing looks for itself, for the fast path as for the plan."""
    room.authorise()
    room.raise_(cadence="once")
    room.make_all()
    with room.database.writing() as session:
        change(session, room)
    alarm_left = change is other_words

    # Of changed words the alarm is still the product's own; the message is not signed.
    orders = {now.order.id for now in room.hurry() if now.order}
    assert len(orders) == (2 if alarm_left and "alarm" in _started(room) else 0)
    assert len({order.id for order in room.orders()}) <= 1
    assert alarm_left or room.orders() == []


def _started(room: WatchRoom) -> set[str]:
    with room.database.reading() as session:
        return {
            part.kind for part in session.exec(select(EmergencyPart)) if part.starts_at is not None
        }


def test_a_second_leader_looks_at_it_within_a_day(room: WatchRoom) -> None:
    """Listed until then; the giver never; a verdict against says why; once."""
    room.authorise()
    emergency_id = room.raise_()
    with room.database.writing() as session:
        (waiting,) = to_review(session, station_id=STATION_ID)
        assert review_due(waiting) == room.now() + timedelta(hours=24)

        def look(by: str, verdict: str, remark: str = "") -> Emergency:
            return review(
                session,
                emergency_id,
                verdict=verdict,
                remark=remark,
                station_id=STATION_ID,
                by=by,
                now=room.now(),
            )

        with pytest.raises(OwnEmergency):
            look(room.giver, "right")
        with pytest.raises(NoteMissing):
            look(room.leader, "wrong", " ")
        look(room.leader, "wrong", "Chưa hỏi Ban chỉ huy.")
        with pytest.raises(AlreadyReviewed):
            look(room.second_leader, "right")
        assert to_review(session, station_id=STATION_ID) == []
        assert [event.what for event in events_of(session, emergency_id)] == ["raised", "reviewed"]


def _reviewed(room: WatchRoom, emergency_id: str, *, by: str) -> None:
    with room.database.writing() as session:
        review(session, emergency_id, verdict="right", remark="", station_id=STATION_ID, by=by,
               now=room.now())  # fmt: skip


def _named(room: WatchRoom, account_id: str, *, by: str) -> None:
    with room.database.writing() as session:
        authorise(session, account_id, station_id=STATION_ID, by=by, now=room.now())


def test_who_worded_its_end_does_not_review_it(room: WatchRoom) -> None:
    """Poles said their words too; the other leader looks at all of it."""
    room.authorise()
    _named(room, room.leader, by=room.second_leader)
    emergency_id = room.raise_()
    with room.database.writing() as session:
        end_emergency(session, emergency_id, ending="over", words="Hết nguy hiểm.",
                      station_id=STATION_ID, by=room.leader, oversees=True,
                      now=room.now())  # fmt: skip

    with pytest.raises(OwnEmergency):
        _reviewed(room, emergency_id, by=room.leader)
    _reviewed(room, emergency_id, by=room.second_leader)


def test_who_let_it_go_on_does_not_review_it(room: WatchRoom) -> None:
    """Another day of it is as good as an order."""
    room.authorise()
    _named(room, room.leader, by=room.second_leader)
    emergency_id = room.raise_()
    with room.database.writing() as session:
        prolong(session, emergency_id, station_id=STATION_ID, by=room.leader, now=room.now())

    with pytest.raises(OwnEmergency):
        _reviewed(room, emergency_id, by=room.leader)
    _reviewed(room, emergency_id, by=room.second_leader)


def test_who_silenced_it_may_review_it(room: WatchRoom) -> None:
    """They let poles say nothing; that look is what a review is. Also where they authorised."""
    room.authorise()
    emergency_id = room.raise_()
    with room.database.writing() as session:
        end_emergency(session, emergency_id, ending="silence", words="", station_id=STATION_ID,
                      by=room.leader, oversees=True, now=room.now())  # fmt: skip

    _reviewed(room, emergency_id, by=room.leader)
    assert room.emergency(emergency_id).reviewed_by == room.leader


def test_a_leader_may_silence_what_they_may_not_word(room: WatchRoom) -> None:
    """Silence needs no authorisation by name; words do."""
    room.authorise()
    emergency_id = room.raise_()
    with room.database.writing() as session:

        def end(ending: str, words: str, *, oversees: bool) -> Emergency:
            return end_emergency(
                session,
                emergency_id,
                ending=ending,
                words=words,
                station_id=STATION_ID,
                by=room.leader,
                oversees=oversees,
                now=room.now(),
            )

        with pytest.raises(NotAuthorised):
            end("over", "Hết nguy hiểm.", oversees=True)
        with pytest.raises(NotAuthorised):
            end("silence", "", oversees=False)
        assert end("silence", "", oversees=True).ended_by == room.leader
