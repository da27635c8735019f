"""Playlists as the API answers them; instants are Unix milliseconds."""

from pydantic import BaseModel, Field

from broadcaster.bulletins.answers import (
    CommentAnswer,
    DecisionAnswer,
    RenditionAnswer,
    bulletin_answer,
    line_answer,
)
from broadcaster.bulletins.states import BulletinState
from broadcaster.playlists.shown import PlacedPart, PlaylistLine, PlaylistShown
from playlists.playlist import PartKind


class ItemAnswer(BaseModel):
    """A part as it was placed. Its time in the programme stands in `rendition.parts`."""

    kind: PartKind
    title: str
    bulletin_id: str = Field(description="Empty for the station's own pieces.")
    duration_ms: int = Field(description="As given for music or a pause; else 0.")
    source: str = Field(description="Of relay slots in playlists of former times.")
    approved: bool = Field(description="False for a bulletin that is not approved at present.")


class PlaylistLineAnswer(BaseModel):
    """One playlist in a list."""

    id: str
    title: str
    topic: str
    priority: int
    state: BulletinState
    must_be_remade: bool = Field(
        description="Approved, but a bulletin in it changed since: it does not go on air."
    )
    author: str
    parts: int
    created_at_ms: int
    edited_at_ms: int
    submitted_at_ms: int | None
    duration_ms: int | None = Field(description="Of its sound; null without one.")


class PlaylistList(BaseModel):
    """Playlists, last edited first."""

    playlists: list[PlaylistLineAnswer]


class PlaylistAnswer(BaseModel):
    """One playlist with its parts, its sound and all decisions and comments, newest first."""

    id: str
    title: str
    topic: str
    priority: int
    state: BulletinState
    author: str
    created_at_ms: int
    edited_at_ms: int
    submitted_at_ms: int | None
    items: list[ItemAnswer]
    changed_since: list[str] = Field(
        description="Ids of bulletins in the sound that are no longer approved as they are in it."
    )
    rendition: RenditionAnswer | None
    decisions: list[DecisionAnswer]
    comments: list[CommentAnswer]


def playlist_line_answer(given: PlaylistLine) -> PlaylistLineAnswer:
    """A line of a list."""
    line = line_answer(given.line).model_dump(exclude={"warnings"})
    return PlaylistLineAnswer(**line, parts=given.parts, must_be_remade=given.must_be_remade)


def playlist_answer(playlist: PlaylistShown) -> PlaylistAnswer:
    """One playlist."""
    base = bulletin_answer(playlist.base)
    changed = dict.fromkeys(cue.bulletin_id for cue in playlist.cues if not cue.holds)
    return PlaylistAnswer(
        id=base.id,
        title=base.title,
        topic=base.topic,
        priority=base.priority,
        state=base.state,
        author=base.author,
        created_at_ms=base.created_at_ms,
        edited_at_ms=base.edited_at_ms,
        submitted_at_ms=base.submitted_at_ms,
        items=[_item(part) for part in playlist.parts],
        changed_since=list(changed),
        rendition=base.rendition,
        decisions=base.decisions,
        comments=base.comments,
    )


def _item(part: PlacedPart) -> ItemAnswer:
    return ItemAnswer(
        kind=part.given.kind,
        title=part.title,
        bulletin_id=part.given.bulletin_id,
        duration_ms=part.given.duration_ms,
        source=part.given.source,
        approved=not part.waits,
    )
