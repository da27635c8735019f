"""The process that leads the schedule: plans, signs, publishes, and watches each broadcast.

`python -m broadcaster.dispatch.service`. APScheduler is only its clock: every tick reads from the
database what has to be done now, so a missed tick, a restart or a second one changes nothing.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.database import Database, connect
from broadcaster.dispatch.outbox import mark_published, plans_to_publish, publish
from broadcaster.dispatch.signing import sign_changed_plans
from broadcaster.fleet.credentials import load_wire_secret
from broadcaster.keys import StationKeys, load_keys
from broadcaster.ledger.expectations import freeze
from broadcaster.ledger.watch import close_overdue
from broadcaster.logs import configure_logs
from broadcaster.schedule.planning import changes_since, plan_broadcasts
from broadcaster.settings import Settings, load_settings
from broadcaster.wire import Wire

log = structlog.get_logger()

_TICK_S = 1.0
_PLAN_AT_LEAST_EVERY = timedelta(minutes=1)


class Conductor:
    """What a tick does, and the little it remembers between two of them."""

    def __init__(
        self, *, database: Database, settings: Settings, keys: StationKeys, wire: Wire
    ) -> None:
        self._database = database
        self._settings = settings
        self._keys = keys
        self._wire = wire
        self._seen: tuple[object, ...] = ()
        self._planned_at: datetime | None = None
        self._connections = 0

    def plan(self, now: datetime) -> None:
        """Bring broadcasts and signed plans to what is approved and scheduled."""
        if self._is_current(now):
            return
        with self._database.writing() as session:
            # Before the first look: what others commit meanwhile is planned at the next beat.
            seen = changes_since(session)
            station = the_station(session)
            plan_broadcasts(
                session,
                station=station,
                now=now,
                days=self._settings.plan_days,
                lead=timedelta(seconds=self._settings.lead_s),
            )
            self._sign(session, station, now=now)
        self._seen, self._planned_at = seen, now

    def watch(self, now: datetime) -> None:
        """Record what was true when broadcasts began, and close those that are overdue."""
        with self._database.writing() as session:
            freeze(session, now=now)
            close_overdue(session, now=now)

    def publish(self, now: datetime) -> None:
        """Publish what the broker does not have; everything newest after a new connection."""
        connections = self._wire.connections
        if connections == 0:
            return
        with self._database.reading() as session:
            waiting = plans_to_publish(session, again=connections != self._connections)
            station_id = the_station(session).id
        acknowledged = publish(waiting, wire=self._wire, station_id=station_id)
        if acknowledged:
            with self._database.writing() as session:
                mark_published(session, acknowledged, now=now)
        if len(acknowledged) == len(waiting):
            self._connections = connections

    def _is_current(self, now: datetime) -> bool:
        if self._planned_at is None:
            return False
        # A clock that was set back must not leave the days in between without a plan.
        if abs(now - self._planned_at) >= _PLAN_AT_LEAST_EVERY:
            return False
        with self._database.reading() as session:
            return changes_since(session) == self._seen

    def _sign(self, session: Session, station: Station, *, now: datetime) -> None:
        sign_changed_plans(
            session,
            station=station,
            keys=self._keys,
            now=now,
            days=self._settings.plan_days,
            start_within=timedelta(seconds=self._settings.confirm_start_within_s),
            end_within=timedelta(seconds=self._settings.confirm_end_within_s),
        )


def tick(conductor: Conductor, now: datetime) -> None:
    """One beat: plan, publish, watch; a database that does not answer is tried again next time.

    A step that fails in any other way keeps no later one from its work; then its error is raised.
    """
    with ExitStack() as beat:
        for step in (conductor.watch, conductor.publish, conductor.plan):
            beat.callback(_take, step, now)


def _take(step: Callable[[datetime], None], now: datetime) -> None:
    try:
        step(now)
    except SQLAlchemyError:
        log.exception("tick_step_failed", step=step.__name__)


def run() -> int:
    """Lead the schedule until SIGTERM."""
    settings = load_settings()
    configure_logs(settings.log_level)
    database = connect(settings.database)
    with database.reading() as session:
        station_id = the_station(session).id
    secret = load_wire_secret(settings, station_id=station_id, role="dispatch")
    wire = Wire(
        settings.broker_url,
        username=secret.username,
        password=secret.password,
        client_id=secret.username,
    )
    conductor = Conductor(
        database=database, settings=settings, keys=load_keys(settings.keys_dir), wire=wire
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    wire.start()
    clock = _clock(conductor)
    clock.start()
    sys.stdout.write(json.dumps({"event": "dispatch_ready"}) + "\n")
    sys.stdout.flush()
    stopping.wait()
    clock.shutdown(wait=True)
    wire.stop()
    database.dispose()
    return 0


def _clock(conductor: Conductor) -> BackgroundScheduler:
    clock = BackgroundScheduler(timezone=UTC)
    clock.add_job(
        lambda: tick(conductor, datetime.now(UTC)),
        "interval",
        seconds=_TICK_S,
        id="tick",
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        # A late beat is still a beat: what it must do stands in the database.
        misfire_grace_time=None,
    )
    clock.add_listener(_note_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    return clock


def _note_trouble(event: JobExecutionEvent) -> None:
    log.error("tick_failed", error=repr(event.exception), due=str(event.scheduled_run_time))


if __name__ == "__main__":
    raise SystemExit(run())
