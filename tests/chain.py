"""The whole chain for tests: a demonstration station of its own, and its fleet beside it.

Station and fleet have a supervisor each, so that a test may kill the one while the other lives on.
To be used from the main thread: the kernel ends the processes with the thread that started them.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio, open_studio
from broadcaster.database import Database
from broadcaster.demo.commune import COMMUNE, DemoVillage
from broadcaster.demo.newsroom import approve, queue_everywhere, write_and_render
from broadcaster.demo.state import fleet_folder, open_demo
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.processes.station import (
    broker_answers,
    fleet_program,
    free_port,
    start_station,
)
from broadcaster.processes.supervisor import Supervisor
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule
from broadcaster.settings import Settings, load_settings
from devices.protocol.messages import Kind
from devices.simulation.member import PID_FILE
from tests.chain_evidence import JournalCopy, journals_of

Found = TypeVar("Found")

DEVICES = 24
RESIDENTS = 8_440
SCRIPT = "Kính mời bà con 7 giờ sáng mai đến nhà văn hóa thôn họp. Xin nhắc lại: 7 giờ sáng mai."
WITHIN_S = 60.0
_LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class Chain:
    """A running demonstration station, its fleet, and a look into both."""

    settings: Settings
    database: Database
    studio: Studio
    station: Supervisor
    fleets: dict[Path, Supervisor] = field(default_factory=dict)

    @property
    def programs(self) -> list[str]:
        """The station's own programs."""
        broker = ["broker"] if self.settings.embedded_broker else []
        return [*broker, "ingest", "site", "schedule"]

    def start_station(self) -> None:
        """Start the station's programs, under a supervisor that knows nothing of earlier ones."""
        self.station = Supervisor(log_dir=self.settings.state_dir / "log")
        start_station(self.station, self.settings)

    def start_fleet(self, folder: Path | None = None) -> None:
        """Start the controllers of a folder, by default all; return when they are connected."""
        folder = folder or fleet_folder(self.settings)
        self.fleets[folder] = Supervisor(log_dir=self.settings.state_dir / "log")
        self.fleets[folder].start(fleet_program(folder))

    def hold_back(self) -> Path:
        """Take one controller out of the fleet before it starts; the folder to start it from."""
        home = min(fleet_folder(self.settings).iterdir())
        folder = self.settings.state_dir / "held-back"
        folder.mkdir()
        home.rename(folder / home.name)
        return folder

    def stop(self) -> None:
        """End the fleets, then the station."""
        for fleet in self.fleets.values():
            fleet.stop()
        self.station.stop()

    def living(self) -> list[str]:
        """The station's programs that run at this moment; others wait to be revived."""
        return [name for name in self.programs if _lives(self.station.pid(name))]

    def kill(self, *programs: str) -> None:
        """`kill -9` living programs at once; `wait_for` revives them, as the command does."""
        self.wait_for(lambda: set(programs) <= set(self.living()) or None, "they live")
        pids = [self.station.pid(name) for name in programs]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def kill_station(self) -> None:
        """`kill -9` everything of the station, its broker too, and leave it dead."""
        self.kill(*self.programs)
        self.station.stop()

    def kill_controller(self, device: str) -> None:
        """`kill -9` one controller; its fleet starts it again."""
        pid_file = fleet_folder(self.settings) / device / PID_FILE
        os.kill(int(pid_file.read_text()), signal.SIGKILL)

    def queue(self, *, script: str = SCRIPT, title: str = "Họp thôn") -> str:
        """Write, render, queue for all clusters as soon as approved, approve; the bulletin's id."""
        bulletin_id = write_and_render(self.database, self.studio, script=script, title=title)
        queue_everywhere(self.database, bulletin_id)
        approve(self.database, bulletin_id)
        return bulletin_id

    def broadcast(self, *, script: str = SCRIPT) -> str:
        """Queue a short bulletin; the id of its broadcast once that is planned."""
        bulletin_id = self.queue(script=script)
        return self.wait_for(lambda: self.broadcast_of(bulletin_id), "the broadcast is planned")

    def broadcast_of(self, bulletin_id: str) -> str | None:
        """The id of the first broadcast of a bulletin, once there is one."""
        with self.database.reading() as session:
            return session.exec(
                select(Broadcast.id)
                .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
                .where(Schedule.bulletin_id == bulletin_id)
            ).first()

    def journals(self) -> list[JournalCopy]:
        """What the controllers have on their disks."""
        return [journal for folder in self.fleets for journal in journals_of(folder)]

    def wait_until_said(self, broadcast_id: str, kind: Kind, *, by: int = DEVICES) -> None:
        """Wait until so many controllers have this on their own disks, whatever the ledger has."""
        with self.database.reading() as session:
            orders = session.exec(
                select(BroadcastOrder.id).where(BroadcastOrder.broadcast_id == broadcast_id)
            ).all()

        def enough() -> bool | None:
            said = [
                any(each.kind is kind and each.order in orders for each in journal.confirmations)
                for journal in self.journals()
            ]
            return sum(said) >= by or None

        self.wait_for(enough, f"{by} controllers have said “{kind}”")

    def report(self, broadcast_id: str) -> BroadcastReport | None:
        """What the ledger says of a broadcast, once it expects anything of it."""
        with self.database.reading() as session:
            report = broadcast_report(session, broadcast_id, villages=None)
        return report if report and report.counts.planned else None

    def settled(self, broadcast_id: str, *, within_s: float = WITHIN_S) -> BroadcastReport:
        """The report once every device's word is in, or was due and did not come."""

        def found() -> BroadcastReport | None:
            report = self.report(broadcast_id)
            return report if report and report.settled else None

        return self.wait_for(found, "the broadcast is settled", within_s=within_s)

    def wait_until_receipted(self) -> list[JournalCopy]:
        """Wait until nobody has anything left to say; the journals as they then are."""

        def at_rest() -> list[JournalCopy] | None:
            journals = self.journals()
            resting = all(len(each.entries) == each.receipted_seq for each in journals)
            return journals if resting else None

        return self.wait_for(at_rest, "every entry has its receipt")

    def live(self, seconds: float) -> None:
        """Let time pass."""
        until_s = time.monotonic() + seconds
        self.wait_for(lambda: time.monotonic() >= until_s or None, "time passes")

    def wait_for_broker(self) -> None:
        """Wait until something listens where the broker should be."""
        self.wait_for(lambda: broker_answers(self.settings) or None, "the broker answers")

    def wait_for(
        self, look: Callable[[], Found | None], what: str, *, within_s: float = WITHIN_S
    ) -> Found:
        """Look again and again, keeping the station's programs alive as the command does."""
        deadline_s = time.monotonic() + within_s
        while (found := look()) is None:
            if time.monotonic() > deadline_s:
                raise AssertionError(f"not within {within_s} s: {what}\n{self.last_words()}")
            self.station.revive()
            time.sleep(_LOOK_EVERY_S)
        return found

    def last_words(self) -> str:
        """The end of each log, to find out why a test failed."""
        logs = sorted((self.settings.state_dir / "log").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in logs)


def _lives(pid: int) -> bool:
    """Whether a child runs; one that was reaped is gone, and its number may be another's."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
    except ChildProcessError:
        return False


def move_quiet_hours_away(database: Database) -> None:
    """Half a day from now: real processes keep real time, and tests are run at night too."""
    with database.writing() as session:
        station = session.exec(select(Station)).one()
        now = datetime.now(UTC).astimezone(ZoneInfo(station.zone))
        station.quiet_begins = f"{now + timedelta(hours=11):%H:%M}"
        station.quiet_ends = f"{now + timedelta(hours=13):%H:%M}"


@contextmanager
def founded_chain(
    folder: Path,
    *,
    broker: Callable[[Path], str] | None = None,
    lead_s: float = 5.0,
    commune: Mapping[str, Sequence[DemoVillage]] = COMMUNE,
    device_ca: Path | None = None,
    database_url: str = "",
) -> Iterator[Chain]:
    """A station founded in a folder, nothing of it running yet; whatever is started is ended.

    `broker` is given the credentials' file once it is there, and says where its broker listens.
    """
    settings = load_settings(
        state_dir=folder,
        database_url=database_url,
        broker_port=free_port(),
        port=free_port(),
        lead_s=lead_s,
        device_ca=device_ca,
    )
    with ExitStack() as ending:
        database, _ = open_demo(settings, commune=commune)
        ending.callback(database.dispose)
        move_quiet_hours_away(database)
        if broker is not None:
            settings = settings.model_copy(update={"broker": broker(settings.registry_file)})
            database.dispose()
            database, _ = open_demo(settings)
            ending.callback(database.dispose)
        studio = ending.enter_context(open_studio(settings))
        chain = Chain(settings, database, studio, Supervisor(log_dir=folder / "log"))
        ending.callback(chain.stop)
        yield chain


@contextmanager
def running_chain(
    folder: Path, *, broker: Callable[[Path], str] | None = None, lead_s: float = 5.0
) -> Iterator[Chain]:
    """A station with its whole fleet, all connected and with nothing to say."""
    with founded_chain(folder, broker=broker, lead_s=lead_s) as chain:
        chain.start_station()
        chain.start_fleet()
        yield chain
