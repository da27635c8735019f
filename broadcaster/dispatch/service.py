"""The process that leads the schedule: `python -m broadcaster.dispatch.service`, until SIGTERM.

APScheduler is only the clock of the conductor. Where several run, one leads and the others stand by
(`leading.py`); one that was deposed ends, and stands by once it is started again.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.audit import keep_trail
from broadcaster.audit.following import FollowedTrail
from broadcaster.database import Database, connect
from broadcaster.dispatch.chores import Chore, chores_of
from broadcaster.dispatch.conductor import Conductor, take, tick
from broadcaster.dispatch.leading import Deposed, Lead
from broadcaster.dispatch.outbox import unpublished_since
from broadcaster.fleet.credentials import load_wire_secret
from broadcaster.kept_clock import PROCESS_CLOCK
from broadcaster.keys import KeyWatch
from broadcaster.logs import configure_logs
from broadcaster.settings import Settings, load_settings
from broadcaster.watching.around import Around
from broadcaster.wire import Wire

log = structlog.get_logger()

READY = "dispatch_ready"
DEPOSED_STATUS = 75
"""EX_TEMPFAIL of sysexits.h: start it again, and it stands by."""

_TICK_S = 1.0
_LOOK_S = 0.5
_HURRY_S = 0.2
"""How often it is looked whether an emergency waits: what an order may wait before it goes out."""


def run() -> int:
    """Lead the schedule, or stand by, until SIGTERM or until deposed."""
    settings = load_settings()
    configure_logs(settings.log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    database = connect(settings.database)
    with database.reading() as session:
        station = the_station(session)
    lead = Lead(database, station_id=station.id)
    keys = KeyWatch(settings.keys_dir, station_id=station.id, root_public_key=station.public_key)
    trail = FollowedTrail(station=station.id, root_public_key=keys().root_public_key)
    try:
        if stood_by(lead, database, trail, stopping=stopping):
            return _led(
                settings, database, station, lead=lead, keys=keys, trail=trail, stopping=stopping
            )
        return 0
    finally:
        database.dispose()


def stood_by(
    lead: Lead, database: Database, trail: FollowedTrail, *, stopping: threading.Event
) -> bool:
    """Wait for the lead; whether it came before the end.

    Who stands by reads the trail along: ten years of it take half a minute, and whoever takes over
    signs only what it stands behind.
    """
    if _took(lead):
        return True
    _say({"event": READY, "stands_by": True})
    while not stopping.wait(_LOOK_S):
        if _took(lead):
            return True
        _read_along(database, trail)
    return False


def _read_along(database: Database, trail: FollowedTrail) -> None:
    try:
        with database.reading() as session:
            trail.follow(session)
    except SQLAlchemyError:
        log.exception("trail_not_read")


def _took(lead: Lead) -> bool:
    try:
        return lead.take()
    except SQLAlchemyError:
        log.exception("lead_not_asked")
        return False


def _led(
    settings: Settings,
    database: Database,
    station: Station,
    *,
    lead: Lead,
    keys: KeyWatch,
    trail: FollowedTrail,
    stopping: threading.Event,
) -> int:
    secret = load_wire_secret(settings, station_id=station.id, role="dispatch")
    keep_trail(database, lambda _: keys(), now=PROCESS_CLOCK.now, ends_in=settings.keys_dir)
    wire = Wire(
        settings.broker_url,
        username=secret.username,
        password=secret.password,
        client_id=secret.username,
        may_connect=lambda: lead.leads,
        ca=settings.device_ca,
    )
    conductor = Conductor(
        database=database, settings=settings, keys=keys, wire=wire, lead=lead, trail=trail
    )
    deposed = threading.Event()
    wire.start()
    chores = chores_of(
        database,
        settings,
        station_id=station.id,
        may=lambda: lead.leads and not stopping.is_set(),
        may_tell=lambda: lead.led_last and not stopping.is_set(),
        around=Around(
            now=PROCESS_CLOCK.now,
            term=lambda: lead.term,
            stepped=PROCESS_CLOCK.stepped,
            connected=lambda: wire.connected,
            waits_since=unpublished_since,
        ),
    )
    clock = _clock(
        conductor, chores=chores, deposed=deposed, stopping=stopping, now=PROCESS_CLOCK.now
    )
    clock.start()
    _say({"event": READY})
    keep_awake(clock, stopping=stopping)
    clock.shutdown(wait=True)
    if deposed.is_set():
        # At once, and without a goodbye that would let what waits in the wire go out.
        return DEPOSED_STATUS
    wire.stop()
    lead.release()
    return 0


def _say(event: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def keep_awake(
    clock: BackgroundScheduler,
    *,
    stopping: threading.Event,
    wall_s: Callable[[], float] = time.time,
    look_s: float = _LOOK_S,
) -> None:
    """Until the end, let a machine's clock that was set back hold nothing up.

    The scheduler's jobs are due by that clock: set back by an hour, it would let no order and no
    emergency out for an hour.
    """
    latest_s = wall_s()
    while not stopping.wait(look_s):
        now_s = wall_s()
        if now_s < latest_s:
            log.warning("clock_set_back", by_s=round(latest_s - now_s, 1))
            for job in clock.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
        latest_s = now_s


def _clock(
    conductor: Conductor,
    *,
    chores: Sequence[Chore],
    deposed: threading.Event,
    stopping: threading.Event,
    now: Callable[[], datetime],
) -> BackgroundScheduler:
    def while_it_leads(step: Callable[[datetime], None]) -> None:
        try:
            step(now())
        except Deposed as error:
            log.error("schedule_deposed", detail=error.detail)
            deposed.set()
            stopping.set()

    clock = BackgroundScheduler(timezone=UTC)
    clock.add_job(
        lambda: while_it_leads(lambda now: tick(conductor, now)),
        "interval",
        seconds=_TICK_S,
        id="tick",
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        # A late beat is still a beat: what it must do stands in the database.
        misfire_grace_time=None,
    )
    clock.add_job(
        lambda: while_it_leads(lambda now: take(conductor.hurry, now)),
        "interval",
        seconds=_HURRY_S,
        id="hurry",
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    for chore in chores:
        clock.add_job(
            chore.round,
            "interval",
            seconds=chore.every_s,
            id=chore.name,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    clock.add_listener(_note_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    return clock


def _note_trouble(event: JobExecutionEvent) -> None:
    log.error("tick_failed", error=repr(event.exception), due=str(event.scheduled_run_time))


if __name__ == "__main__":
    raise SystemExit(run())
