"""What a driver says is wrong with a database, by its codes: one question for both kinds."""

from collections.abc import Collection

from sqlalchemy.exc import DBAPIError

_PRIMARY_CODE = 0xFF


def says(error: Exception, *, sqlite: Collection[int], postgresql: Collection[str]) -> bool:
    """Whether an error, the driver's own or SQLAlchemy's, carries one of these codes.

    `sqlite` holds primary result codes, `postgresql` SQLSTATEs (PostgreSQL 17, appendix A).
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & _PRIMARY_CODE in sqlite
    return getattr(cause, "sqlstate", None) in postgresql
