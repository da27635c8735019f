"""The trail of what people did, what it keeps beside it, and the daily roots with their leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("entry_sha256", sa.String(), nullable=False),
        sa.Column("prev_sha256", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("audit_entry") as entries:
        for name in ("about", "act", "at", "person"):
            entries.create_index(f"ix_audit_entry_{name}", [name])
    op.create_table(
        "audit_private",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["audit_entry.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("audit_private") as beside:
        beside.create_index("ix_audit_private_person", ["person"])
    op.create_table(
        "daily_root",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "daily_leaf",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("traces", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["day"], ["daily_root.day"]),
        sa.PrimaryKeyConstraint("day", "position"),
    )
    with op.batch_alter_table("device_status") as status:
        status.add_column(sa.Column("audit_day", sa.String(), nullable=False, server_default=""))
        status.add_column(sa.Column("audit_root", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("device_status") as status:
        status.alter_column("audit_day", server_default=None)
        status.alter_column("audit_root", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("device_status") as status:
        status.drop_column("audit_root")
        status.drop_column("audit_day")
    for name in ("daily_leaf", "daily_root", "audit_private", "audit_entry"):
        op.drop_table(name)
