"""Open alerts, which boards ask for again and again, are found without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None

OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    for name, columns in (
        ("alert_open", ["broadcast_id", "device_id", "resolved_at"]),
        ("alert_open_since", ["raised_at"]),
    ):
        op.create_index(name, "alert", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("alert_open_since", table_name="alert")
    op.drop_index("alert_open", table_name="alert")
