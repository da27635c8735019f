"""What befalls the server, fault by fault: clock, certificate, broker, database, a page of it."""

import hashlib
import os
import secrets
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlmodel import col, select

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.sessions import SESSION_LIFE
from broadcaster.accounts.tables import Account, SignInSession
from broadcaster.areas.queries import the_station
from broadcaster.demo.commune import LEADER
from broadcaster.demo.newsroom import approve, queue_everywhere, write_and_render
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.wire import parse_broker_url
from devices.broker.serve import Listen
from tests.authority import DAY, Authority, Issued
from tests.broadcaster.database.test_spoilt import spoil
from tests.brokers import RunningBroker, free_port, start_mosquitto
from tests.chain import Chain
from tests.e2e.test_restored_backup import all_held, backed_up
from tests.network import Network
from tests.postgres import running_postgres
from tests.small_disk import small_disk
from tests.soak.told import Told
from tests.soak.under_fault import (
    Fault,
    environment,
    receipted,
    start_fleet,
    start_station,
    station_of_processes,
    suffer,
)

JUMPS = {
    "clock-hour-ahead": 1, "clock-hour-behind": -1, "clock-day-ahead": 24, "clock-day-behind": -24,
}  # fmt: skip
SLOW_S = 25.0
"""Each way: a publication waits 10 s for its answer."""


def start(chain: Chain) -> None:
    """All of it."""
    start_station(chain)
    start_fleet(chain)


# --- clock ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MachinesClock:
    """The clock of the station's programs alone: the poles have their own."""

    folder: Path

    @property
    def _file(self) -> Path:
        return self.folder / "clock"

    def made(self) -> "MachinesClock":
        """Compile what is preloaded; for now it is right."""
        source = Path(__file__).with_name("set_clock.c")
        subprocess.run(
            ["cc", "-O1", "-shared", "-fPIC", "-o", self.folder / "set_clock.so", source],
            check=True,
        )
        self._file.write_bytes(struct.pack("=q", 0))
        return self

    @property
    def environment(self) -> Mapping[str, str]:
        """For the programs whose clock it is to be."""
        return {
            "LD_PRELOAD": str(self.folder / "set_clock.so"),
            "LOA_TEST_CLOCK": str(self._file),
        }

    def is_off_by(self, seconds: int) -> None:
        """From now on, for all that run."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", seconds))


def clock_jumps(folder: Path, wanted: Collection[str]) -> Iterator[Told]:
    """The server's clock is suddenly an hour or a day off, and later right again."""
    clock = MachinesClock(folder).made()
    with station_of_processes(folder) as (chain, letters):
        with environment(**clock.environment):
            start_station(chain)
        start_fleet(chain)
        token = _signed_in(chain)
        for name, hours in JUMPS.items():
            if name not in wanted:
                continue
            sign = "+" if hours > 0 else "−"
            fault = Fault(
                name=f"the server's clock jumps {sign}{abs(hours)} h, and back",
                begin=partial(clock.is_off_by, hours * 3_600),
                meanwhile=lambda: _is_still_signed_in(chain, token),
                end=lambda: clock.is_off_by(0),
                words="nhảy",
                other=lambda: _nothing_signed_ahead(chain),
            )
            yield suffer(chain, letters, fault)


def _signed_in(chain: Chain) -> str:
    """A session of the leader's, as signing in makes one."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with chain.database.writing() as session:
        leader = session.exec(select(Account).where(Account.username == LEADER)).one()
        session.add(
            SignInSession(
                token_sha256=hashlib.sha256(token.encode()).hexdigest(), account_id=leader.id,
                csrf_token=secrets.token_urlsafe(32), created_at=now, second_factor_at=now,
                expires_at=now + SESSION_LIFE,
            )
        )  # fmt: skip
    return token


def _is_still_signed_in(chain: Chain, token: str) -> None:
    page = httpx.get(
        f"{chain.settings.station_url}/", cookies={SESSION_COOKIE: token}, timeout=60,
        headers={"Accept": "text/html"}, trust_env=False,
    )  # fmt: skip
    assert page.status_code == httpx.codes.OK, page.status_code


def _nothing_signed_ahead(chain: Chain) -> str:
    """Versions only grow, and none names a time that is still to come."""
    with chain.database.reading() as session:
        plans = session.exec(select(SignedPlan).order_by(col(SignedPlan.signed_at))).all()
    newest: dict[str, int] = {}
    for plan in plans:
        assert plan.version > newest.get(plan.cluster_id, 0), (plan.cluster_id, plan.version)
        newest[plan.cluster_id] = plan.version
        assert plan.signed_at <= datetime.now(UTC), plan.signed_at
    return f"{len(plans)} plans signed, versions grow, none ahead of time; signed in all along"


# --- certificate ---------------------------------------------------------------------------------


def certificate_ends(folder: Path, _: Collection[str]) -> Iterator[Told]:
    """The broker's certificate ends, poles are kept out, and it is renewed where it lies."""
    authority = Authority(folder)
    shown = authority.issue()
    port = free_port()
    tls = Listen("127.0.0.1", port, certificate=shown.certificate, key=shown.key)
    running: list[RunningBroker] = []

    def run(registry: Path) -> str:
        running.append(start_mosquitto(registry, folder, tls=tls))
        return f"mqtts://127.0.0.1:{port}"

    def show(issued: Issued) -> None:
        shutil.copy(issued.key, shown.key)
        shutil.copy(issued.certificate, shown.certificate)

    def expire() -> None:
        """Its last day was yesterday, and all have to connect anew."""
        show(authority.issue(begins=datetime.now(UTC) - 2 * DAY, lasts=DAY))
        running[-1].stop(signal_number=signal.SIGKILL)
        run(running[-1].registry)

    def renew() -> None:
        show(authority.issue())
        running[-1].credentials_changed()

    with ExitStack() as ending:
        ending.callback(lambda: [each.stop() for each in running])
        chain, letters = ending.enter_context(
            station_of_processes(folder, broker=run, device_ca=authority.file)
        )
        fault = Fault(
            name="the broker's certificate ends, and is renewed", begin=expire, end=renew,
            words="Chứng chỉ đã hết hạn",
            meanwhile=lambda: _nobody_is_heard(chain),
            other=lambda: "told ahead: " + letters.saying("Chứng chỉ sắp hết hạn"),
        )  # fmt: skip
        start(chain)
        yield suffer(chain, letters, fault)


def _nobody_is_heard(chain: Chain) -> None:
    journals = chain.journals()
    assert all(len(each.entries) > each.receipted_seq for each in journals), "somebody got in"


# --- broker --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mosquitto:
    """A real one that is killed and had back on its port."""

    folder: Path
    persistence: bool = False
    port: int = 0
    running: RunningBroker | None = None

    def start(self, registry: Path) -> str:
        """Start it; its address."""
        self.port = self.port or free_port()
        self.running = start_mosquitto(
            registry, self.folder, port=self.port, persistence=self.persistence
        )
        return self.running.url

    def kill(self) -> None:
        """It is gone, and stays away."""
        assert self.running is not None
        self.running.stop(signal_number=signal.SIGKILL)

    def back(self) -> None:
        """It is there again, and knows nothing but what its disk holds."""
        assert self.running is not None
        self.start(self.running.registry)


def broker_gone_and_slow(folder: Path, wanted: Collection[str]) -> Iterator[Told]:
    """Killed, and away until somebody was told; then slow for all, while a new order waits."""
    broker = Mosquitto(folder)
    with Network() as network, _ending(broker):

        def run(registry: Path) -> str:
            return f"mqtt://127.0.0.1:{network.way_to(_port_of(broker.start(registry)))}"

        with station_of_processes(folder, broker=run) as (chain, letters):
            start(chain)

            def slow() -> None:
                network.slow_down(SLOW_S)
                _order_for_later(chain)

            faults = {
                "broker-gone": Fault(
                    name="the broker (Mosquitto) is killed and stays away", begin=broker.kill,
                    end=broker.back, words="Máy chủ MQTT không nhận lệnh",
                ),
                "broker-slow": Fault(
                    name=f"the broker is slow: {SLOW_S:.0f} s each way", begin=slow,
                    end=lambda: network.slow_down(0.0), words="Máy chủ MQTT không nhận lệnh",
                ),
            }  # fmt: skip
            for name, fault in faults.items():
                if name in wanted:
                    yield suffer(chain, letters, fault)


def broker_disk_full(folder: Path, _: Collection[str]) -> Iterator[Told]:
    """Mosquitto keeps its sessions on a disk of its own, which is filled to the last block."""
    with small_disk(folder / "disk", megabytes=16) as disk:
        broker = Mosquitto(disk.folder, persistence=True)
        with (
            _ending(broker),
            station_of_processes(folder, broker=broker.start) as (chain, letters),
        ):

            def free() -> None:
                broker.kill()
                disk.free()
                broker.back()

            fault = Fault(
                name="the disk of the broker (Mosquitto, persistent) is full, then it is killed",
                begin=disk.fill, end=free, meanwhile=lambda: _all_is_receipted(chain),
                no_alert="none: it takes and hands on all the while, and what its disk lost poles "
                "say again; where it is the station's own disk, *disk_low* told before",
            )  # fmt: skip
            start(chain)
            yield suffer(chain, letters, fault)


def _all_is_receipted(chain: Chain) -> None:
    receipted(chain)


def _port_of(url: str) -> int:
    return parse_broker_url(url).port


@contextmanager
def _ending(broker: Mosquitto) -> Iterator[None]:
    try:
        yield
    finally:
        if broker.running is not None:
            broker.running.stop()


def _order_for_later(chain: Chain) -> None:
    """Something new is approved, for in two hours: its plan is signed now, and must wait."""
    bulletin_id = write_and_render(
        chain.database, chain.studio, title="Tin sau", script="Tin phát sau hai giờ nữa."
    )
    with chain.database.reading() as session:
        zone = ZoneInfo(the_station(session).zone)
    later = datetime.now(zone) + timedelta(hours=2)
    queue_everywhere(chain.database, bulletin_id, starts_local=f"{later:%Y-%m-%dT%H:%M}")
    approve(chain.database, bulletin_id)


# --- database ------------------------------------------------------------------------------------


def postgres_gone_and_frozen(folder: Path, wanted: Collection[str]) -> Iterator[Told]:
    """Crashed, and away until somebody was told; then all its processes stopped, and let go on."""
    with (
        running_postgres() as server,
        station_of_processes(folder, database_url=server.url(server.create_database())) as (
            chain,
            letters,
        ),
    ):
        start(chain)
        stopped: list[int] = []

        def crash() -> None:
            chain.database.dispose()
            server.stop(how=signal.SIGQUIT)

        def freeze() -> None:
            chain.database.dispose()
            stopped.extend([server.pid, *_children_of(server.pid)])
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)

        def thaw() -> None:
            for pid in reversed(stopped):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            stopped.clear()

        words = "không ghi được: không trả lời"
        faults = {
            "database-gone": Fault(
                name="the database (PostgreSQL) crashes and stays away", begin=crash,
                end=server.start, words=words,
            ),
            "database-frozen": Fault(
                name="the database (PostgreSQL) answers nothing: frozen, and thawed",
                begin=freeze, end=thaw, words=words,
            ),
        }  # fmt: skip
        try:
            for name, fault in faults.items():
                if name in wanted:
                    yield suffer(chain, letters, fault)
        finally:
            thaw()


def _children_of(pid: int) -> Sequence[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in children.split()]


def sqlite_disk_full(folder: Path, _: Collection[str]) -> Iterator[Told]:
    """The disk of the database has no block left, and is emptied later."""
    with (
        small_disk(folder / "disk", megabytes=24) as disk,
        station_of_processes(
            folder, database_url=f"sqlite:///{disk.folder / 'station.sqlite3'}"
        ) as (chain, letters),
    ):
        fault = Fault(
            name="the disk of the database (SQLite) is full", begin=disk.fill, end=disk.free,
            words="không ghi được: đĩa đầy",
        )  # fmt: skip
        start(chain)
        yield suffer(chain, letters, fault)


def sqlite_page_spoilt(folder: Path, _: Collection[str]) -> Iterator[Told]:
    """A page of the ledger is overwritten; last night's backup takes its place."""
    with station_of_processes(folder) as (chain, letters):
        restore: list[Callable[[], None]] = []

        def overwrite() -> None:
            restore.append(backed_up(chain, folder / "backup"))
            chain.kill_station()
            chain.database.dispose()
            spoil(chain.settings.state_dir / "station.sqlite3", "confirmation")
            start_station(chain)

        def put_back() -> None:
            chain.kill_station()
            restore[0]()
            start_station(chain)
            chain.wait_for(lambda: all_held(chain), "every row is there again", within_s=400)

        fault = Fault(
            name="a page of the database (SQLite) is spoilt; `loa restore`", begin=overwrite,
            end=put_back, words="không ghi được: tệp bị hỏng",
            other=lambda: "`loa ledger verify`: " + _verified(chain),
        )  # fmt: skip
        start(chain)
        yield suffer(chain, letters, fault)


def _verified(chain: Chain) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "broadcaster", "ledger", "verify"],
        env={**os.environ, "LOA_STATE_DIR": str(chain.settings.state_dir)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-300:]
    return "holds"
