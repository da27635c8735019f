"""The board tells of clocks that drift and of poles that somebody else tried to order."""

from collections.abc import Mapping
from pathlib import Path

from sqlmodel import Session, delete

from broadcaster.accounts.roles import Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.device_notices import device_notices
from broadcaster.database import Database
from broadcaster.fleet.tables import DeviceHealth, DeviceStatus
from broadcaster.fleet.wording import measured_lines
from tests.broadcaster.dispatch.fleet import add_device, report
from tests.broadcaster.small_station import NOON, STATION_ID, found_station


def viewer(*roles: Role) -> Viewer:
    """Somebody of the station."""
    return Viewer(
        account_id="acc-1", username="an", display_name="An", roles=frozenset(roles),
        station_id=STATION_ID,
    )  # fmt: skip


def told(session: Session, *roles: Role) -> list[tuple[str, str]]:
    """Title and names of each line."""
    lines = device_notices(session, STATION_ID, viewer(*roles), NOON)
    return [(each.title, each.text) for each in lines]


def said(session: Session, device_id: str, refused: Mapping[str, int]) -> None:
    """Let a device say what it refused since it was switched on."""
    session.add(
        DeviceHealth(
            device_id=device_id, said={"refused": dict(refused)}, said_at=NOON, received_at=NOON
        )
    )
    session.flush()


def test_a_clock_that_drifts_two_seconds_is_told(database: Database, tmp_path: Path) -> None:
    """Either way; one that is nearly right, or of a device that is away, is not."""
    found_station(database, state_dir=tmp_path)
    with database.writing() as session:
        for number, offset_ms in enumerate((2_000, -2_500, 1_999, 90_000, 3_000, 4_000), start=1):
            add_device(session, number, now=NOON)
            report(session, f"loa-{number}", now=NOON, clock_offset_ms=offset_ms)
        report(session, "loa-4", now=NOON, online=False)

        assert told(session, Role.OPERATOR) == [
            ("Đồng hồ loa lệch quá 2 giây", "Loa 1, Loa 2, Loa 5 +1")
        ]
        assert told(session, Role.VILLAGE_HEAD) == []
        session.exec(delete(DeviceStatus))
        assert told(session, Role.OPERATOR) == []


def test_a_pole_that_somebody_else_tried_to_order_is_told(
    database: Database, tmp_path: Path
) -> None:
    """What is old or cut on its way is no attack, and stands on the device's page only."""
    found_station(database, state_dir=tmp_path)
    with database.writing() as session:
        for number in (1, 2, 3):
            add_device(session, number, now=NOON)
        said(session, "loa-1", {"bad_signature": 731, "rolled_back": 2})
        said(session, "loa-2", {"rolled_back": 5, "malformed": 1})

        assert told(session, Role.INSPECTOR) == [
            ("Loa nhận lệnh không phải của đài và đã bỏ qua", "Loa 1")
        ]


def test_each_refusal_counts_under_a_name_on_the_device_s_page() -> None:
    """None is left out, whatever its code; nonsense breaks nothing."""
    refused = {"bad_signature": 700, "wrong_key": 31, "expired": 4, "some_new_code": 5, "x": "y"}

    lines = measured_lines({"refused": refused}, language="vi")

    assert [(each.name, each.figure) for each in lines] == [
        ("Lệnh không phải của đài, đã bỏ qua", "731"),
        ("Lệnh cũ hoặc phát lại, đã bỏ qua", "4"),
        ("Tin không đọc được, đã bỏ qua", "5"),
    ]
    assert measured_lines({"refused": [1]}, language="vi") == []
