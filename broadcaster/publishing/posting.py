"""Sending what was decided, asking after what is unclear, taking down: beside the schedule's lead.

No transaction is open while a network is asked. That a post is being sent is committed before it
is; whoever finds it so later (a crash, a lost answer) asks the network whether it is there, and
sends again only what has not arrived. What neither way can exclude: a network that shows a post
only after `Facts.arrives_within`, or lists it nowhere, gets it twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session, col, or_, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.publishing.cards import CardRoom, Standing
from broadcaster.publishing.channel import channel_of
from broadcaster.publishing.errors import CardFailed, ChannelClosed, NoSuchItem, OutletSealed
from broadcaster.publishing.outlet_accounts import adapter_of, usable_accounts
from broadcaster.publishing.outlets.asking import Asker, asking
from broadcaster.publishing.outlets.errors import (
    OutletBusy,
    OutletError,
    OutletRefuses,
    OutletShut,
    OutletUnsure,
)
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Adapter, Form, Outlet, Post, Receipt
from broadcaster.publishing.post_states import PAUSES, UNDER_WAY, PostState, pause_after
from broadcaster.publishing.posts import move
from broadcaster.publishing.sharing import Shared, find_shared
from broadcaster.publishing.tables import OutletAccount, SharePost
from broadcaster.settings import Settings

log = structlog.get_logger(__name__)

EVERY_S = 30
MOST_AT_ONCE = 10
"""How many posts are seen to in one round; the rest follows in the next."""

SETTLES_WITHIN = timedelta(hours=24)
"""What a network has accepted and not made by then, a person has to look at."""

KEEP_ALIVE_AFTER = timedelta(days=30)
CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""What the network's clock may show earlier than ours."""

_SOON, _LATER = timedelta(minutes=1), timedelta(hours=1)


def post_due(
    database: Database,
    *,
    settings: Settings,
    station_id: str,
    now: Callable[[], datetime],
    room: CardRoom,
    is_over: Callable[[], bool] = lambda: False,
    asker: Asker | None = None,
) -> None:
    """See to every post that is due, until it `is_over`; one that fails hinders no other.

    A card with its sound is made in the `room`, beside the rounds, which never wait for it.
    """
    with database.reading() as session:
        accounts = usable_accounts(session, station_id)
    if not accounts:
        return
    if asker is None:
        with asking() as own:
            post_due(
                database, settings=settings, station_id=station_id, now=now, room=room,
                is_over=is_over, asker=own,
            )  # fmt: skip
        return
    office = _Office(database, settings, station_id=station_id, now=now, room=room, asker=asker)
    for account in accounts:
        office.keep_open(account)
    for post_id in _due(database, station_id=station_id, now=now()):
        if is_over():
            return
        office.see_to(post_id)


def _due(database: Database, *, station_id: str, now: datetime) -> list[str]:
    under_way = col(SharePost.state).in_(UNDER_WAY)
    to_take_down = (col(SharePost.state) == PostState.POSTED) & col(SharePost.wanted).is_(False)
    with database.reading() as session:
        return list(
            session.exec(
                select(SharePost.id)
                .where(
                    SharePost.station_id == station_id,
                    or_(under_way, to_take_down),
                    col(SharePost.next_at) <= now,
                )
                .order_by(col(SharePost.next_at), col(SharePost.id))
                .limit(MOST_AT_ONCE)
            ).all()
        )


@dataclass
class _Office:
    """One round of one station's posts."""

    database: Database
    settings: Settings
    station_id: str = field(kw_only=True)
    now: Callable[[], datetime] = field(kw_only=True)
    room: CardRoom = field(kw_only=True)
    asker: Asker = field(kw_only=True)

    def keep_open(self, account: OutletAccount) -> None:
        """Let an account that posts nothing for months not close for that."""
        if self.now() - account.renewed_at < KEEP_ALIVE_AFTER:
            return
        try:
            self._adapter(account).keep_alive()
        except (OutletError, OutletSealed) as error:
            self._note_account(account, error)

    def see_to(self, post_id: str) -> None:
        """Do with one post what is next."""
        with self.database.reading() as session:
            post = session.get_one(SharePost, post_id)
            # Read anew for each: what was found shut a moment ago is not asked again.
            accounts: Mapping[str, OutletAccount] = {
                each.outlet: each for each in usable_accounts(session, self.station_id)
            }
        account = accounts.get(post.outlet)
        if account is None:
            return
        try:
            adapter = self._adapter(account)
        except OutletSealed as error:
            self._note_account(account, error)
            return
        match PostState(post.state):
            case PostState.WAITING:
                self._send(post, account, adapter)
            case PostState.SENDING | PostState.UNSURE:
                self._look_for(post, account, adapter)
            case PostState.ACCEPTED:
                self._settle(post, account, adapter)
            case _:
                self._take_down(post, account, adapter)

    def _send(self, post: SharePost, account: OutletAccount, adapter: Adapter) -> None:
        if self.settings.public_url is None:
            return  # nobody out there could open what is posted; the pages say so
        try:
            shared = self._shared(post)
        except (ChannelClosed, NoSuchItem) as error:
            self._move(post, PostState.GIVEN_UP, error=error)
            return
        if post.form == Form.VIDEO and not self._has_video(post, shared):
            return
        if not self._is_being_sent(post):
            return
        try:
            receipt = adapter.publish(self._written(post))
        except OutletUnsure as error:
            within = KNOWN[Outlet(post.outlet)].arrives_within
            self._move(post, PostState.UNSURE, next_at=self.now() + within, error=error)
        except OutletRefuses as error:
            self._move(post, PostState.REFUSED, error=error)
        except OutletShut as error:
            self._note_account(account, error)
            self._move(post, PostState.WAITING, next_at=self.now(), error=error, tried=False)
        except OutletError as error:
            self._try_later(post, error)
        else:
            self._note_receipt(post, receipt)

    def _look_for(self, post: SharePost, account: OutletAccount, adapter: Adapter) -> None:
        """Ask whether it is there: what is, is posted; what is not may be sent again."""
        if post.state == PostState.SENDING:
            self._move(post, PostState.UNSURE, next_at=self.now(), error=OutletUnsure())
        try:
            found = adapter.find(self._written(post), since=_begun(post) - CLOCKS_DIFFER_BY)
        except OutletShut as error:
            self._note_account(account, error)
        except OutletError as error:
            self._wait(post, error, until=self.now() + _pause(post))
        else:
            if found is not None:
                self._note_receipt(post, found)
            elif not post.wanted:
                self._move(post, PostState.WITHDRAWN)
            elif pause_after(max(1, post.tries)) is None:
                self._move(post, PostState.GIVEN_UP, error=OutletUnsure())
            else:
                self._move(post, PostState.WAITING, next_at=self.now())

    def _settle(self, post: SharePost, account: OutletAccount, adapter: Adapter) -> None:
        waits = self.now() - _begun(post)
        try:
            made = adapter.settle(post.token)
        except OutletShut as error:
            self._note_account(account, error)
        except OutletError as error:
            self._wait(post, error, until=self.now() + _pause(post))
        else:
            if made is not None:
                self._note_receipt(post, made)
            elif waits > SETTLES_WITHIN:
                self._move(post, PostState.GIVEN_UP, error=OutletUnsure())
            else:
                soon = _SOON if waits < _LATER else _LATER
                self._wait(post, None, until=self.now() + soon)

    def _take_down(self, post: SharePost, account: OutletAccount, adapter: Adapter) -> None:
        try:
            adapter.withdraw(post.post_id)
        except OutletShut as error:
            self._note_account(account, error)
        except OutletRefuses as error:
            self._wait(post, error, until=None)
        except OutletError as error:
            pause = pause_after(post.tries + 1)
            until = None if pause is None else self.now() + pause
            self._wait(post, error, until=until, tried=True)
        else:
            with self.database.writing() as session:
                row = session.get_one(SharePost, post.id)
                move(row, PostState.WITHDRAWN)
                self._record(session, Act.SHARE_TAKEN_DOWN, row)

    def _has_video(self, post: SharePost, shared: Shared) -> bool:
        """Whether picture and sound are one by now; if not, they are being made."""
        standing = self.room.standing(shared.card)
        if standing is Standing.FAILED:
            self._try_later(post, CardFailed())
        if standing in {Standing.FAILED, Standing.NOT_MADE}:
            self.room.begin(shared.card)
        return standing is Standing.READY

    def _shared(self, post: SharePost) -> Shared:
        channel = channel_of(self.database, self.station_id, base=self.settings.station_url)
        with self.database.reading() as session:
            zone = ZoneInfo(session.get_one(Station, self.station_id).zone)
            return find_shared(
                session, post.bulletin_id, channel=channel, zone=zone, now=self.now()
            )

    def _written(self, post: SharePost) -> Post:
        channel = channel_of(self.database, self.station_id, base=self.settings.station_url)
        return Post(
            form=Form(post.form),
            title=post.title,
            text=post.text,
            address=channel.item(post.bulletin_id),
            author=channel.station,
            picture=channel.picture(post.bulletin_id),
            video=channel.video(post.bulletin_id),
        )

    def _is_being_sent(self, post: SharePost) -> bool:
        """Write down that it is, unless somebody has withdrawn it meanwhile."""
        now = self.now()
        with self.database.writing() as session:
            row = session.get_one(SharePost, post.id, with_for_update=True)
            if row.state != PostState.WAITING or not row.wanted:
                return False
            within = KNOWN[Outlet(row.outlet)].arrives_within
            move(row, PostState.SENDING, next_at=now + within)
            row.tries += 1
            row.sent_at = row.sent_at or now
        return True

    def _note_receipt(self, post: SharePost, receipt: Receipt) -> None:
        now = self.now()
        with self.database.writing() as session:
            row = session.get_one(SharePost, post.id)
            if not receipt.post_id:
                move(row, PostState.ACCEPTED, next_at=now + _SOON)
                row.token = receipt.token
                return
            # One that was withdrawn while it was on its way is taken down next.
            move(row, PostState.POSTED, next_at=None if row.wanted else now)
            row.post_id, row.post_address = receipt.post_id, receipt.address
            row.posted_at, row.token = now, ""
            self._record(session, Act.SHARE_POSTED, row)

    def _try_later(self, post: SharePost, error: LoaError) -> None:
        with self.database.writing() as session:
            row = session.get_one(SharePost, post.id)
            if row.state == PostState.WAITING:
                row.tries += 1
            pause = pause_after(row.tries)
            if pause is None:
                move(row, PostState.GIVEN_UP, trouble=error.code, detail=_told(error))
                if not row.wanted:
                    move(row, PostState.WITHDRAWN)
                return
            if isinstance(error, OutletBusy) and error.after_s is not None:
                pause = max(pause, timedelta(seconds=error.after_s))
            if row.state == PostState.SENDING:
                move(row, PostState.WAITING)
            if not row.wanted:
                move(row, PostState.WITHDRAWN)
                return
            row.next_at = self.now() + pause
            row.trouble, row.detail = error.code, _told(error)
        log.warning("post_not_sent", post_id=post.id, outlet=post.outlet, error=error.code)

    def _move(
        self,
        post: SharePost,
        to: PostState,
        *,
        next_at: datetime | None = None,
        error: LoaError | None = None,
        tried: bool = True,
    ) -> None:
        with self.database.writing() as session:
            row = session.get_one(SharePost, post.id)
            move(
                row, to, next_at=next_at, trouble=error.code if error else "",
                detail=_told(error) if error else "",
            )  # fmt: skip
            if not tried:
                row.tries -= 1
            if to in {PostState.WAITING, PostState.REFUSED} and not row.wanted:
                move(row, PostState.WITHDRAWN)
        if error is not None:
            log.warning("post_stands", post_id=post.id, state=to, error=error.code)

    def _wait(
        self,
        post: SharePost,
        error: LoaError | None,
        *,
        until: datetime | None,
        tried: bool = False,
    ) -> None:
        with self.database.writing() as session:
            row = session.get_one(SharePost, post.id)
            row.next_at, row.tries = until, row.tries + tried
            row.trouble, row.detail = (error.code, _told(error)) if error else ("", "")

    def _note_account(self, account: OutletAccount, error: LoaError) -> None:
        """An admin has to see to it, unless one just did; what passes is tried again."""
        log.warning("outlet_troubled", outlet=account.outlet, error=error.code)
        if not isinstance(error, OutletShut | OutletSealed):
            return
        with self.database.writing() as session:
            row = session.get(OutletAccount, account.id)
            if row is not None and row.entered_at == account.entered_at:
                row.trouble, row.detail = error.code, _told(error)
                row.trouble_since = self.now()

    def _adapter(self, account: OutletAccount) -> Adapter:
        return adapter_of(
            account, database=self.database, settings=self.settings, asker=self.asker, now=self.now
        )

    def _record(self, session: Session, act: Act, row: SharePost) -> None:
        details = {"to": row.outlet}
        record(session, act, by="", about=row.bulletin_id, at=self.now(), details=details)
        log.info(act, bulletin_id=row.bulletin_id, outlet=row.outlet)


def _begun(post: SharePost) -> datetime:
    return post.sent_at or post.decided_at


def _pause(post: SharePost) -> timedelta:
    return PAUSES[min(max(post.tries, 1), len(PAUSES)) - 1]


def _told(error: LoaError) -> str:
    return "" if error.detail == error.message_en else error.detail[:300]
