"""Coverage rolled up by village, month and year; villages that merged; where devices stand."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_PARTS = ("confirmed", "relayed", "partial", "failed", "not_confirmed", "unverifiable", "pending")


def upgrade() -> None:
    # Columns are added and dropped in place: a table that others refer to cannot be made anew.
    op.add_column("device", sa.Column("latitude", sa.Float(), nullable=True))
    op.add_column("device", sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("play_share", sa.Column("topic", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE play_share SET topic = COALESCE((SELECT MIN(play.topic) FROM play "
        "WHERE play.broadcast_id = play_share.broadcast_id), '')"
    )
    op.drop_index("ix_play_share_village_id", "play_share")
    op.create_index("play_share_by_village", "play_share", ["village_id", "starts_at"])
    op.create_table(
        "village_merger",
        sa.Column("village_id", sa.String(), nullable=False),
        sa.Column("into_village_id", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.ForeignKeyConstraint(["into_village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("village_id"),
    )
    op.create_index("ix_village_merger_into_village_id", "village_merger", ["into_village_id"])
    op.create_table(
        "coverage_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "village_coverage",
        sa.Column("broadcast_id", sa.String(), nullable=False),
        sa.Column("village_id", sa.String(), nullable=False),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        *_parts(),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "village_id"),
    )
    op.create_index("village_coverage_by_village", "village_coverage", ["village_id", "day"])
    op.create_index("village_coverage_by_day", "village_coverage", ["day", "topic"])
    op.create_table(
        "period_coverage",
        *_period(),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        *_parts(),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("grain", "begins", "topic", "village_id", "cluster_id"),
    )
    op.create_index(
        "period_coverage_by_village", "period_coverage", ["village_id", "grain", "begins"]
    )
    op.create_table(
        "period_share",
        *_period(),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("grain", "begins", "topic", "village_id", "layout", "device_id"),
    )
    op.create_index("period_share_by_village", "period_share", ["village_id", "grain", "begins"])
    # What the ledger already holds is rolled up by the next beats of the schedule's process.
    op.execute(
        "INSERT INTO coverage_mark (broadcast_id) "
        "SELECT DISTINCT broadcast_id FROM play_share WHERE frozen"
    )


def downgrade() -> None:
    for table in (
        "period_share",
        "period_coverage",
        "village_coverage",
        "coverage_mark",
        "village_merger",
    ):
        op.drop_table(table)
    op.drop_index("play_share_by_village", "play_share")
    op.create_index("ix_play_share_village_id", "play_share", ["village_id"])
    op.drop_column("play_share", "topic")
    op.drop_column("device", "longitude")
    op.drop_column("device", "latitude")


def _period() -> list[sa.Column[Any]]:
    return [
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("village_id", sa.String(), nullable=False),
    ]


def _parts() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Float(), nullable=False) for name in _PARTS]
