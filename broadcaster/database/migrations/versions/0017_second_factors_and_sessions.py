"""Second factors, printed codes, links for a new password, sessions that can be told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_session", sa.Column("second_factor_at", sa.BigInteger(), nullable=True))
    for name in ("address", "browser"):
        op.add_column(
            "sign_in_session", sa.Column(name, sa.String(), nullable=False, server_default="")
        )
    op.add_column(
        "sign_in_failure",
        sa.Column("step", sa.String(), nullable=False, server_default="password"),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("sealed_seed", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("offered_seed", sa.String(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "one_time_code",
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("code_sha256"),
    )
    op.create_index("ix_one_time_code_account_id", "one_time_code", ["account_id"])
    op.create_table(
        "password_link",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_password_link_account_id", "password_link", ["account_id"])
    op.create_table(
        "foreign_login",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("bound_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("issuer", "login"),
        sa.UniqueConstraint("issuer", "subject"),
    )


def downgrade() -> None:
    for table in ("foreign_login", "password_link", "one_time_code", "second_factor"):
        op.drop_table(table)
    op.drop_column("sign_in_failure", "step")
    for name in ("browser", "address", "second_factor_at"):
        op.drop_column("sign_in_session", name)
