"""What leading the schedule means, beat by beat: plan, sign, publish, watch, add up.

Every step reads from the database what has to be done now, so a missed beat, a restart or a second
beat changes nothing; and each stands only while its process leads (`leading.py`).
"""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from broadcaster.accounts.retention import forget_what_ended
from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Station
from broadcaster.audit.following import FollowedTrail
from broadcaster.audit.roots import make_due_roots
from broadcaster.database import Database
from broadcaster.dispatch.config_signing import config_inputs, sign_changed_configs
from broadcaster.dispatch.emergencies import emergencies_wait, sign_emergencies
from broadcaster.dispatch.leading import Lead
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
from broadcaster.dispatch.superseded import forget_superseded
from broadcaster.dispatch.talks import (
    close_lost_talks,
    sign_talks,
    stopped_talks,
    talks_wait,
)
from broadcaster.emergency.orders import emergency_inputs
from broadcaster.feedback.retention import forget_old_words
from broadcaster.keys import StationKeys
from broadcaster.ledger.expectations import freeze
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.watch import close_overdue
from broadcaster.schedule.planning import changes_since, plan_broadcasts
from broadcaster.settings import Settings
from broadcaster.wire import Wire

log = structlog.get_logger()

_PLAN_AT_LEAST_EVERY = timedelta(minutes=1)
_SEAL_EVERY = timedelta(minutes=5)
_FORGET_EVERY = timedelta(hours=1)
_ROLLED_UP_AT_ONCE_S = 0.3
"""A roll-up that took no longer keeps nobody waiting, and is followed by one at the next beat."""
_RESTS_TIMES, _RESTS_AT_MOST_S = 8, 20.0
"""From the beginning of a longer one to that of the next."""


class Conductor:
    """What a tick does, and the little it remembers between two of them."""

    def __init__(
        self,
        *,
        database: Database,
        settings: Settings,
        keys: Callable[[], StationKeys],
        wire: Wire,
        lead: Lead,
        trail: FollowedTrail,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._lead = lead
        self._settings = settings
        self._keys = keys
        self._wire = wire
        self._seen: tuple[object, ...] = ()
        self._planned_at: datetime | None = None
        self._connections = 0
        self._sealed_at: datetime | None = None
        self._forgot_at: datetime | None = None
        self._trail = trail
        self._clock_s = clock_s
        self._rolls_up_from_s = -math.inf

    def lead(self, _: datetime) -> None:
        """Give a sign of life where one is asked for; raise Deposed when another one leads."""
        self._lead.look()

    def plan(self, now: datetime) -> None:
        """Bring broadcasts, plans and configurations to what is approved, scheduled and chosen."""
        keys = self._keys()
        if self._is_current(now, keys=keys):
            return
        trail = self._followed()
        with self._writing() as session:
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
            self._sign(session, station, keys=keys, trail=trail, now=now)
        self._seen, self._planned_at = seen, now

    def hurry(self, now: datetime) -> None:
        """Sign and publish the emergencies that wait, before and beside everything else."""
        if self._wire.connections == 0:
            return
        with self._database.reading() as session:
            if not emergencies_wait(session, now=now):
                return
        trail = self._followed()
        with self._writing() as session:
            station = the_station(session)
            sign_emergencies(session, station=station, keys=self._keys(), trail=trail, now=now)
        self._publish_nows(now)

    def speak(self, now: datetime) -> None:
        """Sign live talks and their stops, and hand them over at once; close those that are lost.

        It looks at little and waits for nothing else: somebody stands at a microphone.
        """
        with self._database.reading() as session:
            if not talks_wait(session, now=now):
                return
        end_within = timedelta(seconds=self._settings.confirm_end_within_s)
        trail = self._followed()
        with self._writing() as session:
            sign_talks(
                session,
                station=the_station(session),
                keys=self._keys(),
                trail=trail,
                now=now,
                start_within=timedelta(seconds=self._settings.confirm_start_within_s),
                end_within=end_within,
            )
            close_lost_talks(session, end_within=end_within, now=now)
        self._publish_nows(now)

    def watch(self, now: datetime) -> None:
        """Record what was true when broadcasts began, and close those that are overdue."""
        with self._writing() as session:
            freeze(session, now=now)
            close_overdue(session, now=now)

    def seal_days(self, now: datetime) -> None:
        """Sign the root of each day that is over; devices learn the newest with their receipts."""
        if self._sealed_at is not None and abs(now - self._sealed_at) < _SEAL_EVERY:
            return
        with self._writing() as session:
            station = the_station(session)
            make_due_roots(
                session,
                station_id=station.id,
                zone=ZoneInfo(station.zone),
                keys=self._keys(),
                now=now,
            )
        self._sealed_at = now

    def forget(self, now: datetime) -> None:
        """Let go of what is over: sessions, addresses, failed sign-ins, superseded plans."""
        if self._forgot_at is not None and abs(now - self._forgot_at) < _FORGET_EVERY:
            return
        with self._writing() as session:
            forget_what_ended(session, now=now)
            forget_old_words(session, now=now)
        with self._writing() as session:
            forget_superseded(session, now=now)
        self._forgot_at = now

    def roll_up(self, _now: datetime) -> None:
        """Let the figures of months and years follow what has been confirmed since.

        Of a province's broadcast each second brings another thousand words, and counting again
        takes longer than that: it rests between two, so that words are stored meanwhile.
        """
        begun_s = self._clock_s()
        if begun_s < self._rolls_up_from_s:
            return
        with self._writing() as session:
            roll_up(session)
        took_s = self._clock_s() - begun_s
        if took_s > _ROLLED_UP_AT_ONCE_S:
            self._rolls_up_from_s = begun_s + min(took_s * _RESTS_TIMES, _RESTS_AT_MOST_S)

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
        wire = _LedWire(self._wire, self._lead)
        told = publish_nows(nows, wire=wire, station_id=station_id)
        configured = publish_configs(configs, wire=wire, station_id=station_id)
        planned = publish(plans, wire=wire, station_id=station_id)
        if told or configured or planned:
            with self._writing() as session:
                mark_nows_published(session, told, now=now)
                mark_configs_published(session, configured, now=now)
                mark_published(session, planned, now=now)
        if (len(configured), len(planned)) == (len(configs), len(plans)):
            self._connections = connections

    def _followed(self) -> FollowedTrail:
        """The trail, read up to now: outside the writing transaction, which everybody waits for."""
        with self._database.reading() as session:
            self._trail.follow(session)
        return self._trail

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction that stands only while this process leads."""
        with self._database.writing() as session:
            self._lead.hold(session)
            yield session

    def _publish_nows(self, now: datetime) -> None:
        with self._database.reading() as session:
            nows = nows_to_publish(session, now=now)
            station_id = the_station(session).id
        told = publish_nows(nows, wire=_LedWire(self._wire, self._lead), station_id=station_id)
        if told:
            with self._writing() as session:
                mark_nows_published(session, told, now=now)

    def _is_current(self, now: datetime, *, keys: StationKeys) -> bool:
        if self._planned_at is None:
            return False
        # A clock that was set back must not leave the days in between without a plan.
        if abs(now - self._planned_at) >= _PLAN_AT_LEAST_EVERY:
            return False
        with self._database.reading() as session:
            return _all_inputs(session, keys) == self._seen

    def _sign(
        self,
        session: Session,
        station: Station,
        *,
        keys: StationKeys,
        trail: FollowedTrail,
        now: datetime,
    ) -> None:
        sign_changed_configs(
            session,
            station=station,
            keys=keys,
            station_url=self._settings.station_url,
            now=now,
        )
        sign_emergencies(session, station=station, keys=keys, trail=trail, now=now)
        sign_new_stops(session, station=station, keys=keys, now=now)
        sign_changed_plans(
            session,
            station=station,
            keys=keys,
            trail=trail,
            now=now,
            days=self._settings.plan_days,
            start_within=timedelta(seconds=self._settings.confirm_start_within_s),
            end_within=timedelta(seconds=self._settings.confirm_end_within_s),
        )


@dataclass(frozen=True, slots=True)
class _LedWire:
    """The wire of a process that leads, message by message."""

    wire: Wire
    lead: Lead

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish; raise Deposed rather than undo what another one published."""
        self.lead.assure()
        self.wire.publish(topic, payload, retain=retain)

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """Publish; raise Deposed rather than undo what another one published."""
        self.lead.assure()
        return self.wire.publish_soon(topic, payload, retain=retain)


def _all_inputs(session: Session, keys: StationKeys) -> tuple[object, ...]:
    return (
        changes_since(session),
        emergency_inputs(session),
        stopped_talks(session),
        config_inputs(session),
        keys.key_id,
        keys.keyring,
    )


def tick(conductor: Conductor, now: datetime) -> None:
    """One beat: look who leads, plan, publish, watch, roll up, forget.

    What the database does not take now is tried again next time.
    A step that fails in any other way keeps no later one from its work; then its error is raised.
    Raises Deposed, and then nothing else was done.
    """
    take(conductor.lead, now)
    with ExitStack() as beat:
        for step in (
            conductor.forget,
            conductor.roll_up,
            conductor.seal_days,
            conductor.watch,
            conductor.publish,
            conductor.plan,
            conductor.speak,
        ):
            beat.callback(take, step, now)


def take(step: Callable[[datetime], None], now: datetime) -> None:
    """Take one step; what the database does not take now is logged, and tried again next time."""
    try:
        step(now)
    except SQLAlchemyError:
        log.exception("tick_step_failed", step=step.__name__)
