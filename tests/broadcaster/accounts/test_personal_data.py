"""Personal data: handed out whole, erased so that nothing names the person, forgotten in time."""

import json
from datetime import timedelta

import pytest
import sqlmodel
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from broadcaster.accounts import second_factor
from broadcaster.accounts.errors import LastAdmin, SignInRefused
from broadcaster.accounts.failures import FAILURE_WINDOW
from broadcaster.accounts.own_password import LINK_LASTS, make_link
from broadcaster.accounts.people import create_account
from broadcaster.accounts.people_command import person_erased, person_exported
from broadcaster.accounts.personal_data import (
    COPIED_NAMES,
    ERASED_NAME,
    PURPOSES,
    erase_person,
    export_person,
)
from broadcaster.accounts.retention import (
    STRANGERS_NAMES_KEPT,
    USED_CODES_KEPT,
    forget_what_ended,
)
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import SESSION_LIFE, CameFrom, sign_in
from broadcaster.accounts.tables import HeadPhone
from broadcaster.audit import Act, record
from broadcaster.audit.tables import PRIVATE
from broadcaster.bulletins.tables import Bulletin, BulletinDraft
from broadcaster.database import Database
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from broadcaster.live.tables import LivePermit, LiveTalk
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import keys_of

NAME, ADDRESS, WORDS = "Trần Thị Hạnh", "192.0.2.77", "Chị Hạnh sửa lại ngày họp"
PHONE = "+84912345678"
UNSAVED = "Chưa ai được đọc dòng này."


@pytest.fixture
def hanh(station: SmallStation) -> str:
    """Somebody who has left traces everywhere; their account."""
    with station.database.writing() as session:
        account, password = create_account(
            session,
            station_id=STATION_ID,
            username="hanh",
            display_name=NAME,
            roles=[Role.OPERATOR],
            now=station.clock(),
        )
        account_id = account.id
    sign_in(
        station.database, username="hanh", password=password, now=station.clock(),
        came_from=CameFrom(address=ADDRESS, browser="Firefox của Hạnh"),
    )  # fmt: skip
    with pytest.raises(SignInRefused):
        sign_in(station.database, username="hanh", password="x", now=station.clock())
    with station.database.writing() as session:
        second_factor.offer_seed(
            session,
            account_id,
            token="here",
            keys_dir=station.settings.keys_dir,
            now=station.clock(),
        )
        second_factor.make_codes(session, account_id, by=account_id, now=station.clock())
        make_link(session, account_id, by=account_id, now=station.clock())
        session.add(
            HeadPhone(
                account_id=account_id, phone=PHONE, entered_by=account_id,
                entered_at=station.clock(),
            )
        )  # fmt: skip
        session.add(
            Bulletin(
                id="bul-1", station_id=STATION_ID, title="Họp", topic="", script="Mời họp.",
                author_id=account_id, created_at=station.clock(), edited_at=station.clock(),
            )
        )  # fmt: skip
        session.add(
            BulletinDraft(
                id="drf-1", station_id=STATION_ID, account_id=account_id, revision=1,
                given={"script": UNSAVED}, saved_at=station.clock(),
            )
        )  # fmt: skip
        record(
            session, Act.BULLETIN_RETURNED, by=account_id, about="bul-1", at=station.clock(),
            private={"comment": WORDS},
        )  # fmt: skip
    return account_id


def everything(database: Database) -> str:
    """All that lies in the database, as text."""
    with database.reading() as session:
        return "\n".join(
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in session.execute(select(table))
        )


def findings(station: SmallStation) -> list[Finding]:
    """What an inspector finds in the trail and what rests on it."""
    question = Question(root_key=keys_of(STATION_ID).root_public_key, now=station.clock())
    with station.database.reading() as session:
        return list(verify(Sight(session.connection()), question).findings)


def test_an_export_holds_all_of_theirs_and_no_secret(station: SmallStation, hanh: str) -> None:
    """By table, with its purpose and for how long; what they said stands with their acts."""
    text = person_exported(station.database, "Hanh", now=station.clock())
    told = json.loads(text)

    assert set(told["tables"]) >= {
        "account", "role_grant", "sign_in_session", "sign_in_failure", "bulletin", "one_time_code"
    }  # fmt: skip
    assert (told["account_id"], told["purposes"].keys()) == (hanh, PURPOSES.keys())
    for said in (NAME, ADDRESS, WORDS, PHONE, UNSAVED, "Mời họp."):
        assert said in text
    for secret in ("argon2", "csrf", "sha256", "seed"):
        assert secret not in text
    assert [each["act"] for each in told["acts"]][:2] == ["person_admitted", "signed_in"]


def test_what_is_erased_names_nobody_and_the_trail_holds(station: SmallStation, hanh: str) -> None:
    """Name, sign-in, address and words are gone; who did what stands under an id."""
    before = findings(station)
    assert "hanh" in person_erased(station.database, "hanh", now=station.clock())

    left = everything(station.database)
    for said in (NAME, "'hanh'", ADDRESS, WORDS, PHONE, UNSAVED, "argon2"):
        assert said not in left
    assert hanh in left
    assert ERASED_NAME in left
    assert findings(station) == before
    with pytest.raises(SignInRefused):
        sign_in(station.database, username=f"x-{hanh}", password="-", now=station.clock())


def test_copies_of_a_name_go_once_nothing_signed_needs_them(
    station: SmallStation, hanh: str
) -> None:
    """An order that may still be said again names its giver until it is over."""
    now, leader = station.clock(), station.member("binh", Role.LEADER)
    namesake = station.member("hanh2", Role.OPERATOR)
    day = timedelta(days=1)
    with station.database.writing() as session:
        session.add(
            EmergencyAuthorisation(
                id="emu-1", station_id=STATION_ID, account_id=hanh, granted_by=leader,
                granted_at=now - 3 * day,
            )
        )  # fmt: skip
        session.flush()
        for name, until, giver in (
            ("em-over", now - day, hanh),
            ("em-lasts", now + day, hanh),
            ("em-of-a-namesake", now - day, namesake),
        ):
            session.add(
                Emergency(
                    id=name, station_id=STATION_ID, request_key=name, hazard="flood", words="Lũ.",
                    cadence="once", given_by=giver, giver_name=NAME, authorisation_id="emu-1",
                    raised_at=now - 2 * day, repeats_until=until,
                )
            )  # fmt: skip
    with station.database.writing() as session:
        erase_person(session, hanh, by=leader, now=now)

    def names() -> dict[str, str]:
        with station.database.reading() as session:
            rows = session.exec(sqlmodel.select(Emergency)).all()
            return {each.id: each.giver_name for each in rows}

    of_a_namesake = {"em-of-a-namesake": NAME}
    assert names() == {"em-over": ERASED_NAME, "em-lasts": NAME, **of_a_namesake}
    with station.database.writing() as session:
        forget_what_ended(session, now=now + 2 * day)
    assert names() == {"em-over": ERASED_NAME, "em-lasts": ERASED_NAME, **of_a_namesake}


def test_a_name_that_stands_for_the_night_is_erased_by_whose_it_is(station: SmallStation) -> None:
    """A namesake's stays; what still ran when its leader was erased follows once it is over."""
    now = station.clock()
    an, namesake = station.member("an", Role.LEADER), station.member("an2", Role.LEADER)
    admin = station.member("rang", Role.ADMIN)
    with station.database.writing() as session:
        session.add(
            LivePermit(
                id="permit-1", station_id=STATION_ID, account_id=namesake, granted_by=an,
                granted_at=now, valid_until=now, quiet_reason="Bão",
            )
        )  # fmt: skip
        session.flush()
        for name, whose, ended_at in (
            ("talk-over", an, now - timedelta(days=1)),
            ("talk-runs", an, None),
            ("talk-of-a-namesake", namesake, now - timedelta(days=1)),
        ):
            session.add(
                LiveTalk(
                    id=name, station_id=STATION_ID, title="Họp", speaker_id=namesake,
                    permit_id="permit-1", longest_ms=60_000, override_person=NAME,
                    override_by=whose, override_reason="Bão", asked_at=now, ended_at=ended_at,
                )
            )  # fmt: skip
    with station.database.writing() as session:
        erase_person(session, an, by=admin, now=now)

    def names() -> dict[str, str | None]:
        with station.database.reading() as session:
            return {
                each.id: each.override_person for each in session.exec(sqlmodel.select(LiveTalk))
            }

    of_a_namesake = {"talk-of-a-namesake": NAME}
    assert names() == {"talk-over": ERASED_NAME, "talk-runs": NAME, **of_a_namesake}
    with station.database.writing() as session:
        session.get_one(LiveTalk, "talk-runs").ended_at = now
        forget_what_ended(session, now=now + timedelta(hours=1))
    assert names() == {"talk-over": ERASED_NAME, "talk-runs": ERASED_NAME, **of_a_namesake}


def test_every_name_that_is_copied_stands_beside_its_owner() -> None:
    """By the schema: whose it is, is an account's id."""
    for table, name, over, whose in COPIED_NAMES:
        columns = sqlmodel.SQLModel.metadata.tables[table].columns
        assert {name, over, whose} <= set(columns.keys())
        assert [key.target_fullname for key in columns[whose].foreign_keys] == ["account.id"]


def test_two_can_be_erased_and_the_last_admin_cannot(station: SmallStation) -> None:
    """Nobody's new name stands in another's way."""
    first, second = station.member("an", Role.OPERATOR), station.member("quan", Role.ADMIN)
    third = station.member("rang", Role.ADMIN)
    with station.database.writing() as session:
        for each in (first, second):
            erase_person(session, each, by=third, now=station.clock())
    with pytest.raises(LastAdmin), station.database.writing() as session:
        erase_person(session, third, by=third, now=station.clock())


def test_another_persons_words_about_them_are_not_handed_out(station: SmallStation) -> None:
    """They are that person's own."""
    account = station.member("an", Role.OPERATOR)
    with station.database.writing() as session:
        record(
            session, Act.BULLETIN_RETURNED, by="acc-binh", about=account, at=station.clock(),
            private={"comment": WORDS},
        )  # fmt: skip
    with station.database.writing() as session:
        told = export_person(session, account, by=None, now=station.clock())

    assert [each["said"] for each in told["acts"]] == [{}]


def test_what_has_an_end_is_gone_at_its_end(station: SmallStation, hanh: str) -> None:
    """Sessions with their addresses after twelve hours, failures, links, offers, used codes."""
    begun = station.clock()

    def names_after(passed: timedelta) -> list[str]:
        with station.database.writing() as session:
            forget_what_ended(session, now=begun + passed)
        names = ("sign_in_failure", "second_factor", "sign_in_session", "password_link")
        with station.database.reading() as session:
            tables = [SQLModel.metadata.tables[name] for name in names]
            return [
                table.name
                for table in tables
                if session.execute(select(table)).first()
                and (table.name != "second_factor"
                     or session.execute(select(table.c.offered_seed)).scalar_one())
            ]  # fmt: skip

    second = timedelta(seconds=1)
    assert names_after(FAILURE_WINDOW - second) == [
        "sign_in_failure", "second_factor", "sign_in_session", "password_link"]  # fmt: skip
    assert names_after(FAILURE_WINDOW) == ["second_factor", "sign_in_session", "password_link"]
    assert names_after(second_factor.OFFER_LASTS) == ["sign_in_session", "password_link"]
    assert names_after(SESSION_LIFE) == ["password_link"]
    assert names_after(LINK_LASTS) == []
    codes = SQLModel.metadata.tables["one_time_code"]
    with station.database.writing() as session:
        session.execute(codes.update().where(codes.c.account_id == hanh).values(used_at=begun))
        forget_what_ended(session, now=begun + USED_CODES_KEPT)
        assert session.execute(select(codes)).all() == []


def test_what_strangers_typed_is_forgotten_and_only_that(station: SmallStation) -> None:
    """After ninety days; the trail holds, and says up to where. What else goes is found."""
    with pytest.raises(SignInRefused):
        sign_in(station.database, username="matkhau-cua-toi", password="x", now=station.clock())
    station.clock.move(STRANGERS_NAMES_KEPT)
    with pytest.raises(SignInRefused):
        sign_in(station.database, username="mot-nguoi-khac", password="x", now=station.clock())
    before = findings(station)
    with station.database.writing() as session:
        forget_what_ended(session, now=station.clock())
    left = everything(station.database)

    assert "matkhau-cua-toi" not in left
    assert "mot-nguoi-khac" in left
    assert findings(station) == before
    with Database(station.database.engine).writing() as session:
        session.execute(delete(PRIVATE))
    assert [each.flaw for each in findings(station) if each not in before] == [Flaw.PRIVATE_MISSING]
