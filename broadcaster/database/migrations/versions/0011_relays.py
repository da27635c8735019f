"""Public programmes that may be relayed, and relays of them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relay_source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_relay_source_station_id", "relay_source", ["station_id"])
    op.create_table(
        "relay_slot",
        sa.Column("relay_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("stall_timeout_ms", sa.Integer(), nullable=False),
        sa.Column("fallback_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["relay_id"], ["bulletin.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["relay_source.id"]),
        sa.ForeignKeyConstraint(["fallback_id"], ["bulletin.id"]),
        sa.PrimaryKeyConstraint("relay_id"),
    )
    with op.batch_alter_table("play") as play:
        play.add_column(sa.Column("relay", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("play") as play:
        play.alter_column("relay", server_default=None)
    for table in ("rendition", "broadcast"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("relay", sa.JSON(), nullable=True))


def downgrade() -> None:
    for table in ("broadcast", "rendition", "play"):
        with op.batch_alter_table(table) as altered:
            altered.drop_column("relay")
    op.drop_table("relay_slot")
    op.drop_table("relay_source")
