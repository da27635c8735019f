"""Numbers of village heads: entered by an admin, dialled as written, erased when emptied."""

from collections.abc import Collection

import pytest
from sqlmodel import col, delete, select

from broadcaster.accounts.errors import NoSuchHead, PhoneUnusable
from broadcaster.accounts.people import change_roles, close_account
from broadcaster.accounts.phones import checked_phone, heads, keep_phone, phones_of_heads, spaced
from broadcaster.accounts.retention import forget_what_ended
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import HeadPhone, RoleGrant
from broadcaster.audit import Act
from broadcaster.audit.tables import AuditEntry, AuditPrivate
from tests.broadcaster.small_station import SmallStation
from tests.broadcaster.station_keys import STATION_ID


@pytest.fixture
def peopled(station: SmallStation) -> SmallStation:
    """An admin, and the head of both villages."""
    station.member("admin")
    station.member("head")
    with station.database.writing() as session:
        for village_id in ("v-1", "v-2"):
            session.add(
                RoleGrant(
                    account_id="acc-head",
                    station_id=STATION_ID,
                    role="village_head",
                    village_id=village_id,
                )
            )
    return station


def keep(station: SmallStation, phone: str, *, of: str = "acc-head") -> None:
    """An admin enters a number."""
    with station.database.writing() as session:
        keep_phone(session, of, phone, station_id=STATION_ID, by="acc-admin", now=station.clock())


@pytest.mark.parametrize(
    ("given", "dialled"),
    [("0912 345 678", "0912345678"), ("(024) 38.25-11", "024382511"), (" ", ""),
     ("+84 912 345 678", "+84912345678")],
)  # fmt: skip
def test_a_number_is_kept_as_it_is_dialled(given: str, dialled: str) -> None:
    """Whatever stands between the digits."""
    assert checked_phone(given) == dialled


@pytest.mark.parametrize("given", ["113", "nhà", "09123456789012345", "0912345678;ext=1", "<b>"])
def test_what_cannot_be_dialled_is_refused(given: str) -> None:
    """A link that dials must hold nothing but a number."""
    with pytest.raises(PhoneUnusable):
        checked_phone(given)


def test_a_number_is_entered_changed_and_erased(peopled: SmallStation) -> None:
    """Emptied it is in no table; the trail says only that one was known."""
    keep(peopled, "0912 345 678")
    with peopled.database.reading() as session:
        (head,) = heads(session, station_id=STATION_ID)
        assert phones_of_heads(session) == {"acc-head": "0912345678"}
    assert (head.villages, spaced(head.phone)) == (["Thôn Một", "Thôn Hai"], "0912 345 678")
    keep(peopled, "0912 345 679")
    keep(peopled, "0912 345 679")
    keep(peopled, "")

    with peopled.database.reading() as session:
        assert session.exec(select(HeadPhone)).all() == []
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.act == Act.HEAD_PHONE_CHANGED)
        ).all()
        kept = [*(each.message for each in entries), *session.exec(select(AuditPrivate.said))]
    assert len(entries) == 3
    assert {each.person for each in entries} == {"acc-admin"}
    assert not any("345678" in each or "345679" in each for each in kept)


@pytest.mark.parametrize("account", ["acc-admin", "acc-nobody"])
def test_only_a_village_head_has_one(peopled: SmallStation, account: str) -> None:
    """Nobody's number is kept without its purpose."""
    with pytest.raises(NoSuchHead):
        keep(peopled, "0912 345 678", of=account)


def test_a_number_goes_with_the_role(peopled: SmallStation) -> None:
    """Head of one village less is still a head; of none they are called no more."""
    keep(peopled, "0912 345 678")

    def left(villages: Collection[str], *, role: Role) -> dict[str, str]:
        with peopled.database.writing() as session:
            change_roles(
                session, "acc-head", station_id=STATION_ID, roles={role}, village_ids=villages,
                by="acc-admin", now=peopled.clock(),
            )  # fmt: skip
            return dict(phones_of_heads(session))

    assert left(["v-1"], role=Role.VILLAGE_HEAD) == {"acc-head": "0912345678"}
    assert left([], role=Role.OPERATOR) == {}
    assert left(["v-1"], role=Role.VILLAGE_HEAD) == {}
    keep(peopled, "0912 345 678")
    with peopled.database.writing() as session:
        close_account(session, "acc-head", by="acc-admin", now=peopled.clock())
        assert phones_of_heads(session) == {}


def test_a_number_that_outlived_its_role_is_forgotten(peopled: SmallStation) -> None:
    """Whichever way the role went; the trail says so, by nobody."""
    keep(peopled, "0912 345 678")
    with peopled.database.writing() as session:
        session.exec(delete(RoleGrant))
    with peopled.database.writing() as session:
        forget_what_ended(session, now=peopled.clock())

    with peopled.database.reading() as session:
        assert session.exec(select(HeadPhone)).all() == []
        newest = session.exec(
            select(AuditEntry)
            .where(AuditEntry.act == Act.HEAD_PHONE_CHANGED)
            .order_by(col(AuditEntry.number).desc())
        ).first()
    assert newest is not None
    assert (newest.person, newest.about) == ("", "acc-head")
