"""Stations that were joined to this one, and the devices that came with them."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joined_station",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_joined_station_station_id", "joined_station", ["station_id"])
    op.create_table(
        "joined_device",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("joined_station_id", sa.String(), nullable=False),
        sa.Column("signed_as", sa.String(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["joined_station_id"], ["joined_station.id"]),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_index("ix_joined_device_joined_station_id", "joined_device", ["joined_station_id"])


def downgrade() -> None:
    op.drop_index("ix_joined_device_joined_station_id", table_name="joined_device")
    op.drop_table("joined_device")
    op.drop_index("ix_joined_station_station_id", table_name="joined_station")
    op.drop_table("joined_station")
