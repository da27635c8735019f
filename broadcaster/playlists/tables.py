"""What a playlist is made of, in order."""

from sqlmodel import Field, SQLModel


class PlaylistItem(SQLModel, table=True):
    """One part of a playlist: a bulletin by its id, or a piece of the station's own.

    `kind` is a `playlists.playlist.PartKind`. `duration_ms` is given for music, a pause and a
    relay slot; `source` names what a relay slot is for.
    """

    __tablename__ = "playlist_item"

    playlist_id: str = Field(foreign_key="bulletin.id", primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id", index=True)
    duration_ms: int = 0
    source: str = ""
