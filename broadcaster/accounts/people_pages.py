"""*Người dùng*: whom the station knows, what they may do, and the way back in for who lost it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts import second_factor
from broadcaster.accounts.errors import (
    ErasureUnsure,
    ForeignLoginTaken,
    LastAdmin,
    NobodyOfThatName,
    NoProvider,
    NoRole,
    NoSuchPerson,
    UsernameTaken,
    UsernameUnusable,
)
from broadcaster.accounts.foreign_logins import foreign_login_of, name_foreign_login
from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.own_password import LINK_LASTS, make_link
from broadcaster.accounts.people import (
    account_named,
    add_role,
    change_roles,
    close_account,
    create_account,
    only_of,
    open_account,
    people_listed,
    person_line,
)
from broadcaster.accounts.personal_data import (
    ERASED_NAME,
    erase_person,
    export_person,
    export_text,
)
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.session_list import end_session, end_sessions, sessions_of
from broadcaster.accounts.told_once import (
    NOT_KEPT,
    lead_to_telling,
    once,
    sealed_for,
    told_here,
)
from broadcaster.accounts.viewer import Viewer
from broadcaster.accounts.wording import ROLE_NOTES, ROLE_WORDS
from broadcaster.areas.queries import MANY_VILLAGES, clusters_of, village_count, villages_of
from broadcaster.errors import LoaError
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]
ClusterAsked = Annotated[str, Query(max_length=100)]


class RolesForm(BaseModel):
    """What somebody is to be at the station; a village head's villages."""

    model_config = ConfigDict(frozen=True)

    roles: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()

    def chosen(self) -> list[Role]:
        """The roles that there are, of those that were sent."""
        return [role for role in Role if role in self.roles]

    def chosen_villages(self) -> tuple[str, ...]:
        """Their villages, where the role that has any was chosen."""
        return self.villages if Role.VILLAGE_HEAD in self.roles else ()


class PersonForm(RolesForm):
    """Somebody new."""

    username: str = ""
    display_name: str = ""


@router.get("/people")
def people(
    request: Request, station: Here, viewer: Onlooker, cluster: ClusterAsked = ""
) -> Response:
    """Everybody whom the station knows, and the form for one more.

    Where there are many villages, those of one cluster are offered.
    """
    return _list(request, station, viewer, PersonForm(), cluster=cluster)


@router.post("/people")
def admit(
    request: Request, station: Here, viewer: Admin, form: Annotated[PersonForm, Form()]
) -> Response:
    """Somebody new; their page tells the link with which they choose their password, once."""
    try:
        with station.database.writing() as session:
            account, _ = create_account(
                session,
                username=form.username,
                display_name=form.display_name,
                station_id=station.station_id,
                roles=form.chosen(),
                village_ids=_known_villages(station, form),
                now=station.now(),
                by=viewer.account_id,
            )
            link = make_link(session, account.id, by=viewer.account_id, now=station.now())
            path = f"/people/{account.id}"
            sealed = sealed_for(viewer, link, path=path, station=station)
    except (UsernameUnusable, UsernameTaken, NoRole) as refused:
        return _list(request, station, viewer, form, refused=refused)
    return lead_to_telling(request, sealed, path=path)


@router.post("/people/inspectors")
def let_inspect(
    request: Request,
    station: Here,
    viewer: Admin,
    known: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Let somebody who has an account at another station read this one, as a province's office."""
    try:
        with station.database.writing() as session:
            account = account_named(session, known)
            if account is None or not account.active:
                raise NobodyOfThatName(field="known")
            add_role(
                session,
                account.id,
                Role.INSPECTOR,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
            account_id = account.id
    except NobodyOfThatName as refused:
        return _list(request, station, viewer, PersonForm(), known=known, refused=refused)
    return _back(account_id, "roles")


@router.get("/people/{account_id}")
def person(
    *,
    request: Request,
    station: Here,
    viewer: Onlooker,
    account_id: Id,
    done: str = "",
    cluster: ClusterAsked = "",
) -> Response:
    """One person: roles, second factor, sessions; a link that was just made, this once."""
    link = told_here(request, viewer, station=station)
    page = _person(request, station, viewer, account_id, link=link, done=done, cluster=cluster)
    return once(page, request)


@router.post("/people/{account_id}/roles")
def give_roles(
    request: Request,
    station: Here,
    viewer: Admin,
    account_id: Id,
    form: Annotated[RolesForm, Form()],
) -> Response:
    """Let them be these and nothing else."""
    try:
        with station.database.writing() as session:
            person_line(session, account_id, station_id=station.station_id)
            change_roles(
                session,
                account_id,
                station_id=station.station_id,
                roles=form.chosen(),
                village_ids=_known_villages(station, form),
                by=viewer.account_id,
                now=station.now(),
            )
    except (NoRole, LastAdmin) as refused:
        return _person(request, station, viewer, account_id, refused=refused)
    return _back(account_id, "roles")


@router.post("/people/{account_id}/link")
def give_link(request: Request, station: Here, viewer: Admin, account_id: Id) -> Response:
    """A link for a new password, shown once; the old password serves until it is used.

    A reload of the page that tells it leaves it as it is.
    """
    path = f"/people/{account_id}"
    with station.database.writing() as session:
        if not only_of(session, account_id, station_id=station.station_id).active:
            raise NoSuchPerson(account_id)
        link = make_link(session, account_id, by=viewer.account_id, now=station.now())
        sealed = sealed_for(viewer, link, path=path, station=station)
    return lead_to_telling(request, sealed, path=path)


@router.post("/people/{account_id}/second-factor/removal")
def remove_second_factor(station: Here, viewer: Admin, account_id: Id) -> Response:
    """Take authenticator and printed codes from who lost them."""
    with station.database.writing() as session:
        only_of(session, account_id, station_id=station.station_id)
        second_factor.remove(session, account_id, by=viewer.account_id, now=station.now())
    return _back(account_id, "second-factor")


@router.post("/people/{account_id}/sessions/end")
def end_all(station: Here, viewer: Admin, account_id: Id) -> Response:
    """Sign them out everywhere."""
    with station.database.writing() as session:
        only_of(session, account_id, station_id=station.station_id)
        end_sessions(session, account_id, by=viewer.account_id, now=station.now())
    return _back(account_id, "sessions")


@router.post("/people/{account_id}/sessions/{handle}/end")
def end_one(station: Here, viewer: Admin, account_id: Id, handle: str) -> Response:
    """Sign them out in one place."""
    with station.database.writing() as session:
        only_of(session, account_id, station_id=station.station_id)
        end_session(session, account_id, handle, by=viewer.account_id, now=station.now())
    return _back(account_id, "sessions")


@router.post("/people/{account_id}/closing")
def close(request: Request, station: Here, viewer: Admin, account_id: Id) -> Response:
    """Let them sign in no more; what they did stands."""
    try:
        with station.database.writing() as session:
            only_of(session, account_id, station_id=station.station_id)
            close_account(session, account_id, by=viewer.account_id, now=station.now())
            end_sessions(session, account_id, by=viewer.account_id, now=station.now())
    except LastAdmin as refused:
        return _person(request, station, viewer, account_id, refused=refused)
    return _back(account_id, "closed")


@router.post("/people/{account_id}/opening")
def reopen(station: Here, viewer: Admin, account_id: Id) -> Response:
    """Let them sign in again."""
    with station.database.writing() as session:
        only_of(session, account_id, station_id=station.station_id)
        open_account(session, account_id, by=viewer.account_id, now=station.now())
    return _back(account_id, "opened")


@router.post("/people/{account_id}/province-login")
def give_foreign_login(
    request: Request,
    station: Here,
    viewer: Admin,
    account_id: Id,
    login: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Let the province's provider vouch for them under this name; empty: no more."""
    if not station.settings.openid_issuer:
        raise NoProvider
    try:
        with station.database.writing() as session:
            only_of(session, account_id, station_id=station.station_id)
            name_foreign_login(
                session,
                account_id,
                login=login,
                issuer=station.settings.openid_issuer,
                by=viewer.account_id,
                now=station.now(),
            )
    except ForeignLoginTaken as refused:
        return _person(request, station, viewer, account_id, refused=refused)
    return _back(account_id, "province-login")


@router.post("/people/{account_id}/export")
def export(station: Here, viewer: Admin, account_id: Id) -> Response:
    """All that is held of them, as a file to hand over."""
    with station.database.writing() as session:
        only_of(session, account_id, station_id=station.station_id)
        text = export_text(
            export_person(session, account_id, by=viewer.account_id, now=station.now())
        )
    return Response(
        text,
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{account_id}.json"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/people/{account_id}/erasure")
def erase(
    request: Request,
    station: Here,
    viewer: Admin,
    account_id: Id,
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Erase what names them, where it was said that it is meant."""
    try:
        if sure != "yes":
            raise ErasureUnsure(field="sure")
        with station.database.writing() as session:
            only_of(session, account_id, station_id=station.station_id)
            erase_person(session, account_id, by=viewer.account_id, now=station.now())
    except (LastAdmin, ErasureUnsure) as refused:
        return _person(request, station, viewer, account_id, refused=refused)
    return _back(account_id, "erased")


def _known_villages(station: Context, form: RolesForm) -> list[str]:
    with station.database.reading() as session:
        known = villages_of(session, station.station_id, only=form.chosen_villages())
    return [each.id for each in known]


def _list(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: PersonForm,
    *,
    known: str = "",
    cluster: str = "",
    refused: LoaError | None = None,
) -> Response:
    with station.database.reading() as session:
        listed = people_listed(session, station_id=station.station_id)
        choices = _role_choices(request, station, cluster=cluster, held=form.villages)
    return render(
        request,
        "accounts/pages/people.html",
        status_code=refused.status if refused else 200,
        people=listed,
        may_admit=viewer.may(Right.ADMINISTER),
        # There is somebody of another station only where there is another station.
        may_invite=viewer.may(Right.ADMINISTER) and viewer.station_villages is not None,
        known=known,
        form=form,
        role_words=ROLE_WORDS,
        errors=_errors(request, refused),
        **choices,
    )


def _person(
    request: Request,
    station: Context,
    viewer: Viewer,
    account_id: str,
    *,
    link: str = "",
    done: str = "",
    cluster: str = "",
    refused: LoaError | None = None,
) -> Response:
    now = station.now()
    with station.database.reading() as session:
        line = person_line(session, account_id, station_id=station.station_id)
        standing = second_factor.standing_of(session, account_id)
        sessions = sessions_of(session, account_id, now=now)
        login = foreign_login_of(session, account_id)
    return render(
        request,
        "accounts/pages/person.html",
        status_code=refused.status if refused else 200,
        headers=NOT_KEPT if link else None,
        person=line,
        standing=standing,
        sessions=sessions,
        may_change=viewer.may(Right.ADMINISTER),
        may_change_account=viewer.may(Right.ADMINISTER) and not line.elsewhere,
        province=station.settings.openid_name if station.settings.openid_issuer else "",
        login=login,
        erased=line.display_name == ERASED_NAME,
        is_self=account_id == viewer.account_id,
        role_words=ROLE_WORDS,
        link=f"{station.settings.station_url}/password/{link}" if link else "",
        link_until=now + LINK_LASTS,
        done=done,
        errors=_errors(request, refused),
        **_role_choices(request, station, cluster=cluster, held=line.village_ids),
    )


def _role_choices(
    request: Request, station: Context, *, cluster: str, held: Sequence[str]
) -> dict[str, Any]:
    """The roles and villages to tick; `held` are always among them, however many there are."""
    with station.database.reading() as session:
        is_part = village_count(session, station.station_id) > MANY_VILLAGES
        found = villages_of(
            session,
            station.station_id,
            of_clusters={cluster} if is_part else None,
            beside=held,
        )
        clusters = clusters_of(session, station.station_id) if is_part else ()
    villages = [(each.id, each.name, None) for each in found]
    return {
        "is_part": is_part,
        "clusters": clusters,
        "cluster": cluster,
        "role_options": [
            (role, translate(request, ROLE_WORDS[role]), translate(request, ROLE_NOTES[role]))
            for role in Role
        ],
        "village_options": villages,
    }


def _errors(request: Request, refused: LoaError | None) -> dict[str, str]:
    if refused is None:
        return {}
    said = in_language(request, refused)
    return {refused.field or "roles": said}


def _back(account_id: str, done: str) -> Response:
    return RedirectResponse(f"/people/{account_id}?done={done}", status_code=303)
