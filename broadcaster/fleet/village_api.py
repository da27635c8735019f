"""Villages as JSON: their people over the years, who reaches whom, new places and mergers."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.registering import (
    PEOPLE_LIMIT,
    add_cluster,
    add_village,
    checked_day,
    checked_name,
    checked_people,
    enter_residents,
)
from broadcaster.fleet.errors import ShareUnusable
from broadcaster.fleet.shares import WIRED, Merging, keep_shares, merge_with_poles
from broadcaster.fleet.village_record import VillageRecord, village_record
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["areas"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Looker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]
_CHANGES = problems(400, 401, 403, 404, 413, 422)


class PeopleGiven(BaseModel):
    """Who lives in a village from a day on, which has not passed. Limits are told in a sentence."""

    model_config = ConfigDict(extra="forbid")

    since: date
    households: int = Field(json_schema_extra={"minimum": 0, "maximum": PEOPLE_LIMIT})
    residents: int = Field(json_schema_extra={"minimum": 0, "maximum": PEOPLE_LIMIT})

    def people(self) -> tuple[int, int]:
        """Households and residents; raise PeopleUnusable."""
        return (
            checked_people(self.households, field="households"),
            checked_people(self.residents, field="residents"),
        )


class ShareGiven(BaseModel):
    """The share of a village that a pole reaches; without a device its wired and FM poles."""

    model_config = ConfigDict(extra="forbid")

    device_id: str | None
    share: float = Field(json_schema_extra={"minimum": 0, "maximum": 1})


class SharesGiven(BaseModel):
    """All shares of a village from a day on."""

    model_config = ConfigDict(extra="forbid")

    since: date
    shares: list[ShareGiven]


class ClusterGiven(BaseModel):
    """A cluster that is added."""

    model_config = ConfigDict(extra="forbid")

    name: str


class VillageGiven(PeopleGiven):
    """A village that is added, with its people."""

    name: str
    cluster_id: str


class MergerGiven(BaseModel):
    """Villages that become one; numbers that are left out are the sums of that day."""

    model_config = ConfigDict(extra="forbid")

    village_ids: list[str]
    name: str
    cluster_id: str
    since: date
    households: int | None = None
    residents: int | None = None


class PeopleOut(BaseModel):
    """Who lived in a village from a day on, until the next such day."""

    since: date
    households: int
    residents: int


class PoleShareOut(BaseModel):
    """The share of a village's residents that a pole reaches today."""

    device_id: str | None = Field(description="Null for wired and FM poles.")
    device_name: str | None
    share: float


class VillageRecordOut(BaseModel):
    """What is registered of a village today."""

    village_id: str
    name: str
    cluster_id: str
    people: list[PeopleOut] = Field(description="The newest day first.")
    shares: list[PoleShareOut]
    next_change: date | None = Field(description="The next day for which other shares stand.")
    merged_into: str | None


class Added(BaseModel):
    """What was added."""

    id: str


@api.get("/villages/{village_id}/register", responses=problems(401, 403, 404, 422))
def register(station: Here, _viewer: Looker, village_id: Id) -> VillageRecordOut:
    """A village's people over the years, and who reaches whom today."""
    with station.database.reading() as session:
        return _register(session, station, village_id)


@api.put("/villages/{village_id}/residents", responses=_CHANGES)
def put_residents(
    station: Here, viewer: Admin, village_id: Id, given: PeopleGiven
) -> VillageRecordOut:
    """Enter who lives in a village from a day on; days that have passed stay."""
    households, residents = given.people()
    since = checked_day(given.since, today=station.today())
    with station.database.writing() as session:
        enter_residents(
            session,
            village_id,
            households=households,
            residents=residents,
            since=since,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _register(session, station, village_id)


@api.put("/villages/{village_id}/register/shares", responses=_CHANGES)
def put_shares(
    station: Here, viewer: Admin, village_id: Id, given: SharesGiven
) -> VillageRecordOut:
    """Enter who reaches whom in a village from a day on; days that have passed stay."""
    since = checked_day(given.since, today=station.today())
    shares: dict[str, float] = {}
    for each in given.shares:
        # JSON has no infinity of its own, but some that write it do.
        if not 0 <= each.share <= 1:
            raise ShareUnusable(field="share")
        shares[each.device_id or WIRED] = each.share
    with station.database.writing() as session:
        keep_shares(
            session,
            village_id,
            shares,
            since=since,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _register(session, station, village_id)


@api.post("/clusters", status_code=201, responses=problems(400, 401, 403, 413, 422))
def post_cluster(station: Here, viewer: Admin, given: ClusterGiven) -> Added:
    """Add a cluster, such as of a commune that joins."""
    name = checked_name(given.name)
    with station.database.writing() as session:
        cluster = add_cluster(
            session,
            name=name,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return Added(id=cluster.id)


@api.post("/villages", status_code=201, responses=problems(400, 401, 403, 413, 422))
def post_village(station: Here, viewer: Admin, given: VillageGiven) -> Added:
    """Add a village with its people; it has no pole yet."""
    households, residents = given.people()
    with station.database.writing() as session:
        village = add_village(
            session,
            name=checked_name(given.name),
            cluster_id=given.cluster_id,
            households=households,
            residents=residents,
            since=checked_day(given.since, today=station.today()),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return Added(id=village.id)


@api.post("/villages/mergers", status_code=201, responses=_CHANGES)
def post_merger(station: Here, viewer: Admin, given: MergerGiven) -> Added:
    """Let villages become one from a day on; their poles go along, their history stays theirs."""
    merging = Merging(
        village_ids=given.village_ids,
        name=checked_name(given.name),
        cluster_id=given.cluster_id,
        since=checked_day(given.since, today=station.today()),
        households=_people(given.households, field="households"),
        residents=_people(given.residents, field="residents"),
    )
    with station.database.writing() as session:
        merged = merge_with_poles(
            session,
            merging,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return Added(id=merged.id)


def _people(given: int | None, *, field: str) -> int | None:
    return None if given is None else checked_people(given, field=field)


def _register(session: Session, station: Context, village_id: str) -> VillageRecordOut:
    record = village_record(session, village_id, station_id=station.station_id, day=station.today())
    return VillageRecordOut(
        village_id=record.village.id,
        name=record.village.name,
        cluster_id=record.cluster.id,
        people=[
            PeopleOut(since=each.valid_from, households=each.households, residents=each.residents)
            for each in record.populations
        ],
        shares=_shares(record),
        next_change=record.next_change,
        merged_into=record.merged_into,
    )


def _shares(record: VillageRecord) -> list[PoleShareOut]:
    return [
        PoleShareOut(
            device_id=each.device_id or None, device_name=each.name or None, share=each.share
        )
        for each in record.poles
        if each.share
    ]
