"""The trail for programs: entries as they were signed, and the newest daily root."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit.acts import Act
from broadcaster.audit.roots import newest_root
from broadcaster.database.columns import to_ms
from broadcaster.inspection.trail_queries import Filter, Line, trail_lines
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["audit"])


class EntryOut(BaseModel):
    """One act. `person` and `about` are opaque ids; `words` is empty where it was erased."""

    number: int
    at_ms: int
    act: str
    person: str
    about: str
    details: dict[str, str | int | float | bool | None]
    words: dict[str, str] = Field(description="Kept outside the chain; may be erased.")
    facts: int = Field(description="How many rows of the registry the entry holds.")
    entry_sha256: str
    message: str = Field(description="JWS compact (RFC 7515), as the station signed it.")


class RootOut(BaseModel):
    """A daily root, as devices repeat it and `loa ledger verify --anchor` takes it."""

    day: str
    root: str


class TrailOut(BaseModel):
    """The newest entries that were asked for; `before` gives those that follow."""

    entries: list[EntryOut]
    before: int | None
    newest_root: RootOut | None


@api.get("/audit", responses=problems(401, 403, 422))
def audit(
    *,
    station: Annotated[Context, Depends(context)],
    _viewer: Annotated[Viewer, Depends(require(Right.SEE_AUDIT))],
    person: Annotated[str, Query(max_length=80)] = "",
    act: Act | None = None,
    day: date | None = None,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TrailOut:
    """Who did what, the newest first.

    The trail is the installation's own station's: asked while another one is in view, it is empty.
    """
    wanted = Filter(
        person=person.replace("\0", ""), act=act.value if act else "", day=day, before=before
    )
    with station.database.reading() as session:
        here = not station.is_elsewhere
        found = trail_lines(session, wanted, zone=station.zone, limit=limit + 1) if here else []
        root = newest_root(session.connection()) if here else None
    shown = found[:limit]
    return TrailOut(
        entries=[_out(line) for line in shown],
        before=shown[-1].number if len(found) > limit else None,
        newest_root=RootOut(day=root.day, root=root.root) if root else None,
    )


def _out(line: Line) -> EntryOut:
    return EntryOut(
        number=line.number,
        at_ms=to_ms(line.at),
        act=line.act,
        person=line.person,
        about=line.about,
        details=dict(line.details),
        words=dict(line.words),
        facts=line.facts,
        entry_sha256=line.sha256,
        message=line.message,
    )
