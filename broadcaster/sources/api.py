"""Sources as JSON; rights as on the pages."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.fleet.behaviour import relay_hosts_of
from broadcaster.sources.desk import (
    GivenSource,
    add_source,
    change_source,
    checked_source,
    find_source,
    retire_source,
)
from broadcaster.sources.errors import NAME_LIMIT_CHARACTERS
from broadcaster.sources.shown import SourceShown, shown, sources_shown
from broadcaster.sources.tables import RelaySource, SourceKind, SourceLevel
from broadcaster.sources.trial import Finding, Found
from broadcaster.sources.trying import try_and_keep
from broadcaster.sources.wording import FINDINGS
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.language import translations
from broadcaster.web.problems import problems
from devices.reception.hosts import AllowedHosts

api = APIRouter(prefix="/api/relay-sources", tags=["relays"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Trier = Annotated[Viewer, Depends(require(Right.TRY_SOURCES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class SourceGiven(BaseModel):
    """A source to be listed; limits are told in a sentence, so they are checked there."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LIMIT_CHARACTERS})
    level: str = Field(json_schema_extra={"enum": [each.value for each in SourceLevel]})
    kind: str = Field(
        default=SourceKind.STREAM, json_schema_extra={"enum": [each.value for each in SourceKind]}
    )
    url: str = Field(description="By https, without a password.")

    def given(self) -> GivenSource:
        """What will be kept; raise a BadInput that names its field."""
        return checked_source(name=self.name, level=self.level, kind=self.kind, url=self.url)


class FoundOut(BaseModel):
    """What a trial found."""

    finding: Finding
    message: str = Field(description="For people, in Vietnamese.")
    message_en: str
    codec: str
    form: str
    heard_ms: int
    peak_dbfs: float | None = Field(description="Null for nothing, or nothing but zeros.")
    detail: str

    @classmethod
    def of(cls, found: Found) -> "FoundOut":
        """The JSON of a finding."""
        words = FINDINGS[found.finding]
        return cls(
            finding=found.finding,
            message=words,
            message_en=translations("en").gettext(words),
            codec=found.codec,
            form=found.form,
            heard_ms=found.heard_ms,
            peak_dbfs=found.peak_dbfs,
            detail=found.detail,
        )


class SourceOut(BaseModel):
    """A source in use."""

    id: str
    name: str
    level: SourceLevel
    kind: SourceKind
    url: str
    host_allowed: bool = Field(description="Whether devices may open it; false stops its relays.")
    checked_at_ms: int | None
    found: FoundOut | None = Field(description="Null while nobody has tried it as it is.")

    @classmethod
    def of(cls, source: SourceShown) -> "SourceOut":
        """The JSON of a source."""
        return cls(
            id=source.source_id,
            name=source.name,
            level=SourceLevel(source.level),
            kind=SourceKind(source.kind),
            url=source.url,
            host_allowed=source.host_allowed,
            checked_at_ms=to_ms(source.checked_at) if source.checked_at else None,
            found=FoundOut.of(source.found) if source.found else None,
        )


class Sources(BaseModel):
    """The sources in use, from the nation's down."""

    sources: list[SourceOut]


@api.get("", responses=problems(401, 403))
def sources(station: Here, _viewer: Reader) -> Sources:
    """What may be relayed."""
    with station.database.reading() as session:
        found = sources_shown(session, station.station_id)
    return Sources(sources=[SourceOut.of(each) for each in found])


@api.post("", status_code=201, responses=problems(401, 403, 413, 422))
def add(station: Here, viewer: Admin, wish: SourceGiven) -> SourceOut:
    """Put a source on the list and allow its host."""
    with station.database.writing() as session:
        source = add_source(
            session,
            wish.given(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _out(session, source)


@api.put("/{source_id}", responses=problems(401, 403, 404, 413, 422))
def change(station: Here, viewer: Admin, source_id: Id, wish: SourceGiven) -> SourceOut:
    """Change a source, which voids the approval of every relay of it."""
    with station.database.writing() as session:
        source = change_source(
            session,
            source_id,
            wish.given(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _out(session, source)


@api.delete("/{source_id}", status_code=204, responses=problems(401, 403, 404, 422))
def retire(station: Here, viewer: Admin, source_id: Id) -> None:
    """Relay it no more."""
    with station.database.writing() as session:
        retire_source(
            session,
            source_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.post("/{source_id}/trial", responses=problems(401, 403, 404, 422, 503))
def try_out(station: Here, _viewer: Trier, source_id: Id) -> FoundOut:
    """Listen to a source for some seconds and say what was found; takes up to 15 s."""
    found = try_and_keep(
        station.database, source_id, station_id=station.station_id, now=station.now()
    )
    return FoundOut.of(found)


def _out(session: Session, source: RelaySource) -> SourceOut:
    found = find_source(session, source.id, station_id=source.station_id)
    hosts = frozenset(relay_hosts_of(session, source.station_id))
    return SourceOut.of(shown(found, allowed=AllowedHosts(hosts=hosts)))
