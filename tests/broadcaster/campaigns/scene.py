"""The commune on its afternoon (22/11/2026) with a campaign on health, for standings and pages."""

from datetime import date, timedelta

from broadcaster.bulletins.tables import Bulletin
from broadcaster.campaigns.keeping import keep_campaign
from broadcaster.campaigns.plan import DayKind, Goal, Plan, PlannedDay, Quota
from tests.broadcaster.pages.commune import add_broadcast, add_bulletin, add_plays
from tests.broadcaster.small_station import STATION_ID, SmallStation

HEALTH_DAY = PlannedDay(kind=DayKind.KEY_DAY, name="Ngày Dân số Việt Nam", day=26, month=11)
REPORT = PlannedDay(kind=DayKind.BEFORE, name="Báo cáo 100% đơn vị", day=10, month=12)
HEALTH = Plan(
    title="Truyền thông y tế 2026",
    first=date(2026, 1, 1),
    last=date(2027, 12, 31),
    topics=("Y tế",),
    goals=(
        Goal(percent=80, by_year=2027, sentence="Ít nhất 80% người dân được tiếp cận."),
        Goal(percent=50, by_year=2027, village_id="dong-2"),
    ),
    quotas=(Quota(contributor="Trạm Y tế xã", a_month=2),),
    days=(HEALTH_DAY, REPORT),
)


def keep(station: SmallStation, plan: Plan = HEALTH, *, by: str = "acc-operator") -> str:
    """The campaign's id."""
    with station.database.writing() as session:
        return keep_campaign(session, plan, station_id=STATION_ID, by=by, now=station.clock()).id


def write_bulletin(station: SmallStation, bulletin_id: str, *, contributor: str) -> None:
    """A bulletin on health that was written and approved yesterday."""
    with station.database.writing() as session:
        add_bulletin(
            session,
            bulletin_id,
            title=f"Tin {bulletin_id}",
            author="acc-operator",
            approver="acc-leader",
            now=station.clock(),
        )
        session.get_one(Bulletin, bulletin_id).contributor = contributor


def broadcast(
    station: SmallStation,
    broadcast_id: str,
    bulletin_id: str,
    *states: str,
    ago: timedelta = timedelta(hours=3),
    cluster: str = "dong",
) -> None:
    """A broadcast to one cluster, whose six poles came to these states."""
    with station.database.writing() as session:
        add_broadcast(
            session,
            broadcast_id,
            bulletin_id=bulletin_id,
            by="acc-operator",
            starts_at=station.clock() - ago,
            clusters=(cluster,),
            planned_at=station.clock() - ago - timedelta(hours=1),
        )
        if states:
            add_plays(session, broadcast_id, cluster, states)
