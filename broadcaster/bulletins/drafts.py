"""Drafts: what a person types is kept while they type, until it is saved or thrown away.

Theirs alone, never read aloud, never approved, no entry of the trail: nothing was said yet.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.bulletins.errors import SCRIPT_LIMIT_CHARACTERS, DraftElsewhere, UnknownDraft
from broadcaster.bulletins.tables import Bulletin, BulletinDraft
from broadcaster.bulletins.texts import as_kept
from broadcaster.database import new_id

MOST_OF_ONE = 30
# A draft may be longer than a bulletin: who pastes too much is told so when saving.
_LONGEST_FIELD = 4 * SCRIPT_LIMIT_CHARACTERS
_ID = re.compile(r"drf-[a-z2-7]{16}")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft in its writer's list."""

    draft_id: str
    bulletin_id: str | None
    title: str
    saved_at: datetime

    @property
    def address(self) -> str:
        """Where it goes on."""
        place = f"/bulletins/{self.bulletin_id}" if self.bulletin_id else "/bulletins/new"
        return f"{place}?draft={self.draft_id}"


def new_draft_id() -> str:
    """The name under which a form keeps what is typed into it, should anything be."""
    return new_id("drf")


def keep_draft(
    session: Session,
    draft_id: str,
    *,
    station_id: str,
    by: str,
    given: Mapping[str, str],
    revision: int,
    now: datetime,
    bulletin_id: str | None = None,
) -> BulletinDraft:
    """Keep what is typed; `revision` is the one that this window kept last, 0 for none.

    Raises UnknownDraft for another person's or a name that is none, DraftElsewhere, TextUnusable.
    """
    if not _ID.fullmatch(draft_id):
        raise UnknownDraft
    kept = {name: as_kept(value, field=name)[:_LONGEST_FIELD] for name, value in given.items()}
    draft = session.get(BulletinDraft, draft_id, with_for_update=True)
    if draft is None:
        draft = BulletinDraft(
            id=draft_id,
            station_id=station_id,
            account_id=by,
            bulletin_id=bulletin_id,
            given=kept,
            revision=0,
            saved_at=now,
        )
        session.add(draft)
    elif draft.account_id != by:
        raise UnknownDraft
    elif draft.revision != revision:
        raise DraftElsewhere
    draft.given, draft.revision, draft.saved_at = kept, draft.revision + 1, now
    session.flush()
    for old in _of(session, station_id=station_id, account_id=by)[MOST_OF_ONE:]:
        session.delete(old)
    return draft


def find_draft(session: Session, draft_id: str, *, by: str) -> BulletinDraft:
    """A draft of this person; raise UnknownDraft."""
    draft = session.get(BulletinDraft, draft_id) if _ID.fullmatch(draft_id) else None
    if draft is None or draft.account_id != by:
        raise UnknownDraft
    return draft


def drop_draft(session: Session, draft_id: str, *, by: str) -> None:
    """Throw a draft away, or let it go because it was saved; one that is gone is no mistake."""
    draft = session.get(BulletinDraft, draft_id) if _ID.fullmatch(draft_id) else None
    if draft is not None and draft.account_id == by:
        session.delete(draft)
        session.flush()


def drafts_of(
    session: Session, *, station_id: str, account_id: str, bulletin_id: str | None = None
) -> Sequence[DraftLine]:
    """A person's drafts, the newest first; with `bulletin_id` those that change this bulletin."""
    rows = _of(session, station_id=station_id, account_id=account_id)
    if bulletin_id is not None:
        rows = [row for row in rows if row.bulletin_id == bulletin_id]
    changed = session.exec(
        select(Bulletin.id, Bulletin.title).where(
            col(Bulletin.id).in_([row.bulletin_id for row in rows if row.bulletin_id])
        )
    ).all()
    titles = dict(changed)
    return [
        DraftLine(
            draft_id=row.id,
            bulletin_id=row.bulletin_id,
            title=_title(row) or titles.get(row.bulletin_id or "", ""),
            saved_at=row.saved_at,
        )
        for row in rows
    ]


def _title(row: BulletinDraft) -> str:
    """What it is called, or how it begins."""
    title = row.given.get("title", "").strip()
    return title or " ".join(row.given.get("script", "").split())[:60]


def _of(session: Session, *, station_id: str, account_id: str) -> Sequence[BulletinDraft]:
    return session.exec(
        select(BulletinDraft)
        .where(BulletinDraft.station_id == station_id, BulletinDraft.account_id == account_id)
        .order_by(col(BulletinDraft.saved_at).desc(), col(BulletinDraft.id))
    ).all()
