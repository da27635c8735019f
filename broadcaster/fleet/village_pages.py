"""The pages of one village's people and poles, of new places and of mergers; for admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import MANY_VILLAGES, clusters_of, residents_on, village_count
from broadcaster.areas.registering import (
    add_cluster,
    add_village,
    checked_day,
    checked_name,
    checked_people,
    enter_residents,
    read_day,
)
from broadcaster.errors import BadInput, LoaError
from broadcaster.fleet.errors import UnknownDevice
from broadcaster.fleet.places import read_place, written_place
from broadcaster.fleet.shares import keep_shares, merge_with_poles
from broadcaster.fleet.village_forms import (
    ClusterForm,
    MergerForm,
    PlaceForm,
    ResidentsForm,
    SharesForm,
    VillageForm,
)
from broadcaster.fleet.village_places import entered_places, keep_village_place
from broadcaster.fleet.village_record import standing_villages, village_record
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Asked = Annotated[str, Query(max_length=100)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Looker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


@router.get("/villages/changes")
def changes_page(
    request: Request, station: Here, _viewer: Admin, cluster: Asked = "", beside: Asked = ""
) -> Response:
    """New clusters and villages, and villages that become one.

    Where there are many, the villages of one cluster or of two are offered.
    """
    return _changes(request, station, near=(cluster, beside))


@router.post("/villages/clusters")
def new_cluster(
    request: Request, station: Here, viewer: Admin, form: Annotated[ClusterForm, Form()]
) -> Response:
    """Add a cluster."""
    try:
        name = checked_name(form.cluster_name)
    except BadInput as refused:
        return _changes(request, station, refused=refused, at="cluster", given=form)
    with station.database.writing() as session:
        add_cluster(
            session,
            name=name,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/villages/changes", status_code=303)


@router.post("/villages/new")
def new_village(
    request: Request, station: Here, viewer: Admin, form: Annotated[VillageForm, Form()]
) -> Response:
    """Add a village; its page asks for its poles."""
    try:
        with station.database.writing() as session:
            village = add_village(
                session,
                name=checked_name(form.name),
                cluster_id=form.cluster_id,
                households=checked_people(form.households, field="households"),
                residents=checked_people(form.residents, field="residents"),
                since=checked_day(read_day(form.since), today=station.today()),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _changes(request, station, refused=refused, at="village", given=form)
    return RedirectResponse(f"/villages/{village.id}", status_code=303)


@router.post("/villages/mergers")
def merge(
    request: Request, station: Here, viewer: Admin, form: Annotated[MergerForm, Form()]
) -> Response:
    """Let villages become one from a day on; its page shows its poles."""
    try:
        merging = form.checked(today=station.today())
        with station.database.writing() as session:
            merged = merge_with_poles(
                session,
                merging,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _changes(request, station, refused=refused, at="merger", given=form)
    return RedirectResponse(f"/villages/{merged.id}", status_code=303)


@router.get("/villages/{village_id}")
def village_page(
    *,
    request: Request,
    station: Here,
    viewer: Looker,
    village_id: Id,
    saved: bool = False,
    cluster: Asked = "",
) -> Response:
    """Who lives in a village, over the years, and which pole reaches which share."""
    return _village(request, station, viewer, village_id, saved=saved, cluster=cluster)


@router.post("/villages/{village_id}/residents")
def residents(
    request: Request,
    station: Here,
    viewer: Admin,
    village_id: Id,
    form: Annotated[ResidentsForm, Form()],
) -> Response:
    """Enter who lives in a village from a day on."""
    try:
        since, households, living = form.checked(today=station.today())
    except BadInput as refused:
        return _village(request, station, viewer, village_id, refused=refused, people=form)
    with station.database.writing() as session:
        enter_residents(
            session,
            village_id,
            households=households,
            residents=living,
            since=since,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/villages/{village_id}?saved=true", status_code=303)


@router.post("/villages/{village_id}/shares")
def shares(
    request: Request,
    station: Here,
    viewer: Admin,
    village_id: Id,
    form: Annotated[SharesForm, Form()],
) -> Response:
    """Enter which pole reaches which share from a day on."""
    try:
        since, wanted = form.checked(today=station.today())
        with station.database.writing() as session:
            keep_shares(
                session,
                village_id,
                wanted,
                since=since,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, UnknownDevice) as refused:
        return _village(request, station, viewer, village_id, refused=refused, shared=form)
    return RedirectResponse(f"/villages/{village_id}?saved=true", status_code=303)


@router.post("/villages/{village_id}/place")
def place(
    request: Request,
    station: Here,
    viewer: Admin,
    village_id: Id,
    form: Annotated[PlaceForm, Form()],
) -> Response:
    """Enter where a village lies on the map; nothing for nobody knows."""
    try:
        read = read_place(form.place)
    except BadInput as refused:
        return _village(request, station, viewer, village_id, refused=refused, placed=form)
    with station.database.writing() as session:
        keep_village_place(
            session,
            village_id,
            read,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/villages/{village_id}?saved=true", status_code=303)


def _village(
    request: Request,
    station: Context,
    viewer: Viewer,
    village_id: str,
    *,
    refused: LoaError | None = None,
    people: ResidentsForm | None = None,
    shared: SharesForm | None = None,
    placed: PlaceForm | None = None,
    saved: bool = False,
    cluster: str = "",
) -> Response:
    today = station.today()
    with station.database.reading() as session:
        many = village_count(session, station.station_id) > MANY_VILLAGES
        is_part = many and shared is None
        found = village_record(
            session,
            village_id,
            station_id=station.station_id,
            day=today,
            of_clusters={cluster} if is_part else None,
        )
        clusters = clusters_of(session, station.station_id) if is_part else ()
        known = entered_places(session, station_id=station.station_id).get(village_id)
    typed = dict(zip(shared.device, shared.percent, strict=False)) if shared else None
    return render(
        request,
        "fleet/pages/village.html",
        status_code=BadInput.status if refused else 200,
        record=found,
        is_part=is_part,
        clusters=clusters,
        cluster=cluster,
        may_enter=viewer.may(Right.ADMINISTER) and found.merged_into is None,
        today=today,
        people=people or ResidentsForm(since=today.isoformat()),
        since=shared.shares_since if shared else today.isoformat(),
        typed=typed,
        errors={_field(refused, of_shares=shared is not None): in_language(request, refused)}
        if refused
        else {},
        place=placed.place
        if placed
        else (written_place(known.latitude, known.longitude) if known else ""),
        saved=saved,
    )


def _changes(
    request: Request,
    station: Context,
    *,
    refused: BadInput | None = None,
    at: str = "",
    given: ClusterForm | VillageForm | MergerForm | None = None,
    near: tuple[str, str] = ("", ""),
) -> Response:
    today = station.today()
    merger = given if isinstance(given, MergerForm) else MergerForm(merged_since=today.isoformat())
    with station.database.reading() as session:
        is_part = village_count(session, station.station_id) > MANY_VILLAGES
        clusters, villages = standing_villages(
            session,
            station_id=station.station_id,
            day=today,
            of_clusters=set(near) if is_part else None,
            beside=merger.village_ids,
        )
        living = residents_on(session, [each.id for each in villages], today)
    return render(
        request,
        "fleet/pages/village_changes.html",
        status_code=BadInput.status if refused else 200,
        clusters=clusters,
        villages=villages,
        is_part=is_part,
        near=near,
        living=living,
        cluster=given if isinstance(given, ClusterForm) else ClusterForm(),
        village=given if isinstance(given, VillageForm) else VillageForm(since=today.isoformat()),
        merger=merger,
        errors={_named(refused, at): in_language(request, refused)} if refused else {},
    )


def _field(refused: LoaError, *, of_shares: bool) -> str:
    """The field of a village's page that a mistake is in."""
    if not of_shares:
        return refused.field or "since"
    return "shares_since" if refused.field == "since" else "share-1"


def _named(refused: LoaError, at: str) -> str:
    """The field of the page of changes that a mistake is in."""
    field = refused.field or "name"
    if at == "merger" and field != "village_ids":
        return f"merged_{field}"
    return f"cluster_{field}" if at == "cluster" else field
