"""The second factor before what poles say at once: asked for once in a shift, by page and program.

A password alone opens no mouth: whoever has a session that proved nothing in its shift is asked for
a code before an emergency, and before a microphone. What a rehearsal station says sounds from no
real loudspeaker, and never asks.
"""

from broadcaster.accounts import second_factor
from broadcaster.accounts.errors import (
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    SeedsUnreadable,
)
from broadcaster.accounts.viewer import Viewer
from broadcaster.web.context import Context

NOT_PROVEN = (
    SecondFactorNeeded,
    SecondFactorMissing,
    SecondFactorRefused,
    SecondFactorLocked,
    SeedsUnreadable,
)
"""Why a page asks once more."""


def is_step_up_needed(station: Context, viewer: Viewer, *, harmless: bool) -> bool:
    """Whether this person would be asked for a code; never for what is `harmless` in rehearsal."""
    if harmless and station.rehearsal:
        return False
    return not viewer.is_proven(now=station.now(), within=station.settings.shift)


def step_up(station: Context, viewer: Viewer, *, harmless: bool, code: str, token: str) -> None:
    """Take the code where one is needed; it serves for the rest of the shift.

    Raises SecondFactorNeeded, -Missing, -Refused or -Locked; each stands at the field `code`.
    """
    if not is_step_up_needed(station, viewer, harmless=harmless):
        return
    if not code.strip():
        if not can_prove(station, viewer):
            raise SecondFactorMissing(field="code")
        raise SecondFactorNeeded(field="code")
    second_factor.prove(
        station.database,
        viewer.account_id,
        code=code,
        token=token,
        keys_dir=station.settings.keys_dir,
        now=station.now(),
    )


def can_prove(station: Context, viewer: Viewer) -> bool:
    """Whether this person has anything to prove themselves with."""
    with station.database.reading() as session:
        return second_factor.standing_of(session, viewer.account_id).can_prove
