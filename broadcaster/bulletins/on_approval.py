"""What other capabilities add to a decision: what it does besides, told before and done with it.

Set at `app.state`; without it a decision does nothing but decide.
"""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from markupsafe import Markup
from sqlmodel import Session

from broadcaster.bulletins.tables import Bulletin

# HTML for the form of the decision (`app.state.decision_parts`).
DecisionPart = Callable[[Request, Session, Bulletin], str]
# Done in the transaction that approves (`app.state.on_approval`): the bulletin, what of it was
# shown, who approves, and when. Whatever it raises takes the approval back with it.
OnApproval = Callable[[Session, str, str, str, datetime], None]


def _nothing_more(_session: Session, _id: str, _shown: str, _by: str, _now: datetime) -> None:
    """Where an approval does nothing besides."""


def decision_parts(request: Request, session: Session, row: Bulletin) -> list[Markup]:
    """What the form of a decision says besides, already escaped by those who say it."""
    added: list[DecisionPart] = getattr(request.app.state, "decision_parts", [])
    return [Markup(part(request, session, row)) for part in added]  # noqa: S704


def do_on_approval(
    request: Request, session: Session, bulletin_id: str, *, shown: str, by: str, now: datetime
) -> None:
    """Do what an approval does besides; raise what stands against it."""
    do: OnApproval = getattr(request.app.state, "on_approval", _nothing_more)
    do(session, bulletin_id, shown, by, now)
