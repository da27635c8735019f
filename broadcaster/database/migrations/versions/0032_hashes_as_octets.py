"""Hashes, epochs and entries of the ledger as octets: half of the bytes; and back."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

# Not a copy of it: how rows are kept names its own version, and no version of it ever changes.
from broadcaster.database.hex_columns import hex_of, octets_of
from broadcaster.database.kept_entries import entry_text, packed_entry

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None

_AT_ONCE = 2_000
_BATCH_COLUMNS = ("sha256", "device_id", "message", "received_at")
_COLUMNS = (
    "device_id", "epoch", "seq", "prev_sha256", "entry_sha256", "entry", "kind", "order_id",
    "repeat", "batch_sha256", "received_at", "quarantined",
)  # fmt: skip
_HASHES = ("epoch", "prev_sha256", "entry_sha256", "batch_sha256")
_OF_BATCH = "confirmation_batch_sha256_fkey"
_ENTRIES = sa.table(
    "confirmation",
    sa.column("device_id", sa.String()),
    sa.column("epoch", sa.LargeBinary()),
    sa.column("seq", sa.BigInteger()),
    sa.column("entry", sa.LargeBinary()),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy(sa.LargeBinary(), sa.LargeBinary(), hashes=octets_of, entries=packed_entry)
        return
    # What is no hash is no row of the station's own: it stays the text that it is.
    _retype(
        "bytea",
        "CASE WHEN {0} ~ '^([0-9a-f]{{32}}|[0-9a-f]{{64}})$'"
        " THEN decode({0}, 'hex') ELSE convert_to({0}, 'UTF8') END",
    )
    # As it came, in a way that is read too; then each as it is written now.
    op.execute(
        "ALTER TABLE confirmation ALTER entry TYPE bytea"
        " USING '\\x00'::bytea || convert_to(entry, 'UTF8')"
    )
    _rewrite(lambda kept: packed_entry(entry_text(kept)))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy(sa.String(), sa.Text(), hashes=hex_of, entries=entry_text)
        return
    _rewrite(lambda kept: entry_text(kept).encode())
    op.execute("ALTER TABLE confirmation ALTER entry TYPE text USING convert_from(entry, 'UTF8')")
    _retype(
        "varchar",
        "CASE WHEN octet_length({0}) IN (16, 32)"
        " THEN encode({0}, 'hex') ELSE encode({0}, 'escape') END",
    )


def _copy(
    hashes_as: sa.types.TypeEngine[Any],
    entries_as: sa.types.TypeEngine[Any],
    *,
    hashes: Callable[[Any], Any],
    entries: Callable[[Any], Any],
) -> None:
    """Write both tables anew: SQLite changes no column's type where it stands."""
    driver: Any = op.get_bind().connection.driver_connection
    driver.create_function("loa_hash", 1, hashes, deterministic=True)
    driver.create_function("loa_entry", 1, entries, deterministic=True)
    changed = {**dict.fromkeys(("sha256", *_HASHES), "loa_hash"), "entry": "loa_entry"}
    _create_batches("new_confirmation_batch", hashes_as)
    _fill("confirmation_batch", _BATCH_COLUMNS, changed)
    _create_confirmations("new_confirmation", hashes_as, entries_as)
    _fill("confirmation", _COLUMNS, changed)
    # First what names the other, so that no row is ever without what it names.
    for table in ("confirmation", "confirmation_batch"):
        op.drop_table(table)
    for table in ("confirmation_batch", "confirmation"):
        op.rename_table(f"new_{table}", table)
    op.create_index("ix_confirmation_batch_device_id", "confirmation_batch", ["device_id"])
    op.create_index("confirmation_by_play", "confirmation", ["order_id", "repeat", "device_id"])


def _create_batches(name: str, hashes_as: sa.types.TypeEngine[Any]) -> None:
    op.create_table(
        name,
        sa.Column("sha256", hashes_as, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("sha256"),
    )


def _create_confirmations(
    name: str, hashes_as: sa.types.TypeEngine[Any], entries_as: sa.types.TypeEngine[Any]
) -> None:
    op.create_table(
        name,
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("epoch", hashes_as, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_sha256", hashes_as, nullable=False),
        sa.Column("entry_sha256", hashes_as, nullable=False),
        sa.Column("entry", entries_as, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("batch_sha256", hashes_as, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["batch_sha256"], ["new_confirmation_batch.sha256"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id", "epoch", "seq"),
    )


def _fill(table: str, columns: tuple[str, ...], changed: Mapping[str, str]) -> None:
    values = [f"{changed[name]}({name})" if name in changed else name for name in columns]
    # Rows stay in the order in which they came.
    op.execute(
        f"INSERT INTO new_{table} ({', '.join(columns)}) "  # noqa: S608 - only the schema's names
        f"SELECT {', '.join(values)} FROM {table} ORDER BY rowid"
    )


def _retype(kind: str, using: str) -> None:
    """The hashes of both tables, which agree again afterwards."""
    op.drop_constraint(_OF_BATCH, "confirmation", type_="foreignkey")
    op.execute(
        f"ALTER TABLE confirmation_batch ALTER sha256 TYPE {kind} USING {using.format('sha256')}"
    )
    changes = [f"ALTER {name} TYPE {kind} USING {using.format(name)}" for name in _HASHES]
    op.execute(f"ALTER TABLE confirmation {', '.join(changes)}")
    op.create_foreign_key(
        _OF_BATCH, "confirmation", "confirmation_batch", ["batch_sha256"], ["sha256"]
    )


def _rewrite(changed: Callable[[bytes], bytes]) -> None:
    """Write every entry anew, some at a time, in the order of their keys."""
    connection, c = op.get_bind(), _ENTRIES.c
    key = sa.tuple_(c.device_id, c.epoch, c.seq)
    write = (
        _ENTRIES.update()
        .where(
            c.device_id == sa.bindparam("of_device"),
            c.epoch == sa.bindparam("in_epoch"),
            c.seq == sa.bindparam("number"),
        )
        .values(entry=sa.bindparam("new"))
    )
    done: tuple[str, bytes, int] = ("", b"", 0)
    while rows := connection.execute(
        sa.select(c.device_id, c.epoch, c.seq, c.entry)
        .where(key > sa.tuple_(*done))
        .order_by(c.device_id, c.epoch, c.seq)
        .limit(_AT_ONCE)
    ).all():
        connection.execute(
            write,
            [
                {"of_device": device, "in_epoch": epoch, "number": seq, "new": changed(entry)}
                for device, epoch, seq, entry in rows
            ],
        )
        done = (rows[-1].device_id, rows[-1].epoch, rows[-1].seq)
