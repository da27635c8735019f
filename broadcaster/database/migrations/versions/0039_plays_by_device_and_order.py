"""Plays are found by device and order: a month's roll-up read every play a pole had ever had."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("play_by_device", "play", ["device_id", "order_id"])
    op.drop_index("ix_play_device_id", table_name="play")


def downgrade() -> None:
    op.create_index("ix_play_device_id", "play", ["device_id"])
    op.drop_index("play_by_device", table_name="play")
