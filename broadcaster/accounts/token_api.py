"""Tokens of programs as JSON: made, listed and revoked by an admin who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.api_tokens import (
    LONGEST_DAYS,
    NAME_LIMIT_CHARACTERS,
    USUAL_DAYS,
    TokenLine,
    make_token,
    revoke_token,
    tokens_of,
)
from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.scopes import Scope
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.web.addresses import ID_PATTERN, Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/tokens", tags=["tokens"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class TokenGiven(BaseModel):
    """The program that is to use it, for what, and for how long."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_LIMIT_CHARACTERS)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: int = Field(default=USUAL_DAYS, ge=1, le=LONGEST_DAYS)
    also_stations: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(
        default=[], max_length=1_000, description="Others of the database that you read."
    )


class TokenOut(BaseModel):
    """A token without what opens; `made_by` is empty for one made at the station's machine."""

    id: str
    name: str
    scopes: list[Scope]
    stations: list[str]
    made_by: str
    made_at_ms: int
    expires_at_ms: int
    revoked_at_ms: int | None
    last_used_at_ms: int | None = Field(description="To the minute.")

    @classmethod
    def of(cls, line: TokenLine) -> "TokenOut":
        """The JSON of a token."""
        return cls(
            id=line.id,
            name=line.name,
            scopes=list(line.scopes),
            stations=list(line.stations),
            made_by=line.made_by,
            made_at_ms=to_ms(line.made_at),
            expires_at_ms=to_ms(line.expires_at),
            revoked_at_ms=to_ms(line.revoked_at) if line.revoked_at else None,
            last_used_at_ms=to_ms(line.last_used_at) if line.last_used_at else None,
        )


class NewToken(TokenOut):
    """A token that was just made, with what opens: told this once."""

    token: str


@api.get("", responses=problems(401, 403))
def list_tokens(station: Here, _viewer: Onlooker) -> list[TokenOut]:
    """The station's tokens, the newest first; those that ended as well."""
    with station.database.reading() as session:
        return [TokenOut.of(each) for each in tokens_of(session, station_id=station.station_id)]


@api.post("", status_code=201, responses=problems(400, 401, 403, 404, 413, 422))
def make(station: Here, viewer: Admin, given: TokenGiven) -> NewToken:
    """Make a token for a program; `token` is told in this answer and kept nowhere."""
    with station.database.writing() as session:
        row, secret = make_token(
            session,
            name=given.name,
            scopes=given.scopes,
            days=given.days,
            station_id=station.station_id,
            also_stations=given.also_stations,
            by=viewer.account_id,
            now=station.now(),
        )
        line = tokens_of(session, station_id=station.station_id, only=row.id)[0]
    return NewToken(**TokenOut.of(line).model_dump(), token=secret)


@api.delete("/{token_id}", status_code=204, responses=problems(401, 403, 404, 422))
def revoke(station: Here, viewer: Admin, token_id: Id) -> None:
    """Let a token open nothing any more, at once."""
    with station.database.writing() as session:
        revoke_token(
            session,
            token_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
