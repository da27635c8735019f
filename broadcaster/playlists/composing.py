"""From a playlist's parts to one sound: approved bulletins with the station's own pieces between.

Only what is approved is taken, exactly as it is approved. The words of the station itself (who it
is, goodbye) are spoken anew, and approved with the playlist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from broadcaster.bulletins.delivery import AS_WRITTEN
from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.sound import NewSound, Take
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.playlists.errors import PartNotApproved, RelayInPlaylist
from broadcaster.playlists.parts import TITLES, GivenPart, parts_of
from playlists.playlist import Part, PartKind, Stretch
from playlists.playlist_rendering import PlaylistRendering
from playlists.reading import Reading, Span
from playlists.render import Rendering

# Silence kept on both sides of a bulletin's words, so that no breath is cut off.
MARGIN_MS = 100
COMPOSED = "playlist"


@dataclass(frozen=True, slots=True)
class ApprovedBulletin:
    """A bulletin in a playlist, and the words and sound that were approved of it."""

    bulletin: Bulletin
    rendition: Rendition

    @property
    def words(self) -> Stretch:
        """The stretch of its sound that is words: without its own chime."""
        rendition = self.rendition
        points = rendition.cue_points or [[0, rendition.duration_ms]]
        return Stretch(
            sha256=rendition.audio_sha256,
            from_ms=max(0, points[0][0] - MARGIN_MS),
            to_ms=min(rendition.duration_ms, points[-1][1] + MARGIN_MS),
        )


@dataclass(frozen=True, slots=True)
class Ingredients:
    """A playlist as it stood in the database when its sound was asked for."""

    script: str
    station_id: str
    longest_ms: int
    parts: tuple[GivenPart, ...]
    bulletins: dict[str, ApprovedBulletin]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the sound, what is said in it, and the bulletin that it comes from."""

    part: Part
    spoken: str = ""
    source: ApprovedBulletin | None = None


def ingredients_of(session: Session, playlist: Bulletin, *, longest_ms: int) -> Ingredients:
    """All that the sound is made of.

    Raises PartNotApproved, naming every bulletin that is not, and RelayInPlaylist.
    """
    parts = parts_of(session, playlist.id)
    for position, part in enumerate(parts, start=1):
        if part.kind is PartKind.RELAY:
            raise RelayInPlaylist(position)
    bulletins: dict[str, ApprovedBulletin] = {}
    waiting: list[str] = []
    for bulletin_id in dict.fromkeys(part.bulletin_id for part in parts if part.bulletin_id):
        bulletin = session.get_one(Bulletin, bulletin_id)
        rendition = approved_rendition(session, bulletin_id)
        if rendition is None:
            waiting.append(bulletin.title)
        else:
            bulletins[bulletin_id] = ApprovedBulletin(bulletin, rendition)
    if waiting:
        raise PartNotApproved(waiting)
    return Ingredients(playlist.script, playlist.station_id, longest_ms, parts, bulletins)


def composed(studio: Studio, given: Ingredients) -> NewSound:
    """The playlist's sound, ready to be attached; slow, no transaction may be open.

    Raises PlaylistNotComposed, SoundNotMade or StudioBusy.
    """
    pieces = [piece for part in given.parts for piece in _pieces(part, given, studio=studio)]
    rendering = studio.compose(
        [piece.part for piece in pieces], station=given.station_id, longest_ms=given.longest_ms
    )
    spoken = "\n\n".join(piece.spoken for piece in pieces if piece.spoken)
    whole = Span(0, len(given.script), given.script, spoken, COMPOSED)
    return NewSound(
        script_sha256=sha256_of(given.script),
        delivery=AS_WRITTEN,
        reading=Reading(text=given.script, spoken=spoken, spans=(whole,), warnings=()),
        take=Take(spoken=spoken, rendering=_as_rendering(rendering, pieces)),
        parts=_cues(rendering, pieces),
        recordings=_recordings(given),
    )


def _pieces(part: GivenPart, given: Ingredients, *, studio: Studio) -> list[_Piece]:
    title = TITLES[part.kind]
    match part.kind:
        case PartKind.BULLETIN:
            source = given.bulletins[part.bulletin_id]
            made = Part(
                kind=part.kind,
                title=source.bulletin.title,
                priority=source.bulletin.priority,
                words=source.words,
            )
            return [_Piece(made, source.rendition.spoken, source)]
        case PartKind.IDENT:
            tune = Part(kind=part.kind, title="Nhạc hiệu của đài")
            return [_Piece(tune), _said(studio, part.kind, studio.ident_words(), title=title)]
        case PartKind.CLOSING:
            chime = Part(kind=part.kind, title="Nhạc hiệu kết thúc")
            return [_said(studio, part.kind, studio.closing_words(), title=title), _Piece(chime)]
        case PartKind.CHIME:
            return [_Piece(Part(kind=part.kind, title=title))]
        case PartKind.MUSIC | PartKind.PAUSE:
            return [_Piece(Part(kind=part.kind, title=title, duration_ms=part.duration_ms))]
        case PartKind.RELAY:
            raise RelayInPlaylist(given.parts.index(part) + 1)


def _said(studio: Studio, kind: PartKind, written: str, *, title: str) -> _Piece:
    sound = studio.say(written)
    words = Stretch(sha256=sound.sha256, from_ms=0, to_ms=sound.duration_ms)
    return _Piece(Part(kind=kind, title=title, words=words), studio.read(written).spoken)


def _cues(rendering: PlaylistRendering, pieces: Sequence[_Piece]) -> list[dict[str, Any]]:
    """Where each part begins and ends, and which approved words and sound a bulletin's are."""
    return [
        {
            "kind": str(cue.kind),
            "title": cue.title,
            "start_ms": cue.start_ms,
            "end_ms": cue.end_ms,
            "bulletin_id": piece.source.bulletin.id if piece.source else "",
            "rendition_id": piece.source.rendition.id if piece.source else "",
        }
        for cue, piece in zip(rendering.cues, pieces, strict=True)
    ]


def _recordings(given: Ingredients) -> list[dict[str, Any]]:
    """What the bulletins say in other languages follows the playlist, bulletin by bulletin."""
    return [
        recording
        for approved in given.bulletins.values()
        for recording in approved.rendition.recordings
    ]


def _as_rendering(rendering: PlaylistRendering, pieces: Sequence[_Piece]) -> Rendering:
    voices = {piece.source.rendition.engine for piece in pieces if piece.source}
    return Rendering(
        sha256=rendering.sha256,
        path=rendering.path,
        size_bytes=rendering.size_bytes,
        duration_ms=rendering.duration_ms,
        loudness_lufs=rendering.loudness_lufs,
        true_peak_dbtp=rendering.true_peak_dbtp,
        sample_rate_hz=rendering.sample_rate_hz,
        engine=" · ".join(sorted(voices)) or COMPOSED,
        engine_version="",
        cue_points=(),
        sentences_synthesised=0,
        sentences_from_cache=0,
    )
