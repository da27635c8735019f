"""Drafts, templates, where a bulletin comes from and how long it holds, and what searches read."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NOTHING = ""
_BULLETIN = sa.table(
    "bulletin",
    sa.column("id", sa.String()),
    sa.column("title", sa.String()),
    sa.column("topic", sa.String()),
    sa.column("script", sa.Text()),
    sa.column("search_text", sa.Text()),
)


def upgrade() -> None:
    # Plainly: others refer to these rows, so that SQLite must not make the table anew.
    for name in ("contributor", "source"):
        op.add_column(
            "bulletin", sa.Column(name, sa.String(), nullable=False, server_default=_NOTHING)
        )
    for name in ("valid_from", "valid_until"):
        op.add_column("bulletin", sa.Column(name, sa.Date(), nullable=True))
    op.add_column(
        "bulletin", sa.Column("search_text", sa.Text(), nullable=False, server_default=_NOTHING)
    )
    op.create_table(
        "bulletin_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("bulletin_id", sa.String(), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bulletin_draft_account_id", "bulletin_draft", ["account_id"])
    op.create_table(
        "bulletin_template",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("contributor", sa.String(), nullable=False),
        sa.Column("kept_by", sa.String(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["kept_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bulletin_template_station_id", "bulletin_template", ["station_id"])
    _fill_search_text()


def downgrade() -> None:
    op.drop_table("bulletin_template")
    op.drop_table("bulletin_draft")
    for name in ("search_text", "valid_until", "valid_from", "source", "contributor"):
        op.drop_column("bulletin", name)


def _fill_search_text() -> None:
    connection = op.get_bind()
    columns = _BULLETIN.c
    rows = connection.execute(
        sa.select(columns.id, columns.title, columns.topic, columns.script)
    ).all()
    for row in rows:
        text = _folded(f"{row.title} {row.topic} {row.script}")
        connection.execute(
            sa.update(_BULLETIN).where(columns.id == row.id).values(search_text=text)
        )


def _folded(text: str) -> str:
    """As the code of this version folds."""
    parts = unicodedata.normalize("NFKD", text.translate(str.maketrans("đĐ", "dd")))
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())
