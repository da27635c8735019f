"""A commune on its afternoon, its post office, and the rounds in which it is watched."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.watching.absence import Absence
from broadcaster.watching.around import Around
from broadcaster.watching.posting import keep_password
from broadcaster.watching.telling import Watch
from tests.authority import Authority
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.watching.post_office import PostOffice, open_post_office
from tests.trail import connect

KEPT = (0, 1_000)
ADRIFT = (0x40, 16_000_000)


@dataclass
class Watched:
    """The station, where its letters go, and how it stands around it."""

    station: SmallStation
    office: PostOffice
    settings: Settings
    trust: ssl.SSLContext
    kernel: tuple[int, int] | None = KEPT
    stepped: timedelta = timedelta(0)
    connected: bool = True
    waits_since: datetime | None = None
    term: int = 1
    may: bool = True
    watch: Watch | None = None
    absence: Absence | None = None

    @property
    def database(self) -> Database:
        """The station's database."""
        return self.station.database

    def restarted(self) -> None:
        """The process that leads the schedule begins anew."""
        clock = self.station.clock
        around = Around(
            now=clock, running_s=lambda: clock().timestamp(), kernel=lambda: self.kernel,
            stepped=lambda: self.stepped, connected=lambda: self.connected,
            waits_since=lambda _: self.waits_since, term=lambda: self.term,
        )  # fmt: skip
        self.absence = Absence(
            self.settings, around=around, may=lambda: self.may, context=self.trust
        )
        self.watch = Watch(
            self.database, self.settings, station_id=STATION_ID, absence=self.absence,
            around=around, context=self.trust,
        )  # fmt: skip

    def round(self, after: timedelta = timedelta(0)) -> list[str]:
        """Let time pass, hold a round; what the letters say that came of it."""
        if self.watch is None:
            self.restarted()
        assert self.watch is not None
        before = len(self.office.got)
        self.station.clock.move(after)
        self.watch.round()
        return self.office.bodies[before:]

    def round_without_database(self, after: timedelta = timedelta(0)) -> list[str]:
        """The same of what tells while no other round goes well."""
        assert self.absence is not None
        before = len(self.office.got)
        self.station.clock.move(after)
        self.absence.round()
        return self.office.bodies[before:]


def mail_settings(folder: Path, *, port: int, scheme: str = "starttls") -> Settings:
    """A station whose letters go through this server."""
    return Settings(
        state_dir=folder, mail_server=f"{scheme}://127.0.0.1:{port}", mail_user="dai",
        mail_from="dai@xa.example", mail_to="an@xa.example, binh@xa.example",
    )  # fmt: skip


@pytest.fixture
def watched(sqlite_url: str, tmp_path: Path) -> Iterator[Watched]:
    """A commune in which one broadcast is owed a word and one loudspeaker is silent."""
    database = connect(sqlite_url)
    with _watched(database, tmp_path) as found:
        yield found
    database.dispose()


@pytest.fixture
def watched_on_either(database: Database, tmp_path: Path) -> Iterator[Watched]:
    """The same, once on each kind of database."""
    with _watched(database, tmp_path) as found:
        yield found


@contextmanager
def _watched(database: Database, tmp_path: Path) -> Iterator[Watched]:
    station = found_commune(database, state_dir=tmp_path)
    operator = station.member("bien-tap", Role.OPERATOR)
    leader = station.member("lanh-dao", Role.LEADER)
    with database.writing() as session:
        add_afternoon(session, operator=operator, leader=leader, now=station.clock())
        record(session, Act.STATION_BACKED_UP, by=None, about=STATION_ID, at=station.clock())
    authority = Authority(tmp_path)
    keep_password("mat-khau-thu", keys_dir=tmp_path / "keys")
    with open_post_office(authority.issue()) as office:
        yield Watched(
            station, office, mail_settings(tmp_path, port=office.port),
            ssl.create_default_context(cadata=authority.pem),
        )  # fmt: skip
