"""What people do with their own accounts in the day, and what an admin does with others'."""

import hashlib
from datetime import timedelta

from httpx import Response
from sqlalchemy import select

from broadcaster.accounts.authenticator import STEP_S, code_at
from broadcaster.accounts.own_password import make_link
from broadcaster.accounts.passwords import hash_password
from broadcaster.accounts.sealing import open_seed
from broadcaster.accounts.second_factor import offer_seed
from broadcaster.accounts.tables import Account, ApiToken, SecondFactor
from broadcaster.audit.acts import Act
from tests.broadcaster.small_station import form_token
from tests.security.day_at_the_station import Day, Step


def own_accounts() -> list[Step]:
    """What everybody does with their own, and then what the admin does with others'."""
    return [
        *_second_factors(), *_people(), *_programs(), *_links_and_sessions(), *_personal_data()
    ]  # fmt: skip


def _second_factors() -> list[Step]:
    return [
        ("POST /account/second-factor", _enrolled,
         (Act.SECOND_FACTOR_ENROLLED, Act.ONE_TIME_CODES_MADE), "leader"),
        ("POST /sign-in/code",
         lambda day: day.page("leader", "/sign-in/code", code=_next_code(day)),
         (Act.SECOND_FACTOR_PROVEN,), "leader"),
        ("POST /api/sessions/code",
         lambda day: day.program("leader", "POST", "/api/sessions/code",
                                 json={"code": _next_code(day)}),
         (Act.SECOND_FACTOR_PROVEN,), "leader"),
        ("POST /account/second-factor/codes",
         lambda day: day.page("leader", "/account/second-factor/codes"),
         (Act.ONE_TIME_CODES_MADE,), "leader"),
    ]  # fmt: skip


def _people() -> list[Step]:
    new = {"username": "moi", "display_name": "Người mới", "roles": "operator"}
    return [
        ("POST /people", lambda day: day.page("admin", "/people", **new),
         (Act.PERSON_ADMITTED, Act.PASSWORD_LINK_MADE), "admin"),
        ("POST /people/{account_id}/roles",
         lambda day: day.page("admin", f"/people/{_new(day)}/roles", roles=["operator", "leader"]),
         (Act.ROLES_CHANGED,), "admin"),
        ("POST /people/inspectors",
         lambda day: day.page("admin", "/people/inspectors", known="operator"),
         (Act.ROLES_CHANGED,), "admin"),
        ("POST /people/{account_id}/second-factor/removal",
         lambda day: day.page("admin", f"/people/{_new(day)}/second-factor/removal"),
         (Act.SECOND_FACTOR_REMOVED,), "admin"),
        ("POST /people/{account_id}/sessions/end",
         lambda day: day.page("admin", f"/people/{_new(day)}/sessions/end"),
         (Act.SESSIONS_ENDED,), "admin"),
        ("POST /people/{account_id}/closing",
         lambda day: day.page("admin", f"/people/{_new(day)}/closing"),
         (Act.ACCOUNT_CLOSED, Act.SESSIONS_ENDED), "admin"),
        ("POST /people/{account_id}/opening",
         lambda day: day.page("admin", f"/people/{_new(day)}/opening"),
         (Act.ACCOUNT_OPENED,), "admin"),
        ("POST /people/{account_id}/sessions/{handle}/end",
         lambda day: day.page(
             "admin", f"/people/acc-inspector/sessions/{_handle('inspector')}/end"),
         (Act.SESSIONS_ENDED,), "admin"),
    ]  # fmt: skip


def _programs() -> list[Step]:
    new = {"name": "Cổng thông tin", "scopes": ["devices:read", "bulletins:draft"]}
    return [
        ("POST /tokens", lambda day: day.page("admin", "/tokens", days="30", **new),
         (Act.API_TOKEN_MADE,), "admin"),
        ("POST /tokens/{token_id}/revocation",
         lambda day: day.page("admin", f"/tokens/{_token(day)}/revocation"),
         (Act.API_TOKEN_REVOKED,), "admin"),
        ("POST /api/tokens",
         lambda day: day.program("admin", "POST", "/api/tokens", json=new | {"days": 30}),
         (Act.API_TOKEN_MADE,), "admin"),
        ("DELETE /api/tokens/{token_id}",
         lambda day: day.program("admin", "DELETE", f"/api/tokens/{_token(day)}"),
         (Act.API_TOKEN_REVOKED,), "admin"),
    ]  # fmt: skip


def _token(day: Day) -> str:
    """The one that is in use."""
    return day.one(select(ApiToken.id).where(ApiToken.revoked_at.is_(None)))  # type: ignore[union-attr]


def _links_and_sessions() -> list[Step]:
    return [
        ("POST /people/{account_id}/link",
         lambda day: day.page("admin", f"/people/{_new(day)}/link"),
         (Act.PASSWORD_LINK_MADE,), "admin"),
        ("POST /account/sessions/end",
         lambda day: day.page("village_head", "/account/sessions/end"),
         (Act.SESSIONS_ENDED,), "village_head"),
        ("POST /account/sessions/{handle}/end",
         lambda day: day.page(
             "village_head", f"/account/sessions/{_handle('village_head')}/end"),
         (Act.SESSIONS_ENDED,), "village_head"),
        ("POST /password/{token}", _by_link,
         (Act.PASSWORD_CHANGED, Act.SESSIONS_ENDED), "village_head"),
        ("POST /account/password", _by_the_old_one,
         (Act.PASSWORD_CHANGED, Act.SESSIONS_ENDED), "leader"),
    ]  # fmt: skip


def _personal_data() -> list[Step]:
    return [
        ("POST /people/{account_id}/province-login", _named_at_the_province,
         (Act.FOREIGN_LOGIN_CHANGED,), "admin"),
        ("POST /people/{account_id}/export",
         lambda day: day.page("admin", f"/people/{_new(day)}/export"),
         (Act.PERSON_EXPORTED,), "admin"),
        ("POST /people/{account_id}/erasure",
         lambda day: day.page("admin", f"/people/{_new(day)}/erasure", sure="yes"),
         (Act.PERSON_ERASED,), "admin"),
    ]  # fmt: skip


def _named_at_the_province(day: Day) -> Response:
    day.site.station.settings.openid_issuer = "https://id.example.vn"
    return day.page("admin", f"/people/{_new(day)}/province-login", login="moi@example.vn")


def _new(day: Day) -> str:
    return day.one(select(Account.id).where(Account.username == "moi"))  # type: ignore[arg-type]


def _handle(role: str) -> str:
    """The session of this role: its token is the role's name."""
    return hashlib.sha256(role.encode()).hexdigest()[:24]


def _by_link(day: Day) -> Response:
    station = day.site.station
    with station.database.writing() as session:
        token = make_link(session, "acc-village_head", by="acc-admin", now=station.clock())
    page = f"/password/{token}"
    browser = day.site.browser()
    given = browser.get(page).text
    return browser.post(page, data={"csrf_token": form_token(given), "new": "ba con chim sẻ"})


def _by_the_old_one(day: Day) -> Response:
    with day.site.station.database.writing() as session:
        session.get_one(Account, "acc-leader").password_hash = hash_password("mật khẩu cũ")
    return day.page("leader", "/account/password", old="mật khẩu cũ", new="ba con chim sẻ")


def _enrolled(day: Day) -> Response:
    station = day.site.station
    with station.database.writing() as session:
        seed = offer_seed(
            session, "acc-leader", token="leader",
            keys_dir=station.settings.keys_dir, now=station.clock(),
        )  # fmt: skip
    code = code_at(seed, now=station.clock())
    return day.page("leader", "/account/second-factor", code=code)


def _next_code(day: Day) -> str:
    station = day.site.station
    station.clock.move(timedelta(seconds=2 * STEP_S))
    with station.database.reading() as session:
        sealed = session.get_one(SecondFactor, "acc-leader").sealed_seed
    seed = open_seed(sealed, keys_dir=station.settings.keys_dir)
    return code_at(seed, now=station.clock())
