"""What is said about a bulletin while it waits for its decision: it decides nothing, and stays.

A comment belongs to the words and the sound that it was said about; nobody changes or deletes one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.audit import Act as AuditAct
from broadcaster.audit import record
from broadcaster.bulletins.errors import COMMENT_LIMIT_CHARACTERS, CommentTooLong, NothingSaid
from broadcaster.bulletins.standing import held_bulletin, state_of
from broadcaster.bulletins.states import Act, after
from broadcaster.bulletins.tables import Bulletin, BulletinComment
from broadcaster.bulletins.texts import as_kept

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment; `present` is false for one on words and sound that were replaced since."""

    by: str
    comment: str
    commented_at: datetime
    present: bool


def checked_comment(comment: str) -> str:
    """A comment as it is kept; raise CommentTooLong or TextUnusable."""
    kept = as_kept(comment, field="comment").strip()
    if len(kept) > COMMENT_LIMIT_CHARACTERS:
        raise CommentTooLong(field="comment")
    return kept


def comment_on(
    session: Session, bulletin_id: str, *, comment: str, by: str, now: datetime
) -> BulletinComment:
    """Keep what an account says about a bulletin that waits; it goes on waiting.

    Raises ActOutOfPlace, NothingSaid, CommentTooLong, TextUnusable, UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    after(state_of(session, bulletin), Act.COMMENT)
    kept = checked_comment(comment)
    if not kept:
        raise NothingSaid(field="comment")
    said = BulletinComment(
        bulletin_id=bulletin.id,
        rendition_id=bulletin.rendition_id or "",
        account_id=by,
        comment=kept,
        commented_at=now,
    )
    session.add(said)
    session.flush()
    record(
        session,
        AuditAct.BULLETIN_COMMENTED,
        by=by,
        about=bulletin.id,
        at=now,
        details={"rendition": said.rendition_id},
        private={"comment": kept},
    )
    log.info("bulletin_commented", bulletin_id=bulletin_id, by=by)
    return said


def comments_on(session: Session, bulletin: Bulletin) -> Sequence[Comment]:
    """All that was ever said about a bulletin, newest first."""
    rows = session.exec(
        select(BulletinComment)
        .where(BulletinComment.bulletin_id == bulletin.id)
        .order_by(col(BulletinComment.id).desc())
    ).all()
    names = display_names(session, {each.account_id for each in rows})
    return [
        _comment(each, names, present=each.rendition_id == bulletin.rendition_id) for each in rows
    ]


def newest_comments(session: Session, rendition_ids: Collection[str]) -> Mapping[str, Comment]:
    """The last word about each of these renditions, where there is one."""
    rows = session.exec(
        select(BulletinComment)
        .where(col(BulletinComment.rendition_id).in_(rendition_ids))
        .order_by(col(BulletinComment.id))
    ).all()
    newest = {each.rendition_id: each for each in rows}
    names = display_names(session, {each.account_id for each in newest.values()})
    return {id_: _comment(each, names, present=True) for id_, each in newest.items()}


def _comment(row: BulletinComment, names: Mapping[str, str], *, present: bool) -> Comment:
    return Comment(
        by=names.get(row.account_id, ""),
        comment=row.comment,
        commented_at=row.commented_at,
        present=present,
    )
