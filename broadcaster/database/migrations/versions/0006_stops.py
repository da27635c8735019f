"""Broadcasts that were stopped on air, and the fast path by which devices hear of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("broadcast") as broadcast:
        broadcast.add_column(sa.Column("stopped_at", sa.BigInteger(), nullable=True))
        broadcast.add_column(sa.Column("stopped_by", sa.String(), nullable=True))
        broadcast.create_foreign_key("broadcast_stopped_by_fkey", "account", ["stopped_by"], ["id"])
    op.create_table(
        "signed_now",
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"]),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("ix_signed_now_order_id", "signed_now", ["order_id"])
    op.create_index("ix_signed_now_published_at", "signed_now", ["published_at"])


def downgrade() -> None:
    op.drop_table("signed_now")
    with op.batch_alter_table("broadcast") as broadcast:
        broadcast.drop_column("stopped_by")
        broadcast.drop_column("stopped_at")
