"""Alerts are written into the audit trail once they are raised."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those that were raised before are written by the next look at the deadlines.
    op.add_column(
        "alert",
        sa.Column("frozen", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("alert_to_freeze", "alert", ["frozen", "id"])


def downgrade() -> None:
    op.drop_index("alert_to_freeze", table_name="alert")
    op.drop_column("alert", "frozen")
