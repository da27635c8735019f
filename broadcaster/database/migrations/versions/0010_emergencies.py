"""Emergencies, who may order them, and the sounds and warnings that are kept ready for them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NONE = sa.text("''")


def upgrade() -> None:
    # What the fast path said of an order: until now only stops.
    op.add_column(
        "signed_now",
        sa.Column("says", sa.String(), nullable=False, server_default=sa.text("'stop'")),
    )
    _authorisations()
    _sounds()
    _emergencies()
    _parts()


def downgrade() -> None:
    for table in (
        "emergency_event",
        "emergency_order",
        "emergency_part",
        "emergency",
        "stored_warning",
        "emergency_sound",
        "emergency_authorisation",
    ):
        op.drop_table(table)
    op.drop_column("signed_now", "says")


def _authorisations() -> None:
    op.create_table(
        "emergency_authorisation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("station_id", "account_id"):
        op.create_index(f"ix_emergency_authorisation_{column}", "emergency_authorisation", [column])


def _sounds() -> None:
    op.create_table(
        "emergency_sound",
        sa.Column("script_sha256", sa.String(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("spoken", sa.Text(), nullable=False),
        sa.Column("audio_sha256", sa.String(), nullable=False),
        sa.Column("audio_size_bytes", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("rendered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("script_sha256"),
    )
    op.create_index("ix_emergency_sound_rendered_at", "emergency_sound", ["rendered_at"])
    op.create_table(
        "stored_warning",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("script_sha256", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["script_sha256"], ["emergency_sound.script_sha256"]),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stored_warning_station_id", "stored_warning", ["station_id"])


def _emergencies() -> None:
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("hazard", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("giver_name", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.String(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("repeats_until", sa.BigInteger(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False, server_default=_NONE),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("silenced_at", sa.BigInteger(), nullable=True),
        sa.Column("final_words", sa.Text(), nullable=False, server_default=_NONE),
        sa.Column("final_authorisation_id", sa.String(), nullable=True),
        sa.Column("review", sa.String(), nullable=False, server_default=_NONE),
        sa.Column("review_note", sa.Text(), nullable=False, server_default=_NONE),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["authorisation_id"], ["emergency_authorisation.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["final_authorisation_id"], ["emergency_authorisation.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_key"),
    )
    for column in ("station_id", "raised_at"):
        op.create_index(f"ix_emergency_{column}", "emergency", [column])


def _parts() -> None:
    op.create_table(
        "emergency_part",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("emergency_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("script_sha256", sa.String(), nullable=False),
        sa.Column("replay_sha256", sa.String(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"]),
        sa.ForeignKeyConstraint(["script_sha256"], ["emergency_sound.script_sha256"]),
        sa.ForeignKeyConstraint(["replay_sha256"], ["emergency_sound.script_sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("emergency_id", "kind"),
    )
    for column in ("emergency_id", "starts_at"):
        op.create_index(f"ix_emergency_part_{column}", "emergency_part", [column])
    op.create_table(
        "emergency_order",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["emergency_part.id"]),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("part_id", "cluster_id"),
    )
    for column in ("part_id", "cluster_id"):
        op.create_index(f"ix_emergency_order_{column}", "emergency_order", [column])
    op.create_table(
        "emergency_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("emergency_id", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("station_id", "emergency_id"):
        op.create_index(f"ix_emergency_event_{column}", "emergency_event", [column])
