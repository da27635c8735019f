"""All of the station goes out as one ZIP, is read by others, and comes back in as the same."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, SQLModel, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.queries import residents_on
from broadcaster.audit.acts import Act
from broadcaster.bulletins.tables import Bulletin
from broadcaster.campaigns.keeping import keep_campaign
from broadcaster.campaigns.plan import DayKind, Goal, Plan, PlannedDay, Quota, Unit
from broadcaster.database import Database
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencyEvent,
    EmergencyOrder,
    EmergencyPart,
    EmergencySound,
)
from broadcaster.fleet.registry import retire
from broadcaster.fleet.shares import Merging, merge_with_poles
from broadcaster.fleet.tables import Device
from broadcaster.intake.bringing import check_file
from broadcaster.intake.checking import Doer
from broadcaster.intake.columns import laid_out
from broadcaster.intake.export import README_NAME, export_station
from broadcaster.intake.export_shapes import Place
from broadcaster.intake.export_tables import TABLES
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.not_exported import LEFT_OUT
from broadcaster.intake.reading import read_tables
from broadcaster.ledger.tables import Play
from tests.broadcaster.intake.conftest import csv_bytes, kept
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import acts_of, connect

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VILLAGES = csv_bytes(
    "Cụm;Thôn;Số hộ;Số dân;Trưởng thôn;Điện thoại;Vị trí",
    "Cụm Đông mới;Thôn =1+1;312;1.234;Nguyễn Văn An;+84912345678;-10.5, 105.5",
    "Cụm Đông mới;Thôn Ngã Ba Mới;100;400;Nguyễn Văn Ân;;",
)
DEVICES = csv_bytes(
    "Mã thiết bị;Tên loa;Cụm;Thôn và phần dân;Vị trí;Ghi chú",
    "loa-moi;Loa mới;;Thôn Ngã Ba Mới: 33,33;10.1, 105.1;@cột 3",
)


@pytest.fixture
def commune(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """Nine villages with their poles and an afternoon of broadcasts, and what came from lists."""
    database: Database = connect(sqlite_url)
    found = found_commune(database, state_dir=tmp_path)
    found.member("admin", Role.ADMIN)
    found.member("operator", Role.OPERATOR)
    found.member("leader", Role.LEADER)
    with database.writing() as session:
        add_afternoon(session, operator="acc-operator", leader="acc-leader", now=found.clock())
    kept(found, "villages", VILLAGES)
    kept(found, "devices", DEVICES)
    yield found
    database.dispose()


def taken(station: SmallStation, *, personal: bool) -> Mapping[str, bytes]:
    """The files of an export, unpacked by the standard library."""
    now = station.clock()
    place = Place(station_id=STATION_ID, today=now.astimezone(ZONE).date(), zone=ZONE,
                  personal=personal)  # fmt: skip
    with (
        export_station(station.database, place, by="acc-admin", now=now) as file,
        zipfile.ZipFile(io.BytesIO(file.read())) as archive,
    ):
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    """A table as the csv module reads it."""
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))


@pytest.mark.parametrize("personal", [True, False])
@pytest.mark.parametrize("kind", ["villages", "residents", "devices"])
def test_what_went_out_comes_back_as_the_same(
    commune: SmallStation, kind: str, personal: bool
) -> None:
    """Checked in again, not one row is new, changed or a problem, and no column is unknown."""
    data = taken(commune, personal=personal)[f"{kind}.csv"]
    sheet = laid_out(read_tables(data), ALL_KINDS[kind].columns)
    now = commune.clock()
    doer = Doer(station_id=STATION_ID, today=now.astimezone(ZONE).date(), now=now, by="acc-admin")
    outcome = check_file(commune.database, ALL_KINDS[kind], sheet, doer)
    odd = [line for line in outcome.lines if line.verdict != "same"]

    assert odd == []
    assert list(outcome.unknown) == []
    assert len(outcome.lines) >= 10


def test_people_come_back_as_the_same(commune: SmallStation) -> None:
    """Who may sign in, with their roles, villages and numbers."""
    data = taken(commune, personal=True)["people.csv"]
    sheet = laid_out(read_tables(data), ALL_KINDS["people"].columns)
    now = commune.clock()
    doer = Doer(station_id=STATION_ID, today=now.date(), now=now, by="acc-admin")
    outcome = check_file(commune.database, ALL_KINDS["people"], sheet, doer)

    assert {str(line.verdict) for line in outcome.lines} == {"same"}
    assert len(outcome.lines) == 5


def test_contributors_of_campaigns_that_go_on_come_back_as_the_same(
    commune: SmallStation,
) -> None:
    """Two campaigns of one title are told apart; what all owe together is no contributor's."""
    now = commune.clock()
    doer = Doer(station_id=STATION_ID, today=now.astimezone(ZONE).date(), now=now, by="acc-admin")
    quotas = [Quota(contributor="Trạm Y tế xã", a_month=2), Quota(contributor="", a_month=9)]
    with commune.database.writing() as session:
        for title in ("Y tế", "y tế", "Phòng cháy"):
            plan = Plan(
                title=title, first=doer.today, last=doer.today + timedelta(days=90),
                topics=["Y tế"], quotas=quotas,
            )  # fmt: skip
            keep_campaign(session, plan, station_id=STATION_ID, by="acc-leader", now=now)
    data = taken(commune, personal=False)["contributors.csv"]
    sheet = laid_out(read_tables(data), ALL_KINDS["contributors"].columns)
    outcome = check_file(commune.database, ALL_KINDS["contributors"], sheet, doer)

    assert [str(line.verdict) for line in outcome.lines] == ["same"] * 3


def test_every_table_is_there_with_all_of_its_rows(commune: SmallStation) -> None:
    """Counted against the database; each heading stands in the README."""
    files = taken(commune, personal=True)
    readme = files[README_NAME].decode()
    with commune.database.reading() as session:
        plays = session.exec(select(Play)).all()
        bulletins = session.exec(select(Bulletin)).all()
        devices = session.exec(select(Device)).all()

    assert set(files) == {README_NAME, *(f"{each.name}.csv" for each in TABLES)}
    assert len(rows(files, "plays")) == len(plays) > 0
    assert len(rows(files, "bulletins")) == len(bulletins) > 0
    assert len(rows(files, "devices")) == len(devices) + 1
    assert {each["state"] for each in rows(files, "plays")} == {each.state for each in plays}
    for table in TABLES:
        head = next(csv.reader(io.StringIO(files[f"{table.name}.csv"].decode("utf-8-sig"))))
        assert head == [name for name, _ in table.columns]
        assert f"{table.name}.csv: {table.title}" in readme
        assert [name for name in head if f"  {name}" not in readme] == []


def test_every_table_of_the_database_is_told_or_left_out_for_a_reason() -> None:
    """Whoever adds a table says whether a commune takes it along."""
    told = {table for each in TABLES for table in each.of}
    known = set(SQLModel.metadata.tables)

    assert told & set(LEFT_OUT) == set()
    assert known - told - set(LEFT_OUT) == set()
    assert (told | set(LEFT_OUT)) - known == set()
    assert all(LEFT_OUT.values())


def test_what_a_plan_asks_for_is_told_part_by_part(commune: SmallStation) -> None:
    """Goals, quotas, days and units, each with the sentence of the plan that it came from."""
    now = commune.clock()
    today = now.astimezone(ZONE).date()
    plan = Plan(
        title="Nước sạch", first=today, last=today + timedelta(days=90), topics=["Y tế"],
        goals=[Goal(percent=80, by_year=2030, sentence="Đạt 80 % dân số.")],
        quotas=[Quota(contributor="Trạm Y tế xã", a_month=2)],
        days=[PlannedDay(kind=DayKind.KEY_DAY, name="Ngày của nước", day=22, month=3)],
        units=[Unit(name="Công an xã", leads=True)],
    )  # fmt: skip
    with commune.database.writing() as session:
        made = keep_campaign(session, plan, station_id=STATION_ID, by="acc-leader", now=now)
    files = taken(commune, personal=False)
    (campaign,) = rows(files, "campaigns")
    parts = [
        (each["what"], each["name"], each["figure"], each["day"], each["year"], each["sentence"])
        for each in rows(files, "campaign-parts")
    ]

    assert campaign["id"] == made.id
    assert (campaign["title"], campaign["first"]) == ("Nước sạch", today.isoformat())
    assert parts == [
        ("topic", "Y tế", "", "", "", ""),
        ("goal", "residents", "80", "", "2030", "Đạt 80 % dân số."),
        ("quota", "Trạm Y tế xã", "2", "", "", ""),
        ("key_day", "Ngày của nước", "", "03-22", "", ""),
        ("leading_unit", "Công an xã", "", "", "", ""),
    ]


def a_drill(session: Session, *, at: datetime) -> None:
    """One that was held, ended and looked at again, with a line in the log."""
    script = EmergencySound(script_sha256="1" * 64, script="Diễn tập.", wanted_at=at)
    leave = EmergencyAuthorisation(
        id="emu-1", station_id=STATION_ID, account_id="acc-leader", granted_by="acc-admin",
        granted_at=at,
    )  # fmt: skip
    emergency = Emergency(
        id="em-1", station_id=STATION_ID, request_key="k", hazard="flood", drill=True,
        words="Diễn tập.", cadence="once", given_by="acc-leader", giver_name="Lê Văn Tư",
        authorisation_id="emu-1", raised_at=at, repeats_until=at, ending="over", ended_at=at,
        review="in_order", review_note="Ông Ba gọi muộn", reviewed_by="acc-admin", reviewed_at=at,
    )  # fmt: skip
    part = EmergencyPart(
        id="part-1", emergency_id="em-1", kind="message", script_sha256="1" * 64, starts_at=at
    )
    order = EmergencyOrder(id="eo-1", part_id="part-1", cluster_id="dong")
    event = EmergencyEvent(
        station_id=STATION_ID, emergency_id="em-1", at=at, what="called", account_id="acc-leader",
        detail="gọi bà Tư",
    )  # fmt: skip
    for row in (script, leave, emergency, part, order, event):
        session.add(row)
        session.flush()


def test_emergencies_and_what_became_of_each_pole_are_told(commune: SmallStation) -> None:
    """Who ordered one, for whom, how it ended; what was written about people only with leave."""
    now = commune.clock()
    with commune.database.writing() as session:
        a_drill(session, at=now)
        retire(session, "loa-dong-1-1", now=now)
    without, with_it = taken(commune, personal=False), taken(commune, personal=True)
    (told,), (event,) = rows(without, "emergencies"), rows(without, "emergency-events")
    became = [each for each in rows(without, "repairs") if each["device_id"] == "loa-dong-1-1"]

    assert (told["hazard"], told["drill"], told["cluster_ids"]) == ("flood", "1", "dong")
    assert (told["given_by"], told["review_note"], event["detail"]) == ("acc-leader", "", "")
    assert rows(with_it, "emergencies")[0]["review_note"] == "Ông Ba gọi muộn"
    assert rows(with_it, "emergency-events")[0]["detail"] == "gọi bà Tư"
    assert [each["what"] for each in became][:2] == ["enrolled", "retired"]
    assert "Lê Văn Tư".encode() not in b"".join(without.values())


def test_without_leave_nobody_is_named(commune: SmallStation) -> None:
    """No name, no user name, no number; with it they are there."""
    without, with_it = taken(commune, personal=False), taken(commune, personal=True)
    named = ("Nguyễn Văn An", "nguyen.van.an", "84912345678", "Operator")

    assert "people.csv" not in without
    assert [each for each in named if each.encode() in b"".join(without.values())] == []
    assert [each for each in named if each.encode() not in b"".join(with_it.values())] == []


def test_no_cell_begins_like_a_formula(commune: SmallStation) -> None:
    """Whatever people wrote, a spreadsheet runs none of it."""
    found = [
        cell
        for name in (each.name for each in TABLES)
        for row in rows(taken(commune, personal=True), name)
        for cell in row.values()
        if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    ]

    assert found == []


def test_that_it_was_taken_stands_in_the_trail(commune: SmallStation) -> None:
    """Who, and whether names were in it."""
    taken(commune, personal=False)
    taken(commune, personal=True)
    entries = acts_of(commune.database, Act.STATION_EXPORTED)

    assert [(each.by, each.details["personal"]) for each in entries] == [
        ("acc-admin", False),
        ("acc-admin", True),
    ]
    assert entries[0].details["rows"] > 100


def test_a_village_that_was_merged_stands_apart(commune: SmallStation) -> None:
    """With what it became and its figures; in the list to bring in again it is no more."""
    today = date(2026, 11, 22)
    with commune.database.writing() as session:
        merged = merge_with_poles(
            session,
            Merging(village_ids=["dong-1", "dong-2"], name="Thôn Gộp", cluster_id="dong",
                    since=today),
            station_id=STATION_ID, by="acc-admin", now=commune.clock(),
        ).id  # fmt: skip
        before = residents_on(session, ["dong-1"], today)["dong-1"].residents
    files = taken(commune, personal=False)
    (row,) = [each for each in rows(files, "other-villages") if each["village_id"] == "dong-1"]

    assert (row["into_village_id"], row["residents"]) == (merged, str(before))
    assert "dong-1" not in {each["Mã thôn"] for each in rows(files, "villages")}
    assert merged in {each["Mã thôn"] for each in rows(files, "villages")}
