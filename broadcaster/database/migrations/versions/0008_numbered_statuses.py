"""Statuses by their numbers, which no clock can set back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device_status") as status:
        status.add_column(sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"))
        status.add_column(sa.Column("will", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("device_status") as status:
        status.alter_column("number", server_default=None)
        status.alter_column("will", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("device_status") as status:
        status.drop_column("will")
        status.drop_column("number")
