"""A small station where a bulletin can be written, approved, queued and planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Cluster, Station
from broadcaster.bulletins import desk
from broadcaster.bulletins.tables import Rendition
from broadcaster.database import Database
from broadcaster.schedule.moving import move_schedule, skip
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.planning import plan_broadcasts
from broadcaster.schedule.queueing import Queueing, queue_bulletin
from broadcaster.schedule.series import Move, Scope
from broadcaster.schedule.tables import Broadcast, Schedule
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide, made_sound, write
from tests.broadcaster.small_station import STATION_ID, Clock, SmallStation, found_station

LEAD = timedelta(seconds=15)
CLUSTERS = ("cl-1", "cl-2")


@dataclass
class Newsroom:
    """People who write, approve and queue; each act a transaction at the clock's present."""

    small: SmallStation
    operator: str
    leader: str

    @property
    def clock(self) -> Clock:
        """The station's clock."""
        return self.small.clock

    def now(self) -> datetime:
        """The present."""
        return self.clock()

    def bulletin(self, script: str = SCRIPT, *, approved: bool = True, priority: int = 3) -> str:
        """A rendered and submitted bulletin; approved, unless it is to wait."""
        with self.small.database.writing() as session:
            written = write(session, by=self.operator, now=self.now(), script=script)
            written.priority, id_ = priority, written.id
        self.render(id_, script)
        if approved:
            self.approve(id_)
        return id_

    def render(self, bulletin_id: str, script: str, *, take: str = "") -> None:
        """Make its sound and submit it."""
        with self.small.database.writing() as session:
            sound = made_sound(script, take=take)
            desk.attach_rendition(session, bulletin_id, sound=sound, now=self.now())
            desk.submit(session, bulletin_id, by=self.operator, now=self.now())

    def approve(self, bulletin_id: str, *, approved: bool = True) -> None:
        """Let the leader decide on what the bulletin is now."""
        with self.small.database.writing() as session:
            decide(session, self.rendition(session, bulletin_id), approved=approved,
                   by=self.leader, now=self.now())  # fmt: skip

    def rendition(self, session: Session, bulletin_id: str) -> Rendition:
        """The present words and sound."""
        bulletin = desk.find_bulletin(session, bulletin_id, station_id=STATION_ID)
        found = desk.current_rendition(session, bulletin)
        assert found is not None
        return found

    def queue(
        self,
        bulletin_id: str,
        *,
        at: str = "",
        recurrence: str = "",
        clusters: tuple[str, ...] = CLUSTERS,
        reason: str = "",
        by: str | None = None,
        times: int = 1,
        every_min: int = 0,
        choice: Choice | None = None,
    ) -> Schedule:
        """Queue it, as the operator unless somebody else is named."""
        with self.small.database.writing() as session:
            return queue_bulletin(
                session,
                Queueing(
                    bulletin_id=bulletin_id,
                    cluster_ids=clusters,
                    starts_local=at,
                    recurrence=recurrence,
                    times=times,
                    every_min=every_min,
                    choice=choice,
                    override_reason=reason,
                ),
                by=by or self.operator,
                now=self.now(),
                station=session.get_one(Station, STATION_ID),
            )

    def move(
        self,
        schedule_id: str,
        occurrence: str,
        to: str,
        *,
        scope: Scope = Scope.ONE,
        times: int = 1,
        every_min: int = 0,
        choice: Choice | None = None,
        reason: str = "",
        by: str | None = None,
    ) -> Schedule:
        """Move an occurrence, as the operator unless somebody else is named."""
        with self.small.database.writing() as session:
            return move_schedule(
                session,
                Move(
                    schedule_id=schedule_id,
                    occurrence=occurrence,
                    to_local=to,
                    scope=scope,
                    times=times,
                    every_min=every_min,
                    choice=choice,
                    reason=reason,
                ),
                by=by or self.operator,
                now=self.now(),
                station=session.get_one(Station, STATION_ID),
            )

    def skip(self, schedule_id: str, occurrence: str) -> None:
        """Leave one occurrence out, as the operator."""
        with self.small.database.writing() as session:
            skip(
                session,
                schedule_id,
                occurrence,
                by=self.operator,
                now=self.now(),
                station=session.get_one(Station, STATION_ID),
            )

    def plan(self) -> list[Broadcast]:
        """Plan eight days; return what stands, by its start."""
        with self.small.database.writing() as session:
            plan_broadcasts(
                session,
                station=session.get_one(Station, STATION_ID),
                now=self.now(),
                days=8,
                lead=LEAD,
            )
        with self.small.database.reading() as session:
            return list(
                session.exec(
                    select(Broadcast)
                    .where(col(Broadcast.cancelled_at).is_(None))
                    .order_by(col(Broadcast.starts_at))
                ).all()
            )


def open_newsroom(database: Database, *, state_dir: Path) -> Newsroom:
    """A station with two clusters at noon of a Monday, an operator and a leader."""
    small = found_station(database, state_dir=state_dir)
    with database.writing() as session:
        session.add(Cluster(id="cl-2", station_id=STATION_ID, name="Cụm Tây", position=1))
    return Newsroom(
        small=small,
        operator=small.member("hanh", Role.OPERATOR),
        leader=small.member("thanh", Role.LEADER),
    )
