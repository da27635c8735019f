"""Lists that are brought in, each way once: part of the day at the station."""

from broadcaster.audit.acts import Act
from broadcaster.intake.bringing import check_file
from broadcaster.intake.carried import packed
from broadcaster.intake.checking import Doer
from broadcaster.intake.columns import laid_out
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.reading import read_tables
from broadcaster.joining.tables import PreparedJoining
from tests.broadcaster.small_station import SmallStation
from tests.broadcaster.station_keys import STATION_ID
from tests.security.day_at_the_station import Day, Step

LOUDSPEAKERS = (
    "Mã thiết bị;Tên loa;Cụm;Thôn và phần dân;Ghi chú\n"
    "loa-sap-lap;Loa sắp lắp;dong;dong-2: 5;Cột điện trước nhà văn hóa\n"
).encode()
_OTHERS = LOUDSPEAKERS.replace(b"loa-sap-lap", b"loa-sap-lap-2")
_VILLAGES = "Thôn;Cụm;Số hộ;Số dân\nThôn Từ Tệp;dong;10;40\n".encode()
_MORE = _VILLAGES.replace("Từ Tệp".encode(), "Từ Chương Trình".encode())


def brought(
    kind: str, data: bytes, *, station: SmallStation, by: str = "acc-admin"
) -> dict[str, object]:
    """What the page of a file's check sends when somebody keeps it."""
    now = station.clock()
    sheet = laid_out(read_tables(data), ALL_KINDS[kind].columns)
    doer = Doer(station_id=STATION_ID, today=now.date(), now=now, by=by)
    seen = check_file(station.database, ALL_KINDS[kind], sheet, doer).fingerprint
    return {"rows": packed(sheet.table), "seen": seen}


def prepared(day: Day) -> str:
    """A joining with another station that is prepared: a person and a loudspeaker of both; its id.

    As after `loa join … --prepare` on the machine.
    """
    now, key = day.site.station.clock(), "ab" * 32
    row = PreparedJoining(
        id="prj-binh-hoa", station_id=STATION_ID, other_id="st-binh-hoa", name="Đài Bình Hòa",
        commune="Bình Hòa", public_key=key, as_of=now, prepared_at=now, counts={"device": 1},
        taken={"codes": ["loa-cho-cu"], "usernames": ["operator"]},
        questions=[
            {
                "kind": "person", "code": "acc-binh", "there": "operator", "here": "acc-operator",
                "theirs": {"code": "operator", "name": "Trần Văn Bình", "roles": ["operator"]},
            },
            {
                "kind": "device", "code": "loa-cho-cu", "there": "Loa chợ", "here": "Loa đình",
                "theirs": {"code": "loa-cho-cu", "name": "Loa chợ", "cluster": "Cụm Bắc"},
            },
        ],
    )  # fmt: skip
    with day.site.station.database.writing() as session:
        session.add(row)
        return row.id


def lists() -> list[Step]:
    """Each of their routes once."""
    return [
        ("POST /import/{table}/rows",
         lambda day: day.page("admin", "/import/devices/rows",
                              **brought("devices", _OTHERS, station=day.site.station)),
         (Act.DEVICE_EXPECTED, Act.TABLE_BROUGHT_IN), "admin"),
        ("POST /devices/enrolment/expected/{device_id}/removal",
         lambda day: day.page("admin", "/devices/enrolment/expected/loa-sap-lap-2/removal"),
         (Act.DEVICE_EXPECTED_NO_MORE,), "admin"),
        ("POST /api/import/{table}",
         lambda day: day.program("admin", "POST", "/api/import/villages?dry_run=false",
                                 files={"file": ("thon.csv", _MORE)}),
         (Act.VILLAGE_ADDED, Act.TABLE_BROUGHT_IN), "admin"),
        ("POST /import/schedules/rows",
         lambda day: day.page("operator", "/import/schedules/rows", **_times(day, "13:10")),
         (Act.SCHEDULED, Act.TABLE_BROUGHT_IN), "operator"),
        ("POST /api/import/schedules",
         lambda day: day.program("leader", "POST", "/api/import/schedules?dry_run=false",
                                 files={"file": ("lich.csv", _file_of_times("13:40"))}),
         (Act.SCHEDULED, Act.TABLE_BROUGHT_IN), "leader"),
        ("POST /export", lambda day: day.page("admin", "/export"),
         (Act.STATION_EXPORTED,), "admin"),
        ("POST /api/export",
         lambda day: day.program("admin", "POST", "/api/export?personal=true"),
         (Act.STATION_EXPORTED,), "admin"),
        ("POST /joined/{joining_id}/decisions",
         lambda day: day.page("admin", f"/joined/{prepared(day)}/decisions", kind="device",
                              code="loa-cho-cu", said="loa-binh-hoa-1"),
         (Act.JOINING_DECIDED,), "admin"),
        ("POST /joined/{joining_id}/dropping",
         lambda day: day.page("admin", "/joined/prj-binh-hoa/dropping"),
         (Act.JOINING_DROPPED,), "admin"),
        ("POST /setup/put-away", lambda day: day.page("admin", "/setup/put-away"),
         (Act.SET_UP_PUT_AWAY,), "admin"),
        ("POST /setup/bring-back", lambda day: day.page("admin", "/setup/bring-back"),
         (Act.SET_UP_BROUGHT_BACK,), "admin"),
    ]  # fmt: skip


def _times(day: Day, at: str) -> dict[str, object]:
    station = day.site.station
    return brought("schedules", _file_of_times(at), station=station, by="acc-operator")


def _file_of_times(at: str) -> bytes:
    return f"Bản tin;Cụm;Thứ;Giờ\nvaccine;dong;T7;{at}\n".encode()
