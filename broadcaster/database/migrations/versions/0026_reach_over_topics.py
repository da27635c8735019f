"""Reach over all topics of a month or a year, village by village, kept instead of counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_reach",
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("village_id", sa.String(), nullable=False),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
        sa.PrimaryKeyConstraint("grain", "begins", "village_id"),
    )
    # What the ledger already holds is counted by the next beats; until then pages count it anew.
    op.execute(
        "INSERT INTO coverage_mark (broadcast_id) "
        "SELECT DISTINCT broadcast_id FROM play_share WHERE frozen"
    )


def downgrade() -> None:
    op.drop_table("period_reach")
