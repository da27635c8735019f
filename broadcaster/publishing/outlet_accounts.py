"""A station's accounts at networks: entered by an admin, sealed, off again, and their adapters."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from secrets import token_hex

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.errors import SeedsUnreadable
from broadcaster.accounts.sealing import open_seed, seal_seed
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.database.columns import from_ms, to_ms
from broadcaster.publishing.errors import (
    AccountIdUnusable,
    AccountSecretUnusable,
    OutletNotEntered,
    OutletSealed,
)
from broadcaster.publishing.outlets.asking import Asker
from broadcaster.publishing.outlets.facebook import FacebookPage
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Adapter, Outlet
from broadcaster.publishing.outlets.zalo import Tokens, ZaloAccount
from broadcaster.publishing.tables import OutletAccount
from broadcaster.settings import Settings

log = structlog.get_logger(__name__)

KEY_FILE = "outlets.key"
_LONGEST = 4_096
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What an admin enters: of Facebook a Page's id and token, of Zalo an application's.

    `public_name` is the id that stands on pages; everything else is secret.
    """

    public_name: str
    token: str
    secret: str = ""


def accounts_of(session: Session, station_id: str) -> Mapping[Outlet, OutletAccount]:
    """The accounts of a station."""
    rows = session.exec(select(OutletAccount).where(OutletAccount.station_id == station_id))
    return {Outlet(row.outlet): row for row in rows}


def find_account(session: Session, outlet: Outlet, *, station_id: str) -> OutletAccount:
    """One account; raise OutletNotEntered."""
    account = accounts_of(session, station_id).get(outlet)
    if account is None:
        raise OutletNotEntered
    return account


def enter_account(
    session: Session,
    outlet: Outlet,
    entered: Entered,
    *,
    settings: Settings,
    station_id: str,
    by: str | None,
    now: datetime,
) -> OutletAccount:
    """Keep an account, in the place of the one before.

    Raises AccountIdUnusable or AccountSecretUnusable, which name the field.
    """
    fields = {name: " ".join(value.split()) for name, value in asdict(entered).items()}
    number = fields["public_name"]
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        raise AccountIdUnusable(field="public_name")
    for name in ["secret", "token"] if KNOWN[outlet].has_secret else ["token"]:
        value = fields[name]
        if not value or len(value) > _LONGEST or not value.isascii() or " " in value:
            raise AccountSecretUnusable(field=name)
    account = accounts_of(session, station_id).get(outlet)
    if account is None:
        account = OutletAccount(
            id=f"out-{token_hex(8)}",
            station_id=station_id,
            outlet=outlet,
            public_name="",
            sealed="",
            entered_at=now,
            renewed_at=now,
        )
        session.add(account)
    account.public_name = fields["public_name"]
    account.sealed = _sealed(
        {
            "secret": fields["secret"],
            # Zalo's first access token is made from the refresh token, at its first use.
            "token": fields["token"] if outlet is Outlet.FACEBOOK else "",
            "refresh": fields["token"] if outlet is Outlet.ZALO else "",
            "expires_at_ms": to_ms(now),
        },
        settings=settings,
    )
    account.entered_by, account.entered_at, account.renewed_at = by, now, now
    account.trouble, account.detail, account.trouble_since = "", "", None
    session.flush()
    record(session, Act.OUTLET_ENTERED, by=by, about=account.id, at=now, details={"to": outlet})
    log.info(Act.OUTLET_ENTERED, outlet=outlet, by=by)
    return account


def remove_account(
    session: Session, outlet: Outlet, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Forget an account and its secrets: nothing is posted there; raise OutletNotEntered."""
    account = find_account(session, outlet, station_id=station_id)
    record(session, Act.OUTLET_REMOVED, by=by, about=account.id, at=now, details={"to": outlet})
    session.delete(account)
    session.flush()
    log.info(Act.OUTLET_REMOVED, outlet=outlet, by=by)


def usable_accounts(session: Session, station_id: str) -> Sequence[OutletAccount]:
    """Those that no admin has to see to first."""
    return session.exec(
        select(OutletAccount)
        .where(OutletAccount.station_id == station_id, OutletAccount.trouble == "")
        .order_by(col(OutletAccount.outlet))
    ).all()


def adapter_of(
    account: OutletAccount,
    *,
    database: Database,
    settings: Settings,
    asker: Asker,
    now: Callable[[], datetime],
) -> Adapter:
    """The adapter of an account; raise OutletSealed where its secrets cannot be read."""
    try:
        kept = json.loads(open_seed(account.sealed, keys_dir=settings.keys_dir, key_file=KEY_FILE))
    except SeedsUnreadable as error:
        raise OutletSealed(error.detail) from error
    if account.outlet == Outlet.FACEBOOK:
        return FacebookPage(
            base=settings.facebook_api,
            page_id=account.public_name,
            token=kept["token"],
            asker=asker,
        )

    def keep(tokens: Tokens) -> None:
        _keep_tokens(database, account, kept, tokens, settings=settings, now=now())

    return ZaloAccount(
        api=settings.zalo_api,
        oauth=settings.zalo_oauth,
        app_id=account.public_name,
        secret=kept["secret"],
        tokens=Tokens(
            access=kept["token"],
            refresh=kept["refresh"],
            expires_at=from_ms(kept["expires_at_ms"]),
        ),
        keep=keep,
        asker=asker,
        now=now,
    )


def _keep_tokens(
    database: Database,
    account: OutletAccount,
    kept: Mapping[str, object],
    tokens: Tokens,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Keep the new tokens at once, unless an admin has entered others meanwhile."""
    sealed = _sealed(
        {
            **kept,
            "token": tokens.access,
            "refresh": tokens.refresh,
            "expires_at_ms": to_ms(tokens.expires_at),
        },
        settings=settings,
    )
    with database.writing() as session:
        row = session.get(OutletAccount, account.id)
        if row is not None and row.entered_at == account.entered_at:
            row.sealed, row.renewed_at = sealed, now
            log.info("outlet_tokens_renewed", outlet=row.outlet)


def _sealed(kept: Mapping[str, object], *, settings: Settings) -> str:
    return seal_seed(json.dumps(kept), keys_dir=settings.keys_dir, key_file=KEY_FILE)
