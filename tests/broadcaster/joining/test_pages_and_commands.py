"""What people see of joined stations: the page, its JSON, and what commands print."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result
from nacl.encoding import HexEncoder
from sqlmodel import Session, select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Cluster, JoinedStation
from broadcaster.backup.backup_key import backup_key_told, make_backup_key
from broadcaster.backup.writing import write_backup
from broadcaster.commands import app
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.fleet.moving import shares_of, take_over
from broadcaster.fleet.registry import enrol
from broadcaster.fleet.tables import Device, DeviceSuccession, JoinedDevice
from broadcaster.joining import api, pages
from broadcaster.joining.errors import OtherLedgerBroken, Undecided
from broadcaster.settings import Settings
from tests.broadcaster.inspection.scene import play_a_day
from tests.broadcaster.joining.scene import (
    AS_OF,
    NOW,
    OTHER,
    ROOT_KEY,
    SOUND,
    SOUND_SHA256,
    live,
    two_communes,
)
from tests.broadcaster.ledger.commune import STATION, Pole
from tests.broadcaster.small_station import browser, found_station
from tests.broadcaster.station_keys import STATION_ID
from tests.clients import TestClient
from tests.trail import connect, keep_keys

TODAY = NOW.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def copied(template: Path, file: Path) -> str:
    """An empty, migrated database more."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(template.read_bytes())
    return f"sqlite:///{file}"


def put_up(session: Session, device: str, *, cluster: str) -> None:
    """Let a loudspeaker in, as after its code was confirmed."""
    enrol(
        session,
        device_id=device,
        cluster=session.get_one(Cluster, cluster),
        name=f"Loa {device}",
        public_key_hex=Pole(device).key.verify_key.encode(HexEncoder).decode(),
        broker_salt="00",
        broker_verifier="00",
        simulated=True,
        now=NOW,
    )


def test_a_new_pole_takes_the_place_of_one_that_came_along(
    sqlite_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    """Its people go over from today on; what the old one confirmed stays with the old one."""
    two = two_communes(
        connect(sqlite_url), copied(sqlite_template, tmp_path / "theirs.sqlite3"), tmp_path
    )
    two.join()
    with two.ours.database.writing() as session:
        put_up(session, "loa-moi", cluster="cum-b")
        take_over(
            session, "loa-binh-hoa-1", "loa-moi",
            station_id=STATION, by="acc-hoa", today=TODAY, now=NOW,
        )  # fmt: skip
        new = {each.village_id: each.share for each in shares_of(session, "loa-moi")}
        is_retired = session.get_one(Device, "loa-binh-hoa-1").retired_at == NOW
    found = two.ours.verdict(now=NOW + timedelta(minutes=1)).findings
    two.ours.database.dispose()

    assert (new, is_retired, found) == ({"thon-b1": 1.0}, True, [])


def test_the_page_tells_which_poles_wait(database: Database, tmp_path: Path) -> None:
    """To whoever administers, and to inspectors without what they may not do."""
    station = found_station(database, state_dir=tmp_path)
    site = station.app(pages.router, api.api)
    token = station.session_of("admin", Role.ADMIN)
    admin, bearer = browser(site, token=token), {"Authorization": f"Bearer {token}"}
    none_yet = admin.get("/joined").text
    with database.writing() as session:
        cluster = session.exec(select(Cluster)).first()
        assert cluster is not None
        for device in ("loa-cu-1", "loa-cu-2", "loa-moi"):
            put_up(session, device, cluster=cluster.id)
        session.add(
            JoinedStation(
                id=OTHER,
                station_id=STATION_ID,
                name="Đài Bình Hòa",
                commune="Bình Hòa",
                province="An Giang",
                public_key=ROOT_KEY,
                as_of=AS_OF,
                joined_at=NOW,
                evidence_sha256="ab" * 32,
            )
        )
        session.flush()
        for device in ("loa-cu-1", "loa-cu-2"):
            session.add(
                JoinedDevice(
                    device_id=device,
                    joined_station_id=OTHER,
                    signed_as=device.removesuffix("-cu-1"),
                    joined_at=NOW,
                )
            )
        session.add(DeviceSuccession(device_id="loa-cu-1", into_device_id="loa-moi", at=NOW))
    page = admin.get("/joined").text
    inspector = browser(site, token=station.session_of("inspector", Role.INSPECTOR))
    operator = browser(site, token=station.session_of("operator", Role.OPERATOR))
    (told,) = TestClient(site, headers=bearer).get("/api/joined-stations").json()

    assert "loa join" in none_yet
    assert "1/2" in page
    assert "chưa nghe lệnh của đài này" in page
    assert 'href="/devices/loa-moi"' in page
    assert 'href="/devices/enrolment"' in page
    assert 'href="/devices/enrolment"' not in inspector.get("/joined").text
    assert operator.get("/joined").status_code == 403
    assert (told["root_public_key"], told["as_of_ms"]) == (ROOT_KEY, to_ms(AS_OF))
    assert [(each["device_id"], each["taken_by"]) for each in told["devices"]] == [
        ("loa-cu-2", None), ("loa-cu-1", "loa-moi"),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtTheMachine:
    """Our station in the folder where commands are given, and the other one's backup."""

    state: Path
    backup: Path
    paper: str

    def loa(self, *arguments: str) -> Result:
        """One command to its end; the other's backup key is handed in where it is asked for."""
        with capture_logs():
            return CliRunner().invoke(app, arguments, input=f"{self.paper}\n")

    def join(self, *more: str, root_key: str = ROOT_KEY) -> Result:
        """`loa join` with the other's backup."""
        return self.loa("join", str(self.backup), "--root-key", root_key, *more)


@pytest.fixture
def machine(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtTheMachine:
    """Two stations that had a day, each in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "ours"))
    ours = connect(copied(sqlite_template, tmp_path / "ours" / "station.sqlite3"))
    play_a_day(ours)
    keep_keys(tmp_path / "ours" / "keys", STATION)
    ours.dispose()
    theirs = connect(copied(sqlite_template, tmp_path / "theirs" / "station.sqlite3"))
    live(theirs)
    settings = Settings(state_dir=tmp_path / "theirs")
    keep_keys(settings.keys_dir, OTHER)
    settings.audio_dir.mkdir()
    (settings.audio_dir / f"{SOUND_SHA256}.mp3").write_bytes(SOUND)
    key = make_backup_key(settings.keys_dir)
    made = write_backup(theirs, settings, tmp_path / "backups", station_id=OTHER, now=AS_OF)
    theirs.dispose()
    rmtree(settings.state_dir)
    return AtTheMachine(tmp_path / "ours", made.file, backup_key_told(key))


def test_two_communes_become_one_at_the_machine(machine: AtTheMachine, tmp_path: Path) -> None:
    """A dry run, a person's decisions, the joining, once more, and the ledgers looked at."""
    wanted = tmp_path / "quyet-dinh.csv"
    dry = machine.join("--dry-run", "--write-decisions", str(wanted))
    refused = machine.join()
    lines = wanted.read_text("utf-8-sig").splitlines()
    said = {"device,loa-1": "loa-bh-1", "cluster,cum-b": "=", "village,thon-b1": "Thôn Một BH"}
    wanted.write_text("\n".join([lines[0], *(_answered(each, said) for each in lines[1:])]))
    again = machine.join("--dry-run", "--decisions", str(wanted))
    joined = machine.join("--decisions", str(wanted))
    twice = machine.join("--decisions", str(wanted))
    shown = machine.loa("joined")
    whole = machine.loa("ledger", "verify")
    evidence = machine.state / "joined" / OTHER
    theirs = machine.loa("ledger", "verify", "--export", str(evidence), "--root-key", ROOT_KEY)
    with (evidence / "play.jsonl").open("a") as file:
        file.write("\n")
    altered = machine.loa("joined")

    assert (dry.exit_code, isinstance(refused.exception, Undecided)) == (1, True), dry.output
    assert len(lines) == 4
    assert (again.exit_code, "● Nhập được" in again.stdout) == (0, True), again.output
    assert (joined.exit_code, twice.exit_code) == (0, 0), joined.output
    assert "● Đã nhập Đài Bình Hòa" in joined.stdout
    assert "không làm gì thêm" in twice.stdout
    assert (shown.exit_code, "0/2 loa đã thay" in shown.stdout) == (0, True), shown.output
    assert (whole.exit_code, theirs.exit_code) == (0, 0), whole.stdout + theirs.stdout
    assert (machine.state / "audio" / f"{SOUND_SHA256}.mp3").read_bytes() == SOUND
    assert (altered.exit_code, "mất hoặc bị sửa" in altered.stdout) == (1, True)


def test_what_is_to_be_decided_is_laid_out_at_the_machine(machine: AtTheMachine) -> None:
    """Nothing is joined by it; joining without an answer says where answers are given."""
    prepared = machine.join("--prepare")
    refused = machine.join()
    shown = machine.loa("joined")

    assert (prepared.exit_code, "/joined/prj-" in prepared.stdout) == (0, True), prepared.output
    assert isinstance(refused.exception, Undecided)
    assert "--prepare" in refused.exception.message_vi
    assert "Chưa nhập đài nào" in shown.stdout


def test_a_backup_under_another_root_is_refused(machine: AtTheMachine) -> None:
    """Whoever holds the file and its key may have made it himself."""
    refused = machine.join("--dry-run", root_key="ab" * 32)

    assert isinstance(refused.exception, OtherLedgerBroken)
    assert not (machine.state / "joined").exists()


def _answered(line: str, said: dict[str, str]) -> str:
    kind, code, *_ = line.split(",")
    return line.rstrip(",") + "," + said[f"{kind},{code}"]
