"""Playlists written, changed and found; approved and scheduled they are as bulletins are."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.audit import Act, record
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import UnknownBulletin
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.bulletins.texts import NORMAL, Written, checked
from broadcaster.database import Database
from broadcaster.playlists.composing import composed, ingredients_of
from broadcaster.playlists.errors import UnknownPlaylist
from broadcaster.playlists.parts import GivenPart, checked_parts, keep_parts, parts_of, script_of


def find_playlist(session: Session, playlist_id: str, *, station_id: str) -> Bulletin:
    """A playlist of this station; raise UnknownPlaylist."""
    try:
        found = desk.find_bulletin(session, playlist_id, station_id=station_id)
    except UnknownBulletin:
        raise UnknownPlaylist from None
    if found.kind != BulletinKind.PLAYLIST:
        raise UnknownPlaylist
    return found


def write_playlist(
    session: Session,
    *,
    station_id: str,
    title: str,
    parts: Sequence[GivenPart],
    by: str,
    now: datetime,
    topic: str = "",
    priority: int = NORMAL,
) -> Bulletin:
    """Keep a new playlist; raise a BadInput that names its field."""
    written = _written(
        session, station_id=station_id, title=title, parts=parts, topic=topic, priority=priority
    )
    playlist = desk.write_bulletin(
        session,
        station_id=station_id,
        written=written,
        by=by,
        now=now,
        kind=BulletinKind.PLAYLIST,
    )
    keep_parts(session, playlist.id, parts)
    return playlist


def change_playlist(
    session: Session,
    playlist_id: str,
    *,
    station_id: str,
    title: str,
    parts: Sequence[GivenPart],
    by: str,
    now: datetime,
    topic: str = "",
    priority: int = NORMAL,
) -> Bulletin:
    """Change a playlist, which voids its approval and drops its sound; raise a BadInput."""
    find_playlist(session, playlist_id, station_id=station_id)
    written = _written(
        session, station_id=station_id, title=title, parts=parts, topic=topic, priority=priority
    )
    playlist = desk.edit(
        session, playlist_id, written=written, by=by, now=now, kind=BulletinKind.PLAYLIST
    )
    if parts_of(session, playlist_id) != tuple(parts):
        keep_parts(session, playlist_id, parts)
        record(session, Act.PARTS_CHANGED, by=by, about=playlist_id, at=now)
    return playlist


def make_playlist_sound(
    database: Database,
    studio: Studio,
    playlist_id: str,
    *,
    station_id: str,
    now: datetime,
    by: str = "",
) -> Rendition:
    """Compose the playlist and attach its sound; no transaction is open meanwhile.

    Raises PartNotApproved, PlaylistNotComposed, SoundNotMade, StudioBusy, ScriptChanged.
    """
    with database.reading() as session:
        playlist = find_playlist(session, playlist_id, station_id=station_id)
        longest_ms = the_station(session).longest_session_ms
        given = ingredients_of(session, playlist, longest_ms=longest_ms)
    sound = composed(studio, given)
    with database.writing() as session:
        return desk.attach_rendition(session, playlist_id, sound=sound, now=now, by=by)


def _written(
    session: Session,
    *,
    station_id: str,
    title: str,
    parts: Sequence[GivenPart],
    topic: str,
    priority: int,
) -> Written:
    script = script_of(session, checked_parts(parts), station_id=station_id)
    return checked(title=title, script=script, topic=topic, priority=priority)
