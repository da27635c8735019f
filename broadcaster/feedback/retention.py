"""What villages wrote is forgotten in time: notes and photos beside words, and residents' feedback.

That somebody heard or did not hear, and that something was said and answered, stays: it names
nobody. Kept for two years, so that two annual reports can be made from it.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from broadcaster.audit import Act, record
from broadcaster.feedback.tables import Feedback
from broadcaster.hearing.tables import Hearing, HearingNote, HearingPhoto

WORDS_KEPT = timedelta(days=730)


def forget_old_words(session: Session, *, now: datetime) -> int:
    """Forget what is older than two years; count the words that were emptied or removed."""
    before = now - WORDS_KEPT
    old = select(Hearing.id).where(col(Hearing.said_at) <= before)
    forgotten = [
        session.exec(delete(HearingNote).where(col(HearingNote.hearing_id).in_(old))).rowcount,
        session.exec(delete(HearingPhoto).where(col(HearingPhoto.hearing_id).in_(old))).rowcount,
        session.exec(
            update(Feedback)
            .where(col(Feedback.received_at) <= before, col(Feedback.erased_at).is_(None))
            .values(words="", erased_at=now)
        ).rowcount,
    ]
    if any(forgotten):
        details = dict(zip(("notes", "photos", "feedback"), forgotten, strict=True))
        record(session, Act.VILLAGE_WORDS_FORGOTTEN, by="", at=now, details=details)
    return sum(forgotten)
