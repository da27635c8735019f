"""What was to be heard in one broadcast: when, where, which words and sound, and who approved.

Everything comes from the records of that day: later edits of the bulletin change nothing here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Cluster, Village
from broadcaster.bulletins.tables import Approval, Rendition
from broadcaster.errors import NotFound
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.voices.credits import credit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """One person's approval of exactly these words and this sound."""

    approver: str
    decided_at: datetime
    over_warnings: bool
    over_missing: bool
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSound:
    """What follows the words where a language of its own is spoken."""

    language: str
    village: str
    duration_ms: int
    audio_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayFacts:
    """What was passed on, and what filled in when nothing came (or '')."""

    source: str
    level: str
    url: str
    stall_timeout_ms: int
    fallback_title: str
    fallback_audio_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastFacts:
    """One broadcast as it was planned; of a relay nobody knows the sound, so its hash is ''.

    `airtime_ms` is the whole of it on the cluster where it lasts longest, recordings in other
    languages included.
    """

    broadcast_id: str
    bulletin_id: str
    schedule_id: str
    title: str
    topic: str
    priority: int
    starts_at: datetime
    duration_ms: int
    airtime_ms: int
    not_after: datetime
    audio_sha256: str
    spoken: str
    is_replay: bool
    recordings: Sequence[LanguageSound]
    relay: RelayFacts | None
    credit: str
    engine: str
    sanction: Sanction | None
    override_person: str | None
    override_reason: str | None
    cancelled_at: datetime | None
    stopped_at: datetime | None
    stopped_by: str
    clusters: Sequence[tuple[str, str]]

    @property
    def ends_at(self) -> datetime:
        """When the sound ends if it starts when it should."""
        return self.starts_at + timedelta(milliseconds=self.airtime_ms)

    @property
    def latest_end(self) -> datetime:
        """When the sound ends at the latest, if it starts as late as it may."""
        return self.not_after + timedelta(milliseconds=self.airtime_ms)

    @property
    def audio_address(self) -> str:
        """Where the approved sound can be heard; empty for a relay."""
        return _address(self.audio_sha256) if self.audio_sha256 else ""

    def may_be_on_air(self, now: datetime) -> bool:
        """Whether a device may be playing it now, and nobody has stopped it."""
        standing = self.cancelled_at is None and self.stopped_at is None
        return standing and self.starts_at <= now <= self.latest_end

    def is_cancelled(self) -> bool:
        """Whether it was withdrawn before it began."""
        return self.cancelled_at is not None and self.cancelled_at <= self.starts_at


def broadcast_facts(
    session: Session, broadcast_id: str, *, station_id: str, villages: Collection[str] | None
) -> BroadcastFacts:
    """What is known of a broadcast; raise NotFound also where none of it is in view."""
    broadcast = session.get(Broadcast, broadcast_id)
    clusters = _clusters_in_view(session, broadcast_id, station_id=station_id, villages=villages)
    if broadcast is None or not clusters:
        raise NotFound(broadcast_id)
    rendition = session.get_one(Rendition, broadcast.rendition_id)
    return BroadcastFacts(
        broadcast_id=broadcast.id,
        bulletin_id=broadcast.bulletin_id,
        schedule_id=broadcast.schedule_id,
        title=broadcast.title,
        topic=broadcast.topic,
        priority=broadcast.priority,
        starts_at=broadcast.starts_at,
        duration_ms=broadcast.duration_ms,
        airtime_ms=broadcast.slot_ms,
        not_after=broadcast.not_after,
        audio_sha256="" if broadcast.relay else broadcast.audio_sha256,
        spoken=_spoken(broadcast, rendition),
        is_replay=broadcast.is_replay,
        recordings=[_language(each) for each in broadcast.recordings],
        relay=_relay(broadcast.relay) if broadcast.relay else None,
        credit=credit_of(rendition.engine),
        engine=rendition.engine,
        sanction=_sanction(session, broadcast),
        override_person=broadcast.override_person,
        override_reason=broadcast.override_reason,
        cancelled_at=broadcast.cancelled_at,
        stopped_at=broadcast.stopped_at,
        stopped_by=_person(session, broadcast.stopped_by),
        clusters=clusters,
    )


def _person(session: Session, account_id: str | None) -> str:
    return display_names(session, [account_id]).get(account_id, "") if account_id else ""


def _spoken(broadcast: Broadcast, rendition: Rendition) -> str:
    """The words of this broadcast: those of a replay first tell when they were issued."""
    if broadcast.is_replay and rendition.replay:
        return str(rendition.replay["spoken"])
    return rendition.spoken


def _language(recording: Mapping[str, Any]) -> LanguageSound:
    return LanguageSound(
        language=recording["language"],
        village=recording["village"],
        duration_ms=recording["duration_ms"],
        audio_address=_address(recording["audio_sha256"]),
    )


def _relay(relay: Mapping[str, Any]) -> RelayFacts:
    fallback = relay["fallback"]
    return RelayFacts(
        source=relay["source"],
        level=relay["level"],
        url=relay["url"],
        stall_timeout_ms=relay["stall_timeout_ms"],
        fallback_title=fallback["title"] if fallback else "",
        fallback_audio_address=_address(fallback["audio_sha256"]) if fallback else "",
    )


def _address(sha256: str) -> str:
    return f"/audio/{sha256}.mp3"


def _clusters_in_view(
    session: Session, broadcast_id: str, *, station_id: str, villages: Collection[str] | None
) -> list[tuple[str, str]]:
    wanted = (
        select(Cluster.id, Cluster.name)
        .join(BroadcastOrder, col(BroadcastOrder.cluster_id) == col(Cluster.id))
        .where(BroadcastOrder.broadcast_id == broadcast_id, Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id))
    )
    if villages is not None:
        theirs = select(Village.cluster_id).where(col(Village.id).in_(villages))
        wanted = wanted.where(col(Cluster.id).in_(theirs))
    return [(id_, name) for id_, name in session.exec(wanted)]


def _sanction(session: Session, broadcast: Broadcast) -> Sanction | None:
    """The newest approval of the rendition that had been given when the broadcast was planned."""
    found = session.exec(
        select(Approval, Account.display_name)
        .join(Account, col(Account.id) == col(Approval.approver_id))
        .where(
            Approval.rendition_id == broadcast.rendition_id,
            col(Approval.approved),
            col(Approval.decided_at) <= broadcast.planned_at,
        )
        .order_by(col(Approval.decided_at).desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    approval, name = found
    return Sanction(
        approver=name,
        decided_at=approval.decided_at,
        over_warnings=approval.over_warnings,
        over_missing=approval.over_missing,
        comment=approval.comment,
    )
