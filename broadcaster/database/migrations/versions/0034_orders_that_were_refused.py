"""Orders that were not signed because no entry of the audit trail stands behind them."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_order",
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("about"),
    )
    op.create_index("ix_refused_order_station_id", "refused_order", ["station_id"])


def downgrade() -> None:
    op.drop_index("ix_refused_order_station_id", table_name="refused_order")
    op.drop_table("refused_order")
