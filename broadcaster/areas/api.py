"""The station's clusters and villages, and who lives there, as JSON."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.errors import LANGUAGES_LIMIT
from broadcaster.areas.languages import (
    checked_languages,
    find_village,
    keep_languages,
    languages_of,
)
from broadcaster.areas.queries import clusters_of, residents_on, villages_of
from broadcaster.areas.tables import Station, Village
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["areas"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Describer = Annotated[Viewer, Depends(require(Right.DESCRIBE_VILLAGES))]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]


class VillageOut(BaseModel):
    """A village; its numbers are null while no census is recorded for the day."""

    id: str
    name: str
    households: int | None
    residents: int | None
    valid_from: date | None = Field(description="Since when these numbers hold.")


class ClusterOut(BaseModel):
    """Villages that hear the same schedule."""

    id: str
    name: str
    residents: int = Field(description="Of the villages whose number is known.")
    villages: list[VillageOut]


class Areas(BaseModel):
    """The station's area, as far as the caller may see it."""

    station_id: str
    name: str
    commune: str
    province: str
    zone: str
    day: date
    rehearsal: bool
    clusters: list[ClusterOut]


class LanguagesGiven(BaseModel):
    """A village's languages. Limits are told in a sentence, so they are checked there."""

    model_config = ConfigDict(extra="forbid")

    languages: list[str] = Field(
        description="Beside Vietnamese, by name, without “tiếng”.",
        json_schema_extra={"maxItems": LANGUAGES_LIMIT},
    )


class LanguagesOut(BaseModel):
    """What a village must be able to hear beside Vietnamese."""

    village_id: str
    village: str
    languages: list[str]


@api.get("/villages/{village_id}/languages", responses=problems(401, 403, 404, 422))
def languages(station: Here, _viewer: Reader, village_id: str) -> LanguagesOut:
    """The languages of one village."""
    with station.database.reading() as session:
        village = find_village(session, village_id, station_id=station.station_id)
        return _languages(session, village)


@api.put("/villages/{village_id}/languages", responses=problems(400, 401, 403, 404, 413, 422))
def enter_languages(
    station: Here, viewer: Describer, village_id: str, given: LanguagesGiven
) -> LanguagesOut:
    """Let a village have exactly these languages; bulletins wait for a recording in each."""
    checked = checked_languages(given.languages)
    with station.database.writing() as session:
        village = keep_languages(
            session,
            village_id,
            checked,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _languages(session, village)


def _languages(session: Session, village: Village) -> LanguagesOut:
    spoken = [*languages_of(session, village.id)]
    return LanguagesOut(village_id=village.id, village=village.name, languages=spoken)


@api.get("/areas", responses=problems(401, 403, 503))
def areas(station: Here, viewer: Anyone) -> Areas:
    """Clusters and villages in their order, with the residents of today."""
    day = station.today()
    in_view = viewer.villages_in_view()
    with station.database.reading() as session:
        about = session.get_one(Station, station.station_id)
        villages = villages_of(session, about.id, only=in_view)
        living = residents_on(session, [each.id for each in villages], day)
        clusters = clusters_of(session, about.id)
    shown: dict[str, list[VillageOut]] = {}
    for village in villages:
        census = living.get(village.id)
        shown.setdefault(village.cluster_id, []).append(
            VillageOut(
                id=village.id,
                name=village.name,
                households=census.households if census else None,
                residents=census.residents if census else None,
                valid_from=census.valid_from if census else None,
            )
        )
    return Areas(
        station_id=about.id,
        name=about.name,
        commune=about.commune,
        province=about.province,
        zone=about.zone,
        day=day,
        rehearsal=about.rehearsal,
        clusters=[
            ClusterOut(
                id=cluster.id,
                name=cluster.name,
                residents=sum(each.residents or 0 for each in shown.get(cluster.id, [])),
                villages=shown.get(cluster.id, []),
            )
            for cluster in clusters
            if in_view is None or cluster.id in shown
        ],
    )
