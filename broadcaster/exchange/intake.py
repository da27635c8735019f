"""Taking in what came down: each version once, in whatever order, and never by itself on air.

Circular 39/2020: 1 khẩn cấp is proposed to whoever may order emergencies, who confirms it; 2 ưu
tiên and 3 thông thường wait for an operator, become a bulletin that keeps its priority, and are
approved here as every other.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.emergency.tables import Emergency
from broadcaster.errors import BadInput
from broadcaster.exchange.codes import REFUSALS, Priority, Refusal, why_not_taken
from broadcaster.exchange.envelope import envelope
from broadcaster.exchange.fields import FLAG, ID, WHOLE, Field, read_as
from broadcaster.exchange.mapping import ForeignBulletin, Receipt, mapping_of
from broadcaster.exchange.outbox import Outgoing, put
from broadcaster.exchange.standing import Standing, after_newer, asks_a_person
from broadcaster.exchange.tables import ExchangeLink, ReceivedBulletin

log = structlog.get_logger()

TAKEN_IN, TURNED_AWAY = "da_nhan", "tu_choi"
TO_BE_RELAYED, NOT_RELAYED = "tiep_song", "khong_tiep_song"
"""What becomes of a relay order later on; that it was planned and played is told as all plays are.
"""
LONGEST_TITLE = 300
_KEY = "exchange-"
_NAMED = re.compile(rf"{_KEY}([a-z0-9-]{{1,64}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a document must have to be known again; all else may be beyond us."""

    remote_id: str
    version: int = 1
    withdrawn: bool = False
    unknown: dict[str, Any]


_IDENTITY = (
    Field("BanTinID", "remote_id", ID, required=True),
    Field("PhienBan", "version", WHOLE),
    # A withdrawal may carry the number of what it takes back.
    Field("ThuHoi", "withdrawn", FLAG),
)


def take_in(
    session: Session, link: ExchangeLink, document: object, *, now: datetime
) -> ReceivedBulletin | None:
    """Keep a version that is new, let it act on those before it, and say so upwards.

    None where it was there already. Raises a BadInput for what cannot even be known by its id.
    """
    known = read_as(Identity, _IDENTITY, document)
    document = without_address(document)
    content = json.dumps(document, ensure_ascii=True, sort_keys=True)
    before = _kept(session, link.station_id, known)
    if before is not None:
        if before.content != content:
            _answer(session, link, known, reason=Refusal.CHANGED, now=now)
        return None
    bulletin, reason = _read(link, document)
    row = ReceivedBulletin(
        id=new_id("exb"),
        station_id=link.station_id,
        remote_id=known.remote_id,
        version=known.version,
        content=content,
        mapping=link.mapping,
        title=" ".join(bulletin.title.split())[:LONGEST_TITLE] if bulletin else "",
        priority=_priority(bulletin),
        withdraws=known.withdrawn,
        received_at=now,
        standing=Standing.REFUSED if reason else Standing.WAITING,
        reason=reason or "",
    )
    session.add(row)
    session.flush()
    if not reason:
        _set_among_versions(session, row)
    _answer(session, link, known, reason=reason, now=now)
    record(
        session, Act.EXCHANGE_RECEIVED, by="", about=row.id, at=now,
        details={"standing": row.standing, "priority": row.priority, "withdraws": row.withdraws},
        private={"remote_id": row.remote_id, "title": row.title},
    )  # fmt: skip
    log.info("exchange_received", received_id=row.id, standing=row.standing)
    return row


def report(
    session: Session, row: ReceivedBulletin, *, result: str, words: str = "", now: datetime
) -> None:
    """Tell the province what became of an order; nothing where nobody is linked any more."""
    link = session.get(ExchangeLink, row.station_id)
    if link is None:
        return
    known = Identity(
        remote_id=row.remote_id, version=row.version, withdrawn=row.withdraws, unknown={}
    )
    _put_receipt(session, link, known, result=result, words=words, now=now)


def without_address(document: object) -> object:
    """A document without its author's e-mail: nobody here writes to them, so it is not kept."""
    if not isinstance(document, dict) or not isinstance(document.get("TacGia"), dict):
        return document
    author = {name: value for name, value in document["TacGia"].items() if name != "Email"}
    return {**document, "TacGia": author}


def bulletin_in(row: ReceivedBulletin) -> ForeignBulletin | None:
    """What a kept document says; None where it cannot be read."""
    try:
        return mapping_of(row.mapping).read_bulletin(json.loads(row.content))
    except BadInput:
        return None


def key_of(row: ReceivedBulletin) -> str:
    """The request by which it is ordered: one version orders one emergency, however often."""
    return f"{_KEY}{row.id}"


def received_of_key(session: Session, request_key: str) -> ReceivedBulletin | None:
    """The bulletin that a request to order is about; None for one that is about none."""
    named = _NAMED.fullmatch(request_key)
    return session.get(ReceivedBulletin, named[1]) if named else None


def emergency_of(session: Session, row: ReceivedBulletin) -> Emergency | None:
    """What was ordered by this version."""
    return session.exec(select(Emergency).where(Emergency.request_key == key_of(row))).first()


def standing_of(session: Session, row: ReceivedBulletin) -> Standing:
    """How a version stands, with what was ordered by it."""
    if row.priority == Priority.EMERGENCY and emergency_of(session, row) is not None:
        return Standing.ORDERED
    return Standing(row.standing)


def versions_of(session: Session, row: ReceivedBulletin) -> Sequence[ReceivedBulletin]:
    """The other versions of the same bulletin, the newest first."""
    return session.exec(
        select(ReceivedBulletin)
        .where(
            ReceivedBulletin.station_id == row.station_id,
            ReceivedBulletin.remote_id == row.remote_id,
            ReceivedBulletin.id != row.id,
        )
        .order_by(
            col(ReceivedBulletin.version).desc(),
            col(ReceivedBulletin.withdraws).desc(),
        )
    ).all()


def acted_on(session: Session, row: ReceivedBulletin) -> list[ReceivedBulletin]:
    """Older versions that somebody took or ordered an emergency by, the newest first."""
    return [
        each
        for each in versions_of(session, row)
        if _place(each) < _place(row) and asks_a_person(standing_of(session, each))
    ]


def _read(link: ExchangeLink, document: object) -> tuple[ForeignBulletin | None, str]:
    """What it says, and why it cannot be used; one of them may be missing."""
    try:
        bulletin = mapping_of(link.mapping).read_bulletin(document)
    except BadInput as error:
        log.warning("exchange_document_unusable", error=error.code, field=error.detail)
        return None, Refusal.FIELD
    return bulletin, why_not_taken(bulletin) or ""


def _priority(bulletin: ForeignBulletin | None) -> int:
    known = bulletin is not None and bulletin.priority in set(Priority)
    return bulletin.priority if bulletin is not None and known else int(Priority.NORMAL)


def _set_among_versions(session: Session, row: ReceivedBulletin) -> None:
    """Newer ones act on older ones, whichever came first."""
    others = versions_of(session, row)
    for older in others:
        if _place(older) < _place(row):
            older.standing = after_newer(older.standing, withdraws=row.withdraws)
    newer = [
        each for each in others if _place(each) > _place(row) and each.standing != Standing.REFUSED
    ]
    if newer:
        row.standing = after_newer(row.standing, withdraws=newer[0].withdraws)
    elif row.withdraws and not acted_on(session, row):
        # Nobody here did anything with it: nothing to ask of anybody.
        row.standing = Standing.WITHDRAWN
    session.flush()


def _answer(
    session: Session, link: ExchangeLink, known: Identity, *, reason: str, now: datetime
) -> None:
    result = TURNED_AWAY if reason else TAKEN_IN
    words = REFUSALS[reason] if reason else ""
    _put_receipt(session, link, known, result=result, reason=reason, words=words, now=now)


def _put_receipt(
    session: Session,
    link: ExchangeLink,
    known: Identity,
    *,
    result: str,
    reason: str = "",
    words: str,
    now: datetime,
) -> None:
    receipt = Receipt(
        remote_id=known.remote_id,
        version=known.version,
        source_id=link.source_id,
        result=result,
        reason=reason,
        reason_words=words,
    )
    put(
        session, station_id=link.station_id, kind=Outgoing.RECEIPT,
        about=f"{known.remote_id}/{known.version}{'/thu-hoi' if known.withdrawn else ''}",
        document=envelope(link, session.get_one(Station, link.station_id))
        | {"BienNhan": mapping_of(link.mapping).write_receipt(receipt)},
        now=now,
    )  # fmt: skip


def _kept(session: Session, station_id: str, known: Identity) -> ReceivedBulletin | None:
    return session.exec(
        select(ReceivedBulletin).where(
            ReceivedBulletin.station_id == station_id,
            ReceivedBulletin.remote_id == known.remote_id,
            ReceivedBulletin.version == known.version,
            ReceivedBulletin.withdraws == known.withdrawn,
        )
    ).first()


def _place(row: ReceivedBulletin) -> tuple[int, bool]:
    """Which of two is the later word: a withdrawal is later than the version that it names."""
    return row.version, row.withdraws
