"""Who sits at the station's machine: proven by a password, and by a code where one is asked for.

Whoever can reach the machine's files is not yet somebody who may be heard. The session that proves
it ends with the question.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from broadcaster.accounts import second_factor
from broadcaster.accounts.failures import AT_THE_MACHINE
from broadcaster.accounts.sessions import sign_in, sign_out
from broadcaster.accounts.viewer import Viewer
from broadcaster.database import Database

Ask = Callable[[str, bool], str]
"""Asks for a line: the words to show, and whether nobody may see what is typed."""

SecondStep = Callable[[str, str], None]
"""Takes account and session's token, and raises unless the second factor is proven."""


def proven_at_the_machine(
    database: Database,
    *,
    username: str,
    password: str,
    now: datetime,
    second_step: SecondStep | None = None,
) -> Viewer:
    """Who this is. Raises what `sign_in` raises, with a lock-out of its own, and `second_step`."""
    found = sign_in(database, username=username, password=password, now=now, step=AT_THE_MACHINE)
    try:
        if second_step is not None:
            second_step(found.viewer.account_id, found.token)
    finally:
        with database.writing() as session:
            sign_out(session, found.token, now=now)
    return found.viewer


def code_asked(
    database: Database, *, ask: Ask, keys_dir: Path, now: Callable[[], datetime]
) -> SecondStep:
    """The second step that asks for a code. It raises SecondFactorMissing, -Refused or -Locked."""

    def second_step(account_id: str, token: str) -> None:
        second_factor.prove(
            database,
            account_id,
            code=ask("Mã xác thực hoặc mã in giấy / Code of your second factor", False),
            token=token,
            keys_dir=keys_dir,
            now=now(),
        )

    return second_step


def password_asked(ask: Ask) -> str:
    """The password, typed where nobody sees it."""
    return ask("Mật khẩu / Password", True)
