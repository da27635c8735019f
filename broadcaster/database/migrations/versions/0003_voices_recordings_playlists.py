"""The station's voices, recordings in other languages, playlists, and how a bulletin is said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NONE = sa.text("''")
_ZERO = sa.text("0")
_NO = sa.false()
_EMPTY_LIST = sa.text("'[]'")


def upgrade() -> None:
    _voices()
    _bulletins()
    _renditions()
    _recordings()
    _playlists()
    _broadcasts()


def downgrade() -> None:
    for column in ("cues", "recordings", "is_replay", "slot_ms"):
        op.drop_column("broadcast", column)
    op.drop_index("ix_playlist_item_bulletin_id", table_name="playlist_item")
    op.drop_table("playlist_item")
    op.drop_index("ix_bulletin_recording_bulletin_id", table_name="bulletin_recording")
    op.drop_table("bulletin_recording")
    op.drop_table("village_language")
    for column in ("parts", "recordings", "replay", "cue_points", "fell_back_from"):
        op.drop_column("rendition", column)
    for column in ("vietnamese_only", "rate", "issued_at", "tells_issue", "repeat", "kind"):
        op.drop_column("bulletin", column)
    op.drop_table("station_voice")


def _voices() -> None:
    op.create_table(
        "station_voice",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("accent", sa.String(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("pitch", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.String(), nullable=False),
        sa.Column("loudspeaker", sa.String(), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("text_may_leave", sa.Boolean(), nullable=False),
        sa.Column("ident_words", sa.String(), nullable=False),
        sa.Column("closing_words", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )


def _bulletins() -> None:
    for column in (
        sa.Column("kind", sa.String(), nullable=False, server_default="item"),
        sa.Column("repeat", sa.String(), nullable=False, server_default="none"),
        sa.Column("tells_issue", sa.Boolean(), nullable=False, server_default=_NO),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("vietnamese_only", sa.Boolean(), nullable=False, server_default=_NO),
    ):
        op.add_column("bulletin", column)


def _renditions() -> None:
    for column in (
        sa.Column("fell_back_from", sa.String(), nullable=False, server_default=_NONE),
        sa.Column("cue_points", sa.JSON(), nullable=False, server_default=_EMPTY_LIST),
        sa.Column("replay", sa.JSON(), nullable=True),
        sa.Column("recordings", sa.JSON(), nullable=False, server_default=_EMPTY_LIST),
        sa.Column("parts", sa.JSON(), nullable=False, server_default=_EMPTY_LIST),
    ):
        op.add_column("rendition", column)


def _recordings() -> None:
    op.create_table(
        "village_language",
        sa.Column("village_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("village_id", "language"),
    )
    op.create_table(
        "bulletin_recording",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bulletin_id", sa.String(), nullable=False),
        sa.Column("village_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("script_sha256", sa.String(), nullable=False),
        sa.Column("audio_sha256", sa.String(), nullable=False),
        sa.Column("audio_size_bytes", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bulletin_recording_bulletin_id", "bulletin_recording", ["bulletin_id"])


def _playlists() -> None:
    op.create_table(
        "playlist_item",
        sa.Column("playlist_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("bulletin_id", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"]),
        sa.ForeignKeyConstraint(["playlist_id"], ["bulletin.id"]),
        sa.PrimaryKeyConstraint("playlist_id", "position"),
    )
    op.create_index("ix_playlist_item_bulletin_id", "playlist_item", ["bulletin_id"])


def _broadcasts() -> None:
    for column in (
        sa.Column("slot_ms", sa.Integer(), nullable=False, server_default=_ZERO),
        sa.Column("is_replay", sa.Boolean(), nullable=False, server_default=_NO),
        sa.Column("recordings", sa.JSON(), nullable=False, server_default=_EMPTY_LIST),
        sa.Column("cues", sa.JSON(), nullable=False, server_default=_EMPTY_LIST),
    ):
        op.add_column("broadcast", column)
    op.execute("UPDATE broadcast SET slot_ms = duration_ms")
