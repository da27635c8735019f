"""Running a station until it is told to stop, with whatever is to run beside it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime

from rich.console import Console
from sqlmodel import select

import broadcaster.schema  # noqa: F401 - sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.audit import begin_trail, keep_trail_on_disk
from broadcaster.database import connect
from broadcaster.database.migrate import migrate
from broadcaster.errors import LoaError
from broadcaster.fleet.credentials import write_registry
from broadcaster.keys.certificates import read_certificate
from broadcaster.processes.broker_check import BrokerTrial
from broadcaster.processes.errors import NotFounded
from broadcaster.processes.station import check_room, start_station
from broadcaster.processes.supervisor import Supervisor
from broadcaster.settings import Settings
from broadcaster.voices.announcing import voice_announced
from broadcaster.wire import BrokerUnreachable

_WATCH_EVERY_S = 0.5


def serve_station(settings: Settings, *, console: Console) -> int:
    """Run the founded station until Ctrl-C or SIGTERM; raise NotFounded when there is none."""
    check_room(settings)
    database = connect(settings.database)
    migrate(database)
    with database.reading() as session:
        if session.exec(select(Station)).first() is None:
            raise NotFounded
    keep_trail_on_disk(database, settings.keys_dir)
    begin_trail(database, now=datetime.now(UTC))
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    database.dispose()
    trial = tried_broker(settings, console=console)
    warn_of_certificate(settings, console=console)
    with (
        suppress(KeyboardInterrupt),
        stop_signal() as stopping,
        running(settings, console=console) as supervisor,
        voices_told(settings, console=console),
    ):
        console.print(f"● {settings.station_url}", style="bold")
        watch(supervisor, until=stopping, beat=trial.beat)
    return 0


def tried_broker(settings: Settings, *, console: Console) -> BrokerTrial:
    """Try another broker than ours before anything runs with it; raise BrokerDrops."""

    def say(error: LoaError) -> None:
        console.print(f"◍ {error.message_vi}", style="bold yellow", markup=False, soft_wrap=True)
        console.print(f"  {error.message_en}", style="dim", markup=False, soft_wrap=True)

    trial = BrokerTrial(settings, say=say)
    trial.beat()
    return trial


def warn_of_certificate(settings: Settings, *, console: Console) -> None:
    """Say ahead when the site's certificate ends, before visitors are turned away by it."""
    if settings.tls_cert is None:
        return
    facts = read_certificate(settings.tls_cert)
    if facts.ends_soon(datetime.now(UTC)):
        day = f"{facts.ends:%d/%m/%Y}"
        console.print(f"◍ Chứng chỉ HTTPS hết hạn ngày {day}; chạy lại “loa init”.", style="yellow")
        console.print(f"  The HTTPS certificate ends on {day}; run “loa init”.", style="dim")


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set the event and raise KeyboardInterrupt, once: cleaning up is quiet."""
    stopping = threading.Event()

    def stop(number: int, _frame: object) -> None:
        if stopping.is_set():
            return
        stopping.set()
        raise KeyboardInterrupt(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(settings: Settings, *, console: Console) -> Iterator[Supervisor]:
    """The station's processes, started in order and always stopped again."""
    supervisor = Supervisor(log_dir=settings.state_dir / "log")
    if not start_station(supervisor, settings):
        console.print(f"◍ {BrokerUnreachable.message_vi}", style="bold yellow")
        console.print(f"  {BrokerUnreachable.message_en}", style="dim")
    try:
        yield supervisor
    finally:
        supervisor.stop()


def voices_told(settings: Settings, *, console: Console) -> AbstractContextManager[None]:
    """Says which voice speaks; a better one comes meanwhile, if it can."""

    def say(vietnamese: str, english: str) -> None:
        console.print(f"» {vietnamese}", markup=False, highlight=False, soft_wrap=True)
        console.print(f"  {english}", style="dim", markup=False, highlight=False, soft_wrap=True)

    return voice_announced(settings, say=say)


def watch(
    supervisor: Supervisor, *, until: threading.Event, beat: Callable[[], None] | None = None
) -> None:
    """Keep the processes alive until the event is set."""
    while not until.wait(_WATCH_EVERY_S):
        supervisor.revive()
        if beat is not None:
            beat()
