"""The link to the province's system: entered, tested and switched on by an admin, off until then.

The secret is a file in the keys folder, as the station's other secrets are; no page, no log and no
copy of the database has it.
"""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session

from broadcaster.accounts.openid import is_safe_address
from broadcaster.alerts.feed_index import is_same_host
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.exchange.carrying import carrier
from broadcaster.exchange.errors import (
    LONGEST_ADDRESS,
    LONGEST_SECRET,
    SHORTEST_SECRET,
    AddressUnusable,
    NotLinked,
    NotTested,
    OfficeIdUnusable,
    SecretUnusable,
)
from broadcaster.exchange.fields import LONGEST_ID
from broadcaster.exchange.mapping import NEWEST, mapping_of
from broadcaster.exchange.outbox import send_refused_again
from broadcaster.exchange.tables import ExchangeLink
from broadcaster.keys import write_secret

log = structlog.get_logger()


def secret_file(keys_dir: Path, station_id: str) -> Path:
    """Where a station's secret lies."""
    return keys_dir / f"exchange-{station_id}.secret"


def has_secret(keys_dir: Path, station_id: str) -> bool:
    """Whether there is one; what it is nobody is told."""
    return secret_file(keys_dir, station_id).is_file()


def read_secret(keys_dir: Path, station_id: str) -> str:
    """The secret; raise SecretUnusable where there is none."""
    try:
        return secret_file(keys_dir, station_id).read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise SecretUnusable(field="secret") from error


def link_of(session: Session, *, station_id: str) -> ExchangeLink | None:
    """The link, if an admin entered one."""
    return session.get(ExchangeLink, station_id)


def find_link(session: Session, *, station_id: str) -> ExchangeLink:
    """The link; raise NotLinked."""
    found = session.get(ExchangeLink, station_id)
    if found is None:
        raise NotLinked
    return found


def save_link(
    session: Session,
    *,
    address: str,
    source_id: str,
    target_id: str,
    secret: str,
    mapping: int = NEWEST,
    keys_dir: Path,
    station_id: str,
    by: str | None,
    now: datetime,
) -> ExchangeLink:
    """Keep where it is and who we are there, switched off and to be tested anew.

    Without a secret the one that is there stays, but never for another host. Raises a BadInput
    that names its field.
    """
    address = _checked_address(address)
    source_id = _checked_id(source_id, field="source_id")
    target_id = _checked_id(target_id, field="target_id") if target_id.strip() else ""
    mapping_of(mapping)
    link = session.get(ExchangeLink, station_id, with_for_update=True)
    secret = secret.strip()
    is_elsewhere = link is None or not is_same_host(link.address, address)
    if secret or is_elsewhere or not has_secret(keys_dir, station_id):
        _check_secret(secret)
    if link is None:
        link = ExchangeLink(
            station_id=station_id, address=address, source_id=source_id, mapping=mapping,
            saved_at=now,
        )  # fmt: skip
    if is_elsewhere:
        link.cursor = ""
    link.address, link.source_id, link.target_id = address, source_id, target_id
    link.mapping, link.saved_by, link.saved_at = mapping, by, now
    link.tested_at, link.is_on = None, False
    link.trouble, link.trouble_since, link.failures, link.next_try_at = "", None, 0, None
    session.add(link)
    session.flush()
    record(
        session, Act.EXCHANGE_LINKED, by=by, about=station_id, at=now,
        details={"host": urlsplit(address).hostname or "", "new_secret": bool(secret)},
        private={"address": address},
    )  # fmt: skip
    if secret:
        write_secret(secret_file(keys_dir, station_id), secret.encode())
    log.info("exchange_linked", host=urlsplit(address).hostname)
    return link


def try_link(
    database: Database, *, keys_dir: Path, station_id: str, by: str | None, now: datetime
) -> LoaError | None:
    """Ask whether the province's system is there and knows us; what is wrong, or None.

    No transaction is open while it is asked. Raises NotLinked.
    """
    with database.reading() as session:
        link = find_link(session, station_id=station_id)
    wrong: LoaError | None = None
    try:
        secret = read_secret(keys_dir, station_id)
        with carrier(
            link.address, secret, source_id=link.source_id, mapping=link.mapping
        ) as speaks:
            speaks.greet()
    except LoaError as error:
        wrong = error
    with database.writing() as session:
        row = find_link(session, station_id=station_id)
        if row.saved_at == link.saved_at and wrong is None:
            row.tested_at = row.answered_at = now
        record(
            session, Act.EXCHANGE_TESTED, by=by, about=station_id, at=now,
            details={"trouble": wrong.code if wrong else ""},
        )  # fmt: skip
    return wrong


def switch(
    session: Session, *, is_on: bool, station_id: str, by: str | None, now: datetime
) -> ExchangeLink:
    """Let things go up and come down, or not; what waits is kept. Raises NotLinked, NotTested."""
    link = find_link(session, station_id=station_id)
    if is_on and link.tested_at is None:
        raise NotTested(field="on")
    link.is_on, link.switched_by, link.switched_at = is_on, by, now
    if is_on:
        link.since = link.since or now
        link.failures, link.next_try_at = 0, None
    act = Act.EXCHANGE_OPENED if is_on else Act.EXCHANGE_CLOSED
    record(session, act, by=by, about=station_id, at=now)
    return link


def resend_refused(session: Session, *, station_id: str, by: str | None, now: datetime) -> int:
    """Send once more what the province would not take; how many. Raises NotLinked."""
    find_link(session, station_id=station_id)
    again = send_refused_again(session, station_id=station_id)
    record(
        session, Act.EXCHANGE_RESENT, by=by, about=station_id, at=now, details={"messages": again}
    )
    return again


def _checked_address(address: str) -> str:
    address = address.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = (
            is_safe_address(address)
            and bool(parts.hostname)
            and parts.username is None
            and parts.password is None
            and not parts.query
            and not parts.fragment
            and (parts.port is None or parts.port > 0)
        )
    except ValueError as error:
        raise AddressUnusable(field="address") from error
    plain = address.isascii() and address.isprintable() and " " not in address
    if not usable or not plain or len(address) > LONGEST_ADDRESS:
        raise AddressUnusable(field="address")
    return address


def _checked_id(given: str, *, field: str) -> str:
    given = given.strip()
    if not 1 <= len(given) <= LONGEST_ID or not given.isprintable():
        raise OfficeIdUnusable(field=field)
    return given


def _check_secret(secret: str) -> None:
    plain = secret.isascii() and secret.isprintable() and " " not in secret
    if not plain or not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        raise SecretUnusable(field="secret")
