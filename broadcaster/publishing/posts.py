"""A leader's decision to post a bulletin at a network, and to take it down again."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.audit import Act, record
from broadcaster.database.columns import new_id
from broadcaster.errors import BadInput
from broadcaster.publishing.errors import NoSuchPost, PostUnderWay
from broadcaster.publishing.outlet_accounts import find_account
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Outlet
from broadcaster.publishing.post_states import ENDED, PostState, may_go
from broadcaster.publishing.share_text import ShareText
from broadcaster.publishing.tables import SharePost

log = structlog.get_logger(__name__)

_AT_ONCE = frozenset({PostState.WAITING, PostState.REFUSED, PostState.GIVEN_UP})
"""Of which nothing is at the network, unless it was given up without a clear answer."""


def posts_of(
    session: Session, *, station_id: str, bulletin_id: str | None = None, limit: int = 100
) -> Sequence[SharePost]:
    """What was decided, the newest decision first."""
    query = select(SharePost).where(SharePost.station_id == station_id)
    if bulletin_id is not None:
        query = query.where(SharePost.bulletin_id == bulletin_id)
    newest = query.order_by(col(SharePost.decided_at).desc(), col(SharePost.id))
    return session.exec(newest.limit(limit)).all()


def decide_post(
    session: Session,
    bulletin_id: str,
    outlet: Outlet,
    form: str,
    *,
    text: ShareText,
    station_id: str,
    by: str | None,
    now: datetime,
) -> SharePost:
    """Have a public bulletin posted, in the words that it is shared with now (`sharing`).

    Raises OutletNotEntered, PostUnderWay, or BadInput naming `form`.
    """
    find_account(session, outlet, station_id=station_id)
    facts = KNOWN[outlet]
    if form not in {str(each) for each in facts.forms}:
        raise BadInput(field="form")
    post = _row(session, bulletin_id, outlet, station_id=station_id)
    if post is not None and post.state not in ENDED:
        raise PostUnderWay
    if post is None:
        post = SharePost(
            id=new_id("shp"),
            station_id=station_id,
            bulletin_id=bulletin_id,
            outlet=outlet,
            form=form,
            title="",
            text="",
            state=PostState.WITHDRAWN,
            wanted=False,
            decided_at=now,
        )
        session.add(post)
    unclear = _is_unclear(post)
    move(post, PostState.UNSURE if unclear else PostState.WAITING, next_at=now)
    if not unclear:
        post.sent_at = None
    post.form, post.title = form, text.title
    post.text = text.fitted(facts.limits)
    post.wanted, post.tries = True, 0
    post.decided_by, post.decided_at = by, now
    post.post_id, post.post_address, post.token, post.posted_at = "", "", "", None
    session.flush()
    record(
        session,
        Act.SHARE_DECIDED,
        by=by,
        about=bulletin_id,
        at=now,
        details={"to": outlet, "as": form},
    )
    log.info(Act.SHARE_DECIDED, bulletin_id=bulletin_id, outlet=outlet, by=by)
    return post


def withdraw_post(
    session: Session,
    bulletin_id: str,
    outlet: Outlet,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Have a post taken down, or not sent any more; raise NoSuchPost."""
    post = _row(session, bulletin_id, outlet, station_id=station_id)
    if post is None:
        raise NoSuchPost
    if not post.wanted:
        return
    _withdraw(session, post, by=by, now=now)


def withdraw_all(
    session: Session, bulletin_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """As `withdraw_post`, wherever the bulletin is posted."""
    for post in posts_of(session, station_id=station_id, bulletin_id=bulletin_id):
        if post.wanted:
            _withdraw(session, post, by=by, now=now)


def move(
    post: SharePost,
    to: PostState,
    *,
    next_at: datetime | None = None,
    trouble: str = "",
    detail: str = "",
) -> None:
    """Let a post go on; raise ValueError for a way that there is not."""
    if not may_go(PostState(post.state), to):
        message = f"{post.state} does not become {to}"
        raise ValueError(message)
    post.state, post.next_at = to, next_at
    post.trouble, post.detail = trouble, detail[:300]


def _withdraw(session: Session, post: SharePost, *, by: str | None, now: datetime) -> None:
    post.wanted = False
    if _is_unclear(post):
        move(post, PostState.UNSURE, next_at=now)
    elif post.state in _AT_ONCE:
        move(post, PostState.WITHDRAWN)
    elif post.state == PostState.POSTED:
        post.tries, post.next_at = 0, now
    session.flush()
    record(
        session,
        Act.SHARE_WITHDRAWN,
        by=by,
        about=post.bulletin_id,
        at=now,
        details={"to": post.outlet},
    )
    log.info(Act.SHARE_WITHDRAWN, bulletin_id=post.bulletin_id, outlet=post.outlet, by=by)


def _is_unclear(post: SharePost) -> bool:
    """Whether it was given up without knowing that it had not arrived."""
    return post.state == PostState.GIVEN_UP and post.sent_at is not None


def _row(
    session: Session, bulletin_id: str, outlet: Outlet, *, station_id: str
) -> SharePost | None:
    return session.exec(
        select(SharePost).where(
            SharePost.bulletin_id == bulletin_id,
            SharePost.outlet == outlet,
            SharePost.station_id == station_id,
        )
    ).first()
