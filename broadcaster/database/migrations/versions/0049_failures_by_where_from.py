"""Failed sign-ins are counted by where they come from."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sign_in_failure",
        sa.Column("source", sa.String(), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_column("sign_in_failure", "source")
