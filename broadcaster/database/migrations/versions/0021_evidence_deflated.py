"""Signed batches kept at a third of their size; restored to the byte on the way back."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

# Not a copy of it: how rows are kept names its own version, and no version of it ever changes.
from broadcaster.database.signed_messages import packed, restored

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_AT_ONCE = 2_000
_BATCHES = sa.table(
    "confirmation_batch", sa.column("sha256", sa.String()), sa.column("message", sa.LargeBinary())
)


def upgrade() -> None:
    _keep_as(packed)


def downgrade() -> None:
    _keep_as(restored)


def _keep_as(changed: Callable[[bytes], bytes]) -> None:
    """Write every message anew, some at a time, in the order of their keys."""
    connection, done = op.get_bind(), ""
    sha256, message = _BATCHES.c.sha256, _BATCHES.c.message
    write = (
        _BATCHES.update().where(sha256 == sa.bindparam("which")).values(message=sa.bindparam("new"))
    )
    while rows := connection.execute(
        sa.select(sha256, message).where(sha256 > done).order_by(sha256).limit(_AT_ONCE)
    ).all():
        connection.execute(
            write, [{"which": row.sha256, "new": changed(row.message)} for row in rows]
        )
        done = rows[-1].sha256
