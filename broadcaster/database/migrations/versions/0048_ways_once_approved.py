"""What makes way for a newcomer once it is approved."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "making_way",
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("others", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"]),
        sa.ForeignKeyConstraint(["chosen_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("schedule_id", "occurrence"),
    )


def downgrade() -> None:
    op.drop_table("making_way")
