"""Occurrences that move or repeat, the station's rules of air time, and what an override allows."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = ("times", "every_min", "override_rules", "override_asked_at", "changed_at")


def upgrade() -> None:
    op.add_column("schedule", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "schedule", sa.Column("every_min", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "schedule", sa.Column("override_rules", sa.String(), nullable=False, server_default="")
    )
    op.add_column("schedule", sa.Column("override_asked_at", sa.BigInteger(), nullable=True))
    op.add_column("schedule", sa.Column("changed_at", sa.BigInteger(), nullable=True))
    # Until now a reason was only ever given for quiet hours.
    op.execute(
        "UPDATE schedule SET override_rules = 'quiet_hours', override_asked_at = created_at "
        "WHERE override_reason <> ''"
    )
    op.create_table(
        "schedule_exception",
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("moved_to", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"]),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("schedule_id", "occurrence"),
    )
    op.create_table(
        "station_rules",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("sessions_a_day", sa.Integer(), nullable=False),
        sa.Column("weekdays_only", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("station_id"),
    )


def downgrade() -> None:
    op.drop_table("station_rules")
    op.drop_table("schedule_exception")
    for column in reversed(_COLUMNS):
        op.drop_column("schedule", column)
