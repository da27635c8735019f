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
from broadcaster.dispatch.config_signing import config_inputs, sign_changed_configs
from broadcaster.dispatch.outbox import (
    configs_to_publish,
    mark_configs_published,
    mark_nows_published,
    mark_published,
    nows_to_publish,
    plans_to_publish,
    publish,
    publish_configs,
    publish_nows,
)
from broadcaster.dispatch.signing import sign_changed_plans
from broadcaster.dispatch.stops import sign_new_stops
from broadcaster.fleet.credentials import load_wire_secret
from broadcaster.keys import KeyWatch, StationKeys
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
        self,
        *,
        database: Database,
        settings: Settings,
        keys: Callable[[], StationKeys],
        wire: Wire,
    ) -> None:
        self._database = database
        self._settings = settings
        self._keys = keys
        self._wire = wire
        self._seen: tuple[object, ...] = ()
        self._planned_at: datetime | None = None
        self._connections = 0

    def plan(self, now: datetime) -> None:
        """Bring broadcasts, plans and configurations to what is approved, scheduled and chosen."""
        keys = self._keys()
        if self._is_current(now, keys=keys):
            return
        with self._database.writing() as session:
            # Before the first look: what others commit meanwhile is planned at the next beat.
            seen = _all_inputs(session, keys)
            station = the_station(session)
            plan_broadcasts(
                session,
                station=station,
                now=now,
                days=self._settings.plan_days,
                lead=timedelta(seconds=self._settings.lead_s),
            )
            self._sign(session, station, keys=keys, now=now)
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
        again = connections != self._connections
        with self._database.reading() as session:
            nows = nows_to_publish(session, now=now)
            configs = configs_to_publish(session, again=again)
            plans = plans_to_publish(session, again=again)
            station_id = the_station(session).id
        # What must happen now goes first: a plan may be long, and a village may be waiting.
        told = publish_nows(nows, wire=self._wire, station_id=station_id)
        configured = publish_configs(configs, wire=self._wire, station_id=station_id)
        planned = publish(plans, wire=self._wire, station_id=station_id)
        if told or configured or planned:
            with self._database.writing() as session:
                mark_nows_published(session, told, now=now)
                mark_configs_published(session, configured, now=now)
                mark_published(session, planned, now=now)
        if (len(configured), len(planned)) == (len(configs), len(plans)):
            self._connections = connections

    def _is_current(self, now: datetime, *, keys: StationKeys) -> bool:
        if self._planned_at is None:
            return False
        # A clock that was set back must not leave the days in between without a plan.
        if abs(now - self._planned_at) >= _PLAN_AT_LEAST_EVERY:
            return False
        with self._database.reading() as session:
            return _all_inputs(session, keys) == self._seen

    def _sign(
        self, session: Session, station: Station, *, keys: StationKeys, now: datetime
    ) -> None:
        sign_changed_configs(
            session,
            station=station,
            keys=keys,
            station_url=self._settings.station_url,
            now=now,
        )
        sign_new_stops(session, station=station, keys=keys, now=now)
        sign_changed_plans(
            session,
            station=station,
            keys=keys,
            now=now,
            days=self._settings.plan_days,
            start_within=timedelta(seconds=self._settings.confirm_start_within_s),
            end_within=timedelta(seconds=self._settings.confirm_end_within_s),
        )


def _all_inputs(session: Session, keys: StationKeys) -> tuple[object, ...]:
    return (changes_since(session), config_inputs(session), keys.key_id, keys.keyring)


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
        station = the_station(session)
    keys = KeyWatch(settings.keys_dir, station_id=station.id, root_public_key=station.public_key)
    secret = load_wire_secret(settings, station_id=station.id, role="dispatch")
    wire = Wire(
        settings.broker_url,
        username=secret.username,
        password=secret.password,
        client_id=secret.username,
    )
    conductor = Conductor(database=database, settings=settings, keys=keys, wire=wire)
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
