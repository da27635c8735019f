"""The API's sessions: a token for a name and a password, and whose it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from broadcaster.accounts import second_factor, sessions
from broadcaster.accounts.guard import came_from, open_to_all, require, token_of
from broadcaster.accounts.roles import Right, Role, rights_of
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["accounts"])

Station = Annotated[Context, Depends(context)]
Self = Annotated[Viewer, Depends(require(Right.USE_OWN_ACCOUNT))]


class Credentials(BaseModel):
    """A user name and its password; a code of the second factor, where one is asked for."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=40)
    password: SecretStr = Field(min_length=1, max_length=sessions.LONGEST_PASSWORD)
    code: SecretStr = Field(default=SecretStr(""), max_length=60)


class Code(BaseModel):
    """A code of the authenticator, or a printed one."""

    model_config = ConfigDict(extra="forbid")

    code: SecretStr = Field(min_length=1, max_length=60)


class Me(BaseModel):
    """Whoever holds the token, and what they may do."""

    account_id: str
    username: str
    display_name: str
    roles: list[Role]
    rights: list[Right]
    village_ids: list[str]
    station_id: str = Field(description="The station that this session looks at.")


class NewSession(BaseModel):
    """A token for `Authorization: Bearer`, told once."""

    token: str
    expires_at_ms: int
    me: Me


@api.post(
    "/sessions",
    status_code=201,
    dependencies=[Depends(open_to_all)],
    responses=problems(400, 401, 409, 413, 422, 429, 503),
)
def sign_in(request: Request, station: Station, credentials: Credentials) -> NewSession:
    """Sign in; five failures in fifteen minutes lock a name for a while for their network.

    Admins do nothing without a code, and nobody orders an emergency without one in a shift; it may
    come here, or later to `/api/sessions/code`.
    """
    found = sessions.sign_in(
        station.database,
        username=credentials.username,
        password=credentials.password.get_secret_value(),
        now=station.now(),
        came_from=came_from(request),
    )
    if code := credentials.code.get_secret_value():
        try:
            _prove(station, found.viewer, found.token, code)
        except LoaError:
            with station.database.writing() as session:
                sessions.sign_out(session, found.token, now=station.now())
            raise
    return NewSession(
        token=found.token, expires_at_ms=to_ms(found.expires_at), me=_me(found.viewer)
    )


@api.post("/sessions/code", status_code=204, responses=problems(400, 401, 409, 413, 422, 429, 503))
def prove(
    station: Station, viewer: Self, token: Annotated[str, Depends(token_of)], given: Code
) -> None:
    """Prove the second factor in the session of the token that this request carries."""
    _prove(station, viewer, token, given.code.get_secret_value())


@api.delete("/sessions", status_code=204, responses=problems(401))
def sign_out(station: Station, _viewer: Self, token: Annotated[str, Depends(token_of)]) -> None:
    """End the session of the token that this request carries."""
    with station.database.writing() as session:
        sessions.sign_out(session, token, now=station.now())


@api.get("/me", responses=problems(401))
def me(viewer: Self) -> Me:
    """Who the token's holder is."""
    return _me(viewer)


def _prove(station: Context, viewer: Viewer, token: str, code: str) -> None:
    second_factor.prove(
        station.database,
        viewer.account_id,
        code=code,
        token=token,
        keys_dir=station.settings.keys_dir,
        now=station.now(),
    )


def _me(viewer: Viewer) -> Me:
    return Me(
        account_id=viewer.account_id,
        username=viewer.username,
        display_name=viewer.display_name,
        roles=sorted(viewer.roles),
        rights=sorted(rights_of(viewer.roles)),
        village_ids=sorted(viewer.village_ids),
        station_id=viewer.station_id,
    )
