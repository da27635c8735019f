"""Who may speak live: by another person's word, given beforehand, for a while, on the record."""

from datetime import timedelta

import pytest
from sqlmodel import col, delete, select

from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Station
from broadcaster.live.errors import (
    NoPermit,
    PermitDaysUnusable,
    PermitForNobody,
    PermitForOneself,
    UnknownPermit,
)
from broadcaster.live.permits import permit_of, revoke_permit, standing_permits
from broadcaster.live.tables import LivePermit
from tests.broadcaster.live.studio import LiveStudio
from tests.broadcaster.small_station import STATION_ID


def test_nobody_speaks_without_a_permit(studio: LiveStudio) -> None:
    """Neither an operator nor a leader."""
    for account_id in (studio.room.operator, studio.room.leader):
        with pytest.raises(NoPermit):
            studio.ask(by=account_id)


def test_a_leader_lets_somebody_else_speak(studio: LiveStudio) -> None:
    """An operator, or another leader."""
    studio.permit()
    studio.permit(studio.other_leader)

    assert studio.ask()
    assert studio.ask(by=studio.other_leader)


def test_nobody_lets_himself_speak(studio: LiveStudio) -> None:
    """The second person is another one."""
    with pytest.raises(PermitForOneself):
        studio.permit(studio.room.leader)


def test_a_permit_for_whom_it_would_not_help_is_refused(studio: LiveStudio) -> None:
    """An admin has no such right, and nobody is nobody."""
    admin = studio.room.small.member("admin", Role.ADMIN)
    for account_id in (admin, "acc-none"):
        with pytest.raises(PermitForNobody):
            studio.permit(account_id)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_permit_lasts_a_day_to_a_year(studio: LiveStudio, days: int) -> None:
    """Not for ever."""
    with pytest.raises(PermitDaysUnusable):
        studio.permit(days=days)


def test_it_ends_with_its_last_day(studio: LiveStudio) -> None:
    """By itself."""
    studio.permit(days=2)
    studio.later(timedelta(days=2))

    with pytest.raises(NoPermit):
        studio.ask()


def test_it_is_taken_back_once(studio: LiveStudio) -> None:
    """And then there is none."""
    permit = studio.permit()
    studio.revoke(permit)

    with pytest.raises(NoPermit):
        studio.ask()
    with pytest.raises(UnknownPermit):
        studio.revoke(permit)


def test_it_ends_with_the_leaders_own_role(studio: LiveStudio) -> None:
    """Whoever is no leader any more has allowed nothing."""
    studio.permit()
    with studio.database.writing() as session:
        session.exec(
            delete(RoleGrant).where(
                col(RoleGrant.account_id) == studio.room.leader,
                col(RoleGrant.role) == Role.LEADER,
            )
        )

    with pytest.raises(NoPermit):
        studio.ask()


def test_it_holds_at_its_own_station_and_at_no_other(studio: LiveStudio) -> None:
    """By what both are there; a leader who became an inspector of ours allowed nothing of ours."""
    permit = studio.permit()
    with studio.database.writing() as session:
        ours = session.get_one(Station, STATION_ID).model_dump()
        session.add(Station(**ours | {"id": "st-ha", "name": "Đài xã Hạ", "commune": "Hạ"}))
        session.flush()
        session.add_all(
            RoleGrant(account_id=account_id, station_id="st-ha", role=role)
            for account_id, role in (
                (studio.room.operator, Role.OPERATOR), (studio.room.leader, Role.LEADER),
            )
        )  # fmt: skip

    def standing(station_id: str) -> list[str]:
        with studio.database.reading() as session:
            found = standing_permits(session, station_id=station_id, now=studio.now())
            return [each.id for each in found]

    assert (standing(STATION_ID), standing("st-ha")) == ([permit.id], [])
    with studio.database.writing() as session, pytest.raises(UnknownPermit):
        revoke_permit(session, permit.id, station_id="st-ha", by="acc-thanh", now=studio.now())
    with studio.database.writing() as session:
        session.exec(
            delete(RoleGrant).where(
                col(RoleGrant.account_id) == studio.room.leader,
                col(RoleGrant.station_id) == STATION_ID,
            )
        )
    assert standing(STATION_ID) == []


def test_a_talk_at_another_station_than_its_permits_is_not_signed(studio: LiveStudio) -> None:
    """Whoever signs looks at it again."""
    permit = studio.permit()
    studio.begin(studio.ask())
    with studio.database.writing() as session:
        ours = session.get_one(Station, STATION_ID).model_dump()
        session.add(Station(**ours | {"id": "st-ha", "name": "Đài xã Hạ", "commune": "Hạ"}))
        session.flush()
        session.get_one(LivePermit, permit.id).station_id = "st-ha"

    assert studio.sign() == []


def test_it_ends_with_the_speakers_account(studio: LiveStudio) -> None:
    """Who may not sign in may not speak."""
    studio.permit()
    with studio.database.writing() as session:
        session.get_one(Account, studio.room.operator).active = False
        standing = standing_permits(session, station_id=STATION_ID, now=studio.now())

    assert list(standing) == []


def test_the_permit_that_allows_most_counts(studio: LiveStudio) -> None:
    """One for quiet hours before one that lasts longer."""
    studio.permit(days=300)
    night = studio.permit(days=3, quiet="Trực bão")
    with studio.database.reading() as session:
        found = permit_of(session, studio.room.operator, station_id=STATION_ID, now=studio.now())

    assert found is not None
    assert found.id == night.id


def test_who_allowed_whom_stays_on_the_record(studio: LiveStudio) -> None:
    """A permit that was taken back is kept, with who did both."""
    permit = studio.permit()
    studio.revoke(permit)
    with studio.database.reading() as session:
        kept = session.exec(select(LivePermit)).one()

    assert (kept.account_id, kept.granted_by, kept.revoked_by) == (
        studio.room.operator,
        studio.room.leader,
        studio.room.leader,
    )
