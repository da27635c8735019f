"""How devices are to behave, signed for each; their health, and the journals that they began."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NONE = sa.text("''")
_ZERO = sa.text("0")
_NO = sa.false()

_STATUS_COLUMNS = (
    ("config_version", sa.BigInteger(), False),
    ("keyring_serial", sa.BigInteger(), False),
    ("now_sequence", sa.BigInteger(), False),
    ("seq", sa.BigInteger(), False),
    ("epoch", sa.String(), True),
    ("key_id", sa.String(), True),
    ("clock_offset_ms", sa.BigInteger(), True),
    ("clock_uncertainty_ms", sa.BigInteger(), True),
    ("clock_source", sa.String(), True),
)


def upgrade() -> None:
    _settings()
    _signed()
    _said()
    _journals()


def downgrade() -> None:
    op.drop_column("confirmation", "quarantined")
    op.drop_index("journal_by_number", table_name="journal")
    op.drop_table("journal")
    op.drop_table("device_health")
    for name, _, _ in reversed(_STATUS_COLUMNS):
        op.drop_column("device_status", name)
    op.drop_column("signed_plan", "key_id")
    op.drop_index("ix_signed_config_published_at", table_name="signed_config")
    op.drop_table("signed_config")
    op.drop_table("relay_host")
    op.drop_table("device_setting")


def _settings() -> None:
    op.create_table(
        "device_setting",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("volume", sa.JSON(), nullable=False),
        sa.Column("stagger_ms", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_table(
        "relay_host",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("station_id", "host"),
    )


def _signed() -> None:
    op.create_table(
        "signed_config",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("config_sha256", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id", "version"),
    )
    op.create_index("ix_signed_config_published_at", "signed_config", ["published_at"])
    op.add_column(
        "signed_plan", sa.Column("key_id", sa.String(), nullable=False, server_default=_NONE)
    )


def _said() -> None:
    for name, kind, nullable in _STATUS_COLUMNS:
        default = None if nullable else _ZERO
        op.add_column(
            "device_status", sa.Column(name, kind, nullable=nullable, server_default=default)
        )
    op.create_table(
        "device_health",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id"),
    )


def _journals() -> None:
    op.create_table(
        "journal",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_heard_at", sa.BigInteger(), nullable=False),
        sa.Column("quarantined_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id", "epoch"),
    )
    op.create_index("journal_by_number", "journal", ["device_id", "number"])
    op.execute(
        "INSERT INTO journal (device_id, epoch, number, first_heard_at) "
        "SELECT device_id, epoch, "
        "ROW_NUMBER() OVER (PARTITION BY device_id ORDER BY MIN(received_at), epoch), "
        "MIN(received_at) FROM confirmation GROUP BY device_id, epoch"
    )
    op.add_column(
        "confirmation",
        sa.Column("quarantined", sa.Boolean(), nullable=False, server_default=_NO),
    )
