"""Networks and posts as JSON: connected or not, what was decided, and how far it is."""

from typing import Annotated

from fastapi import APIRouter, Depends

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.publishing.api_shapes import AccountGiven, OutletOut, PostGiven, PostOut
from broadcaster.publishing.outlet_accounts import (
    Entered,
    accounts_of,
    enter_account,
    remove_account,
)
from broadcaster.publishing.outlets.port import Outlet
from broadcaster.publishing.posts import decide_post, posts_of, withdraw_post
from broadcaster.publishing.share_pages import shared_here
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/channels", tags=["channels"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Decider = Annotated[Viewer, Depends(require(Right.DECIDE_AIR_RULES))]


@api.get("/outlets", responses=problems(401, 403))
def list_outlets(station: Here, _viewer: Reader) -> list[OutletOut]:
    """Every network that Loa knows."""
    with station.database.reading() as session:
        accounts = accounts_of(session, station.station_id)
    return OutletOut.all_of(accounts)


@api.put("/outlets/{outlet}", status_code=204, responses=problems(401, 403, 422))
def enter(station: Here, viewer: Admin, outlet: Outlet, given: AccountGiven) -> None:
    """Connect a network, or enter its token anew."""
    with station.database.writing() as session:
        enter_account(
            session,
            outlet,
            Entered(
                public_name=given.public_name,
                token=given.token.get_secret_value(),
                secret=given.secret.get_secret_value(),
            ),
            settings=station.settings,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.delete("/outlets/{outlet}", status_code=204, responses=problems(401, 403, 404, 422))
def remove(station: Here, viewer: Admin, outlet: Outlet) -> None:
    """Forget an account and its secrets; raise OutletNotEntered."""
    with station.database.writing() as session:
        remove_account(
            session,
            outlet,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.get("/posts", responses=problems(401, 403))
def list_posts(station: Here, _viewer: Reader) -> list[PostOut]:
    """What was decided last, and how far it is."""
    with station.database.reading() as session:
        posts = posts_of(session, station_id=station.station_id)
    return [PostOut.of(each) for each in posts]


@api.put("/items/{bulletin_id}/posts/{outlet}", responses=problems(401, 403, 404, 409, 422))
def decide(
    station: Here, viewer: Decider, bulletin_id: Id, outlet: Outlet, given: PostGiven
) -> PostOut:
    """Have a public bulletin posted; raise as `decide_post` does."""
    shared = shared_here(station, bulletin_id)
    with station.database.writing() as session:
        post = decide_post(
            session,
            bulletin_id,
            outlet,
            given.form,
            text=shared.text,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return PostOut.of(post)


@api.delete(
    "/items/{bulletin_id}/posts/{outlet}", status_code=204, responses=problems(401, 403, 404, 422)
)
def withdraw(station: Here, viewer: Decider, bulletin_id: Id, outlet: Outlet) -> None:
    """Have it taken down; raise NoSuchPost."""
    with station.database.writing() as session:
        withdraw_post(
            session,
            bulletin_id,
            outlet,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
