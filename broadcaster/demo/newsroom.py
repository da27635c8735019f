"""The demonstration's people at work: one writes and queues, another approves."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from sqlmodel import Session, select

from broadcaster.accounts.people import account_named
from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Cluster
from broadcaster.bulletins import desk
from broadcaster.bulletins.doubts import unresolved
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import checked, sha256_of
from broadcaster.database import Database
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.playlists.desk import make_playlist_sound, write_playlist
from broadcaster.playlists.parts import GivenPart
from broadcaster.schedule.air_rules import station_quiet_hours
from broadcaster.schedule.errors import NotRendered
from broadcaster.schedule.queueing import Queueing, queue_bulletin
from playlists.playlist import PartKind

TITLE = "Kế hoạch truyền thông thực hiện Nghị quyết 57"
TOPIC = "Nghị quyết 57"
_SOON = timedelta(minutes=10)
_MUSIC_MS = 10_000
OVERRIDE_REASON = "Trình diễn với loa mô phỏng: không có tiếng nào phát ra ở thôn."


def demo_script(name: str = "bulletin") -> str:
    """A script that the demonstration reads: `bulletin`, or the one still to be approved."""
    return (files("broadcaster.demo") / "data" / f"{name}.txt").read_text("utf-8")


def write_and_render(
    database: Database, studio: Studio, *, script: str, title: str, topic: str = TOPIC
) -> str:
    """Write a bulletin as the operator, read and render it; return its id.

    Raises a BadInput when the script cannot be read aloud.
    """
    now = datetime.now(UTC)
    written = checked(title=title, script=script, topic=topic, priority=3)
    with database.writing() as session:
        station_id = the_station(session).id
        operator = account_id(session, OPERATOR)
        bulletin = desk.write_bulletin(
            session, station_id=station_id, written=written, by=operator, now=now
        )
        bulletin_id = bulletin.id
    sound = studio.make(written.script)
    with database.writing() as session:
        operator, now = account_id(session, OPERATOR), datetime.now(UTC)
        desk.attach_rendition(session, bulletin_id, sound=sound, now=now, by=operator)
        desk.submit(session, bulletin_id, by=operator, now=now)
    return bulletin_id


def compose(database: Database, studio: Studio, *, bulletin_id: str, title: str) -> str:
    """Make a programme of an approved bulletin as the operator, and submit it; return its id."""
    now = datetime.now(UTC)
    parts = (
        GivenPart(kind=PartKind.CHIME),
        GivenPart(kind=PartKind.IDENT),
        GivenPart(kind=PartKind.BULLETIN, bulletin_id=bulletin_id),
        GivenPart(kind=PartKind.MUSIC, duration_ms=_MUSIC_MS),
        GivenPart(kind=PartKind.CLOSING),
    )
    with database.writing() as session:
        station_id, operator = the_station(session).id, account_id(session, OPERATOR)
        playlist_id = write_playlist(
            session,
            station_id=station_id,
            title=title,
            topic=TOPIC,
            parts=parts,
            by=operator,
            now=now,
        ).id
    make_playlist_sound(database, studio, playlist_id, station_id=station_id, now=now, by=operator)
    with database.writing() as session:
        desk.submit(session, playlist_id, by=operator, now=now)
    return playlist_id


def queue_everywhere(
    database: Database, bulletin_id: str, *, starts_local: str = "", recurrence: str = ""
) -> None:
    """Queue a bulletin for all clusters as the operator.

    In quiet hours it asks for the exception that the leader then sees and answers for: every
    device of the demonstration is simulated.
    """
    now = datetime.now(UTC)
    with database.writing() as session:
        station = the_station(session)
        soon = station_quiet_hours(station).touched_by(now, _SOON)
        queue_bulletin(
            session,
            Queueing(
                bulletin_id=bulletin_id,
                cluster_ids=_all_clusters(session),
                starts_local=starts_local,
                recurrence=recurrence,
                override_reason=OVERRIDE_REASON if soon and not starts_local else "",
            ),
            by=account_id(session, OPERATOR),
            now=now,
            station=station,
        )


def approve(database: Database, bulletin_id: str) -> None:
    """Approve exactly the words and the sound that the bulletin has now, as the leader."""
    with database.writing() as session:
        rendition = desk.current_rendition(session, session.get_one(Bulletin, bulletin_id))
        if rendition is None:
            raise NotRendered(bulletin_id)
        desk.decide(
            session,
            bulletin_id,
            rendition_id=rendition.id,
            spoken_sha256=sha256_of(rendition.spoken),
            audio_sha256=rendition.audio_sha256,
            approved=True,
            over_warnings=bool(unresolved(rendition)),
            by=account_id(session, LEADER),
            now=datetime.now(UTC),
        )


def _all_clusters(session: Session) -> Sequence[str]:
    return session.exec(select(Cluster.id)).all()


def account_id(session: Session, username: str) -> str:
    """The account of one of the demonstration's people; raise LookupError."""
    account = account_named(session, username)
    if account is None:
        raise LookupError(username)
    return account.id
