"""Whether the audit trail stands behind what is to be signed, and what is done where it does not.

Rows of the database say what was approved; whoever may write them can make one up. So each is
held against the entry of the act that brought it (`audit.following`) before an order rests on it.
What has none is not signed, and the board says so until it is settled.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit import Act
from broadcaster.audit.following import FollowedTrail, Said
from broadcaster.bulletins.standing import newest_decision, rendition_sha256
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.tables import RefusedOrder
from broadcaster.emergency.notices import address_of_part
from broadcaster.emergency.orders import StandingOrder
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.tables import EmergencyAuthorisation
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.schedule.pages import BoardNotice
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.web.language import msgid

log = structlog.get_logger()

SHOWN_FOR = timedelta(days=7)
"""How long the board speaks of an order that nobody put right."""


class Unvouched(StrEnum):
    """What the trail does not know."""

    APPROVAL = "approval"
    EXCEPTION = "exception"
    EMERGENCY = "emergency"
    TALK = "talk"


WORDS: Mapping[str, str] = {
    Unvouched.APPROVAL: msgid(
        "Nhật ký không có lần duyệt này. Hãy duyệt lại và chạy “loa ledger verify”."
    ),
    Unvouched.EXCEPTION: msgid(
        "Nhật ký không có lần cho phép này. Hãy xếp lịch lại và chạy “loa ledger verify”."
    ),
    Unvouched.EMERGENCY: msgid(
        "Nhật ký không có lệnh hay lần giao quyền này. Hãy ra lệnh lại và chạy “loa ledger verify”."
    ),
    Unvouched.TALK: msgid(
        "Nhật ký không có giấy phép hay lần xin này. Hãy xin lại và chạy “loa ledger verify”."
    ),
}
"""What the board says of each, and what to do next."""


def unvouched_in(session: Session, trail: FollowedTrail, broadcast: Broadcast) -> Unvouched | None:
    """What the trail does not know of all that a broadcast rests on; None where nothing is."""
    bulletin = session.get_one(Bulletin, broadcast.bulletin_id)
    decision = newest_decision(session, bulletin)
    if decision is None or not _is_approved(session, trail, decision):
        return Unvouched.APPROVAL
    if broadcast.override_person and broadcast.override_reason:
        schedule = session.get_one(Schedule, broadcast.schedule_id)
        said = trail.said(session, Act.QUIET_HOURS_OVERRIDDEN, schedule.id)
        if not _is_allowed(said, schedule, decision):
            return Unvouched.EXCEPTION
    return None


def _is_approved(session: Session, trail: FollowedTrail, decision: Approval) -> bool:
    """Whether this decision, on exactly this sound, stands in the trail, and so for each part."""
    rendition = session.get_one(Rendition, decision.rendition_id)
    if not trail.is_newest_decision(session, decision):
        return False
    said = trail.said(session, Act.BULLETIN_APPROVED, rendition.id)
    # An entry from before sounds were named whole says nothing of languages and repeats.
    whole = said.details.get("rendition_sha256") if said is not None else None
    if whole is not None and whole != rendition_sha256(rendition):
        return False
    fallback = (rendition.relay or {}).get("fallback")
    parts = [*rendition.parts, *([fallback] if fallback else [])]
    return all(_part_is_approved(session, trail, part.get("bulletin_id") or "") for part in parts)


def _part_is_approved(session: Session, trail: FollowedTrail, bulletin_id: str) -> bool:
    if not bulletin_id:
        return True
    bulletin = session.get_one(Bulletin, bulletin_id)
    decision = newest_decision(session, bulletin)
    return decision is not None and trail.is_newest_decision(session, decision)


def _is_allowed(said: Said | None, schedule: Schedule, decision: Approval) -> bool:
    """Whether quiet hours were asked for, and allowed by whom the schedule names, or who approved.

    The trail binds who allowed it for which schedule. Its hours are the schedule's.
    """
    if said is None:
        return False
    allowed_by = said.details.get("allowed_by", "")
    if allowed_by != (schedule.override_by or ""):
        return False
    return bool(allowed_by) or to_ms(decision.decided_at) >= said.at_ms


def emergency_is_vouched(session: Session, trail: FollowedTrail, each: StandingOrder) -> bool:
    """Whether its giver's authorisation and the giver's own order, in these words, are entries."""
    emergency = each.emergency
    if each.part.kind == PartKind.FINAL:
        act, by, words = Act.EMERGENCY_ENDED, emergency.ended_by, emergency.final_words
        authorisation_id = emergency.final_authorisation_id
    else:
        act, by, words = Act.EMERGENCY_ORDERED, emergency.given_by, emergency.words
        authorisation_id = emergency.authorisation_id
    authorisation = session.get(EmergencyAuthorisation, authorisation_id)
    said = trail.said(session, act, emergency.id)
    if authorisation is None or said is None or said.by != by:
        return False
    # What an entry from before does not hold is not compared; an alarm says words of its own.
    kept = {} if each.part.kind == PartKind.ALARM else {"words_sha256": sha256_of(words)}
    if act is Act.EMERGENCY_ORDERED:
        kept |= {"hazard": emergency.hazard, "authorisation": emergency.authorisation_id}
    if any(said.details.get(name, value) != value for name, value in kept.items()):
        return False
    if act is Act.EMERGENCY_ORDERED and said.details.get("drill") is not emergency.drill:
        return False
    return trail.vouches_for(session, authorisation)


def talk_is_vouched(
    session: Session, trail: FollowedTrail, talk: LiveTalk, *, clusters: Sequence[str]
) -> bool:
    """Whether its permit and its speaker's asking, for these clusters, are entries."""
    permit = session.get(LivePermit, talk.permit_id)
    said = trail.said(session, Act.TALK_OPENED, talk.id)
    if permit is None or said is None or said.by != talk.speaker_id:
        return False
    asked = {
        "permit": talk.permit_id,
        "clusters": " ".join(sorted(clusters)),
        "longest_ms": talk.longest_ms,
    }
    if any(said.details.get(name) != value for name, value in asked.items()):
        return False
    if talk.override_person and talk.override_reason:
        exception = trail.said(session, Act.QUIET_HOURS_OVERRIDDEN, talk.id)
        if exception is None or exception.by != talk.speaker_id:
            return False
    return trail.vouches_for(session, permit)


class Look:
    """The look at the trail of one pass: what it knows is not asked twice, what it refuses is kept.

    It follows the trail first (a statement) and reads what is refused (another).
    """

    def __init__(
        self, session: Session, trail: FollowedTrail, *, station_id: str, now: datetime
    ) -> None:
        self._session, self._trail, self._station_id, self._now = session, trail, station_id, now
        self._seen: dict[str, bool] = {}
        self._known: dict[str, bool] = {}
        trail.follow(session)
        rows = session.exec(
            select(RefusedOrder).where(
                RefusedOrder.station_id == station_id, col(RefusedOrder.settled_at).is_(None)
            )
        )
        self._open = {row.about: row for row in rows}

    def once(self, about: str, ask: Callable[[], bool]) -> bool:
        """What `ask` says of it: asked once in a pass, also of what goes to 250 clusters."""
        if about not in self._known:
            self._known[about] = ask()
        return self._known[about]

    def broadcast(self, broadcast: Broadcast) -> bool:
        """Whether a broadcast that is approved by its rows is so by the trail."""
        if broadcast.id not in self._seen:
            lacking = unvouched_in(self._session, self._trail, broadcast)
            self._note(broadcast.id, title=broadcast.title, lacking=lacking)
        return self._seen[broadcast.id]

    def emergency(self, each: StandingOrder) -> bool:
        """Whether an emergency that is authorised by its rows is so by the trail."""
        if each.part.id not in self._seen:
            holds = emergency_is_vouched(self._session, self._trail, each)
            lacking = None if holds else Unvouched.EMERGENCY
            self._note(each.part.id, title=each.title, lacking=lacking)
        return self._seen[each.part.id]

    def talk(self, talk: LiveTalk, *, clusters: Sequence[str]) -> bool:
        """Whether a talk that is permitted by its rows is so by the trail."""
        holds = talk_is_vouched(self._session, self._trail, talk, clusters=clusters)
        self._note(talk.id, title=talk.title, lacking=None if holds else Unvouched.TALK)
        return holds

    def _note(self, about: str, *, title: str, lacking: Unvouched | None) -> None:
        self._seen[about] = lacking is None
        row = self._open.get(about)
        if lacking is None and row is not None:
            row.settled_at = self._now
            self._session.add(row)
            del self._open[about]
        elif lacking is not None and row is None:
            log.error("order_without_an_entry_not_signed", about=about, because=str(lacking))
            self._open[about] = self._refused(about, title=title, lacking=lacking)

    def _refused(self, about: str, *, title: str, lacking: Unvouched) -> RefusedOrder:
        row = self._session.get(RefusedOrder, about) or RefusedOrder(
            about=about, station_id=self._station_id, title=title, because=lacking,
            refused_at=self._now,
        )  # fmt: skip
        row.title, row.because = title, lacking
        row.refused_at, row.settled_at = self._now, None
        self._session.add(row)
        self._session.flush()
        return row


def refusal_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """What the board says of orders that were refused, to whoever sees the station."""
    if not viewer.may(Right.SEE_STATION):
        return ()
    rows = session.exec(
        select(RefusedOrder)
        .where(
            RefusedOrder.station_id == station_id,
            col(RefusedOrder.settled_at).is_(None),
            col(RefusedOrder.refused_at) > now - SHOWN_FOR,
        )
        .order_by(col(RefusedOrder.refused_at), col(RefusedOrder.about))
    ).all()
    return [
        BoardNotice(
            title=msgid("Không ký lệnh phát"),
            text=row.title,
            named=True,
            at=row.refused_at,
            href=_address_of(session, row.about),
            urgent=True,
            icon="warning",
            why=WORDS[row.because],
        )
        for row in rows
    ]


def _address_of(session: Session, about: str) -> str:
    return address_of_part(session, about) or f"/broadcasts/{about}"
