"""What the pages show of talks and permits, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import RIGHTS, Right
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster
from broadcaster.live.permits import permit_of, standing_permits
from broadcaster.live.speaking import Because
from broadcaster.live.tables import LiveOrder, LiveTalk
from broadcaster.live.talks import BEGIN_WITHIN, newest_talks, running_talk
from broadcaster.web.language import msgid

RECENT = 10

WORDS_OF_END = {
    Because.FINISHED: msgid("Đã nói xong."),
    Because.STOPPED: msgid("Có người đã dừng."),
    Because.CANCELLED: msgid(
        "Người nói đã hủy trước khi nói. Loa nào đã nhận lệnh mở thì được lệnh đóng lại."
    ),
    Because.LONGEST: msgid("Đã hết thời lượng tối đa."),
    Because.SOURCE_SILENT: msgid("Micro không còn tiếng nên đã tự dừng."),
    Because.SOURCE_UNREADABLE: msgid("Không đọc được âm thanh của micro nên đã dừng."),
    Because.BROKER_LOST: msgid("Mất máy chủ MQTT nên đã dừng. Loa tự im lặng."),
    Because.NOT_OPENED: msgid("Lệnh mở loa không gửi đi được. Chưa phát gì."),
    Because.NOT_PERMITTED: msgid("Giấy phép không còn hiệu lực. Chưa phát gì."),
    Because.LOST: msgid("Mất kết nối với micro nên đã dừng. Loa tự im lặng."),
}

KEPT_WITHIN = timedelta(minutes=5)
"""How long the making of a recording may take before its page says that there is none."""

NOTHING_SAID = msgid("Chưa nói được gì.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitShown:
    """A permit that holds, with names."""

    permit_id: str
    name: str
    granted_by: str
    valid_until: datetime
    quiet_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkShown:
    """A talk, with names, as of now."""

    talk_id: str
    title: str
    speaker_id: str
    speaker: str
    clusters: Sequence[str]
    longest_ms: int
    said_ms: int
    asked_at: datetime
    starts_at: datetime | None
    ended_at: datetime | None
    override_person: str | None
    override_reason: str | None
    bulletin_id: str | None
    state: str
    end_words: str = ""
    is_unkept: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state == "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePageShown:
    """What the page of live talks shows to one person."""

    may_speak: bool
    permit_until: datetime | None
    running: TalkShown | None
    talks: Sequence[TalkShown]
    permits: Sequence[PermitShown]
    candidates: Sequence[tuple[str, str]]


def live_page(
    session: Session, *, station_id: str, account_id: str, now: datetime
) -> LivePageShown:
    """Who speaks, who spoke, who may speak."""
    permit = permit_of(session, account_id, station_id=station_id, now=now)
    running = running_talk(session, station_id=station_id)
    talks = newest_talks(session, station_id=station_id, limit=RECENT)
    return LivePageShown(
        may_speak=permit is not None,
        permit_until=permit.valid_until if permit else None,
        running=talk_shown(session, running, now=now) if running else None,
        talks=[talk_shown(session, each, now=now) for each in talks if each.ended_at is not None],
        permits=_permits(session, station_id=station_id, now=now),
        candidates=_candidates(session, station_id=station_id, but=account_id),
    )


def talk_shown(session: Session, talk: LiveTalk, *, now: datetime) -> TalkShown:
    """A talk in words."""
    clusters = session.exec(
        select(Cluster.name)
        .join(LiveOrder, col(LiveOrder.cluster_id) == col(Cluster.id))
        .where(LiveOrder.talk_id == talk.id)
        .order_by(col(Cluster.position), col(Cluster.name))
    ).all()
    return TalkShown(
        talk_id=talk.id,
        title=talk.title,
        speaker_id=talk.speaker_id,
        speaker=display_names(session, [talk.speaker_id])[talk.speaker_id],
        clusters=clusters,
        longest_ms=talk.longest_ms,
        said_ms=talk.said_ms,
        asked_at=talk.asked_at,
        starts_at=talk.starts_at,
        ended_at=talk.ended_at,
        override_person=talk.override_person,
        override_reason=talk.override_reason,
        bulletin_id=talk.bulletin_id,
        state=_state(talk, now=now),
        end_words=_end_words(talk),
        is_unkept=_is_unkept(talk, now=now),
    )


def _end_words(talk: LiveTalk) -> str:
    """Why it ended; one that ended by itself before a word was spoken was not spoken."""
    if not talk.ended_because:
        return ""
    because = Because(talk.ended_because)
    if because is Because.FINISHED and not talk.said_ms:
        return NOTHING_SAID
    return WORDS_OF_END[because]


def _is_unkept(talk: LiveTalk, *, now: datetime) -> bool:
    """Whether something was said of which no recording is there, nor will be."""
    if talk.ended_at is None or not talk.said_ms or talk.bulletin_id is not None:
        return False
    return now - talk.ended_at > KEPT_WITHIN


def _state(talk: LiveTalk, *, now: datetime) -> str:
    """`asked`, `opening`, `on_air` or `over`."""
    if talk.ended_at is not None:
        return "over"
    if talk.begun_at is None:
        return "asked" if now - talk.asked_at <= BEGIN_WITHIN else "over"
    return "on_air" if talk.starts_at is not None and now >= talk.starts_at else "opening"


def _permits(session: Session, *, station_id: str, now: datetime) -> Sequence[PermitShown]:
    standing = standing_permits(session, station_id=station_id, now=now)
    people = {each.account_id for each in standing} | {each.granted_by for each in standing}
    names = display_names(session, people)
    return [
        PermitShown(
            permit_id=each.id,
            name=names[each.account_id],
            granted_by=names[each.granted_by],
            valid_until=each.valid_until,
            quiet_reason=each.quiet_reason,
        )
        for each in standing
    ]


def _candidates(session: Session, *, station_id: str, but: str) -> Sequence[tuple[str, str]]:
    """Whom a leader may let speak: everybody whose role could, but not himself."""
    roles = [role for role, rights in RIGHTS.items() if Right.SPEAK_LIVE in rights]
    rows = session.exec(
        select(Account.id, Account.display_name)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(
            RoleGrant.station_id == station_id,
            col(RoleGrant.role).in_(roles),
            col(Account.active),
            Account.id != but,
        )
        .distinct()
        .order_by(col(Account.display_name))
    ).all()
    return [(account_id, name) for account_id, name in rows]
