"""What people do with a bulletin of the province: make one of the station's own, or put it away.

What is taken becomes a bulletin like every other: its words and sound are checked, it keeps its
priority and names its source, whoever took it has a part in it, and somebody else approves it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import or_
from sqlmodel import Session, col, select

from broadcaster.audit import Act, record
from broadcaster.bulletins import desk
from broadcaster.bulletins.delivery import delivery_of
from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS
from broadcaster.bulletins.errors.writing import CONTRIBUTOR_LIMIT_CHARACTERS
from broadcaster.bulletins.own_voice import RecordedSound
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.sound import NewContent
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.bulletins.texts import Written, as_kept, checked, one_line
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS
from broadcaster.exchange.carrying import carrier
from broadcaster.exchange.codes import TOPICS, Priority
from broadcaster.exchange.errors import (
    FieldUnusable,
    ForeignSoundUnusable,
    ReceivedNotWaiting,
    TakenAsEmergency,
    UnknownReceived,
)
from broadcaster.exchange.intake import (
    NOT_RELAYED,
    bulletin_in,
    received_of_key,
    report,
    standing_of,
    versions_of,
)
from broadcaster.exchange.kinds import Kind
from broadcaster.exchange.link import find_link, read_secret
from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.exchange.relay_orders import is_relay_order
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.web.context import Context
from playlists.audio.recordings import Recording

log = structlog.get_logger()

NEWEST = 100


def find_received(session: Session, received_id: str, *, station_id: str) -> ReceivedBulletin:
    """A bulletin that came to this station; raise UnknownReceived."""
    row = session.get(ReceivedBulletin, received_id)
    if row is None or row.station_id != station_id:
        raise UnknownReceived(received_id)
    return row


def received_lately(session: Session, *, station_id: str) -> Sequence[ReceivedBulletin]:
    """All that waits, and what else came last; khẩn cấp before ưu tiên before thông thường."""
    newest = (
        select(ReceivedBulletin.id)
        .where(ReceivedBulletin.station_id == station_id)
        .order_by(col(ReceivedBulletin.received_at).desc())
        .limit(NEWEST)
    )
    return session.exec(
        select(ReceivedBulletin)
        .where(
            ReceivedBulletin.station_id == station_id,
            or_(
                col(ReceivedBulletin.standing) == Standing.WAITING,
                col(ReceivedBulletin.id).in_(newest),
            ),
        )
        .order_by(
            col(ReceivedBulletin.priority),
            col(ReceivedBulletin.received_at).desc(),
            col(ReceivedBulletin.version).desc(),
            col(ReceivedBulletin.id),
        )
    ).all()


def waiting_received(session: Session, *, station_id: str) -> Sequence[ReceivedBulletin]:
    """What may wait for a person, the most urgent first."""
    return session.exec(
        select(ReceivedBulletin)
        .where(
            ReceivedBulletin.station_id == station_id,
            ReceivedBulletin.standing == Standing.WAITING,
        )
        .order_by(col(ReceivedBulletin.priority), col(ReceivedBulletin.received_at).desc())
        .limit(NEWEST)
    ).all()


def take(station: Context, studio: Studio, received_id: str, *, by: str) -> str:
    """Make a bulletin of what waits, or change the one that an older version became; its id.

    No transaction is open while its sound is fetched or made. Raises UnknownReceived,
    ReceivedNotWaiting, TakenAsEmergency, ForeignSoundUnusable, OfficeUnreachable, and what
    `texts.checked`, `Studio.make` and `Studio.record` raise.
    """
    with station.database.reading() as session:
        row = find_received(session, received_id, station_id=station.station_id)
        foreign = to_take(session, row)
    written = written_of(foreign)
    recording = fetch_recording(station, studio, foreign) if foreign.kind == Kind.AUDIO else None
    made = None if recording else studio.make(written.script, delivery=written.delivery)
    now = station.now()
    with station.database.writing() as session:
        row = find_received(session, received_id, station_id=station.station_id)
        to_take(session, row)
        bulletin = _written_down(session, row, written, by=by, now=now)
        sound: NewContent = made or _recorded(bulletin, recording)
        desk.attach_rendition(session, bulletin.id, sound=sound, by=by, now=now)
        mark(row, Standing.TAKEN, by=by, now=now)
        row.bulletin_id = bulletin.id
        record(
            session, Act.EXCHANGE_TAKEN, by=by, about=row.id, at=now,
            details={"bulletin": bulletin.id},
        )  # fmt: skip
        log.info("exchange_taken", received_id=row.id, bulletin_id=bulletin.id)
        return bulletin.id


def dismiss(
    session: Session, received_id: str, *, reason: str, station_id: str, by: str, now: datetime
) -> ReceivedBulletin:
    """Say that nothing more is done with it here; raise UnknownReceived or ReceivedNotWaiting."""
    row = find_received(session, received_id, station_id=station_id)
    if standing_of(session, row) != Standing.WAITING:
        raise ReceivedNotWaiting
    mark(row, Standing.DISMISSED, by=by, now=now)
    foreign = bulletin_in(row)
    if foreign is not None and is_relay_order(foreign):
        report(session, row, result=NOT_RELAYED, now=now)
    kept = as_kept(reason, field="reason").strip()[:NOTE_LIMIT_CHARACTERS]
    record(
        session, Act.EXCHANGE_DISMISSED, by=by, about=row.id, at=now, private={"reason": kept}
    )  # fmt: skip
    return row


def written_of(foreign: ForeignBulletin) -> Written:
    """What the province sent as an author gives it; raise a BadInput that names its field."""
    maker = foreign.source_name or foreign.author_pen_name or foreign.author_name
    named = f"{maker} · {foreign.remote_id}, bản {foreign.version}".removeprefix(" · ")
    return checked(
        title=cut(foreign.title, TITLE_LIMIT_CHARACTERS, field="title"),
        script=foreign.words,
        topic=TOPICS.get(foreign.topic or 0, ""),
        priority=foreign.priority,
        provenance=Provenance(
            contributor=cut(maker, CONTRIBUTOR_LIMIT_CHARACTERS, field="contributor"),
            source=cut(named, CONTRIBUTOR_LIMIT_CHARACTERS, field="source"),
        ),
    )


def fetch_recording(station: Context, studio: Studio, foreign: ForeignBulletin) -> Recording:
    """Its sound, fetched, hashed and mastered as every recording is.

    Raises NotLinked, ForeignSoundUnusable, OfficeUnreachable, SecretUnusable, and what
    `Studio.record` raises.
    """
    with station.database.reading() as session:
        link = find_link(session, station_id=station.station_id)
    secret = read_secret(station.settings.keys_dir, station.station_id)
    with (
        studio.store.workspace() as folder,
        carrier(link.address, secret, source_id=link.source_id, mapping=link.mapping) as speaks,
    ):
        path = folder / "recording"
        speaks.fetch_sound(foreign.content_url.strip(), path)
        wanted = foreign.content_sha256.strip().lower()
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if wanted and found != wanted:
            raise ForeignSoundUnusable("hash")
        return studio.record(path)


def check_still_waits(
    session: Session, request_key: str, *, station_id: str, fresh: bool, now: datetime
) -> None:
    """Let nobody order what was withdrawn or replaced while they typed; raise ReceivedNotWaiting.

    A request that ordered already is left to the orders, which answer it once more.
    """
    del now  # what the province sent does not end by itself
    row = received_of_key(session, request_key)
    if row is None:
        return
    ordered = set() if fresh else {Standing.ORDERED}
    is_ours = row.station_id == station_id and row.priority == Priority.EMERGENCY
    if not is_ours or standing_of(session, row) not in {Standing.WAITING} | ordered:
        raise ReceivedNotWaiting(field="typed")


def to_take(session: Session, row: ReceivedBulletin) -> ForeignBulletin:
    """What waits to be taken; raise ReceivedNotWaiting, TakenAsEmergency or FieldUnusable."""
    if standing_of(session, row) != Standing.WAITING or row.withdraws:
        raise ReceivedNotWaiting
    if row.priority == Priority.EMERGENCY:
        raise TakenAsEmergency
    foreign = bulletin_in(row)
    if foreign is None:
        raise FieldUnusable(row.remote_id)
    return foreign


def made_of_older(session: Session, row: ReceivedBulletin, *, kind: BulletinKind) -> str | None:
    """What was made of an older version, which this one takes the place of; its id."""
    others = versions_of(session, row)
    made = [each.bulletin_id for each in others if each.bulletin_id]
    for each in others:
        if each.standing == Standing.TAKEN:
            each.standing = Standing.REPLACED
    return next((each for each in made if session.get_one(Bulletin, each).kind == kind), None)


def _written_down(
    session: Session, row: ReceivedBulletin, written: Written, *, by: str, now: datetime
) -> Bulletin:
    """A new bulletin, or the one of an older version, whose approval is void by that."""
    older = made_of_older(session, row, kind=BulletinKind.ITEM)
    if older is None:
        return desk.write_bulletin(
            session, station_id=row.station_id, written=written, by=by, now=now
        )
    return desk.edit(session, older, written=written, by=by, now=now)


def _recorded(bulletin: Bulletin, recording: Recording | None) -> NewContent:
    if recording is None:
        raise TypeError("a bulletin with neither a voice nor a recording")
    return RecordedSound(
        script=bulletin.script, delivery=delivery_of(bulletin), recording=recording
    )


def mark(row: ReceivedBulletin, standing: Standing, *, by: str, now: datetime) -> None:
    """Note what a person did with it."""
    row.standing, row.handled_by, row.handled_at = standing, by, now


def cut(text: str, most: int, *, field: str) -> str:
    """A line of the province's, as long as one here may be."""
    text = one_line(text, field=field)
    return text if len(text) <= most else f"{text[: most - 1]}…"
