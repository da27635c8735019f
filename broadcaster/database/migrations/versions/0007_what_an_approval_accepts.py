"""An approval says by itself that it accepts missing recordings, apart from unsure readings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("approval") as approval:
        approval.add_column(
            sa.Column("over_missing", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("approval") as approval:
        approval.alter_column("over_missing", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("approval") as approval:
        approval.drop_column("over_missing")
