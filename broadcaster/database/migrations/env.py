"""Alembic's environment: it migrates the connection that `migrate` hands it, and no other."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401
    """Write column types as the database knows them, so that a step never imports the product."""
    plain = {
        "InstantColumn": "sa.BigInteger()",
        "AutoString": "sa.String()",
        "SignedMessageColumn": "sa.LargeBinary()",
        "HexColumn": "sa.LargeBinary()",
        "EntryColumn": "sa.LargeBinary()",
    }
    return plain.get(type(item).__name__, False) if kind == "type" else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=plain_type,
    transaction_per_migration=not context.config.attributes["at_once"],
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
