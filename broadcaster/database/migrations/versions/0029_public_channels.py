"""Whether the station shares what it broadcast with anybody, and what it keeps back."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_channel",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )
    op.create_table(
        "withheld_bulletin",
        sa.Column("bulletin_id", sa.String(), nullable=False),
        sa.Column("withheld_by", sa.String(), nullable=False),
        sa.Column("withheld_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"]),
        sa.ForeignKeyConstraint(["withheld_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("bulletin_id"),
    )


def downgrade() -> None:
    op.drop_table("withheld_bulletin")
    op.drop_table("public_channel")
