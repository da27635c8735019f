"""Campaigns: a plan's topics, goals, quotas, days and units."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_campaign_station_id", "campaign", ["station_id"])
    _entries("campaign_topic", sa.Column("topic", sa.String(), nullable=False))
    _entries(
        "campaign_goal",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("by_year", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.String(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"]),
    )
    _entries(
        "campaign_quota",
        sa.Column("contributor", sa.String(), nullable=False),
        sa.Column("a_month", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
    )
    _entries(
        "campaign_day",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
    )
    _entries(
        "campaign_unit",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "campaign_unit",
        "campaign_day",
        "campaign_quota",
        "campaign_goal",
        "campaign_topic",
        "campaign",
    ):
        op.drop_table(table)


def _entries(name: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    """A table of what a campaign consists of, in the plan's order."""
    op.create_table(
        name,
        sa.Column("campaign_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "position"),
    )
