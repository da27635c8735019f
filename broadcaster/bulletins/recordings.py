"""Recordings of a bulletin in other languages: a person's voice for a village, and what is missing.

Source: Decree 49/2024/NĐ-CP, content in the languages of local minorities. A recording belongs to
the script that it was made for. Every change makes a new rendition, so that what was approved is
exactly what will be heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.queries import KnownVillage, villages_of
from broadcaster.areas.tables import VillageLanguage
from broadcaster.audit import Act as AuditAct
from broadcaster.audit import record
from broadcaster.bulletins.errors import LanguageNotSpoken, RecordingMissing, UnknownBulletin
from broadcaster.bulletins.standing import current_rendition, held_bulletin, is_id, state_of
from broadcaster.bulletins.states import Act, after
from broadcaster.bulletins.tables import (
    Bulletin,
    BulletinEdit,
    BulletinKind,
    BulletinRecording,
    Rendition,
)
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database import new_id

log = structlog.get_logger(__name__)


class Recorded(Protocol):
    """A mastered recording in the audio store."""

    @property
    def sha256(self) -> str:
        """Its name in the store."""
        ...

    @property
    def size_bytes(self) -> int:
        """Its size."""
        ...

    @property
    def duration_ms(self) -> int:
        """Its length in milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A language in which a village must be able to hear a bulletin, and what there is of it."""

    village: KnownVillage
    language: str
    recording: BulletinRecording | None
    holds: bool

    @property
    def is_missing(self) -> bool:
        """Whether the village would hear nothing in this language."""
        return self.recording is None or not self.holds


def wanted_recordings(session: Session, bulletin: Bulletin) -> list[Wanted]:
    """What each village with a language of its own needs of this bulletin, in the area's order.

    A playlist plays the recordings of the bulletins in it and wants none itself; a relay has no
    words of its own.
    """
    if bulletin.vietnamese_only or bulletin.kind != BulletinKind.ITEM:
        return []
    spoken = _languages(session)
    newest = {(each.village_id, each.language): each for each in _kept(session, bulletin.id)}
    script = sha256_of(bulletin.script)
    return [
        Wanted(
            village=village,
            language=language,
            recording=(found := newest.get((village.id, language))),
            holds=found is not None and found.script_sha256 == script,
        )
        for village in villages_of(session, bulletin.station_id, only=spoken)
        for language in spoken[village.id]
    ]


def missing_recordings(session: Session, bulletin: Bulletin) -> list[Wanted]:
    """What an approver must know to be missing."""
    return [each for each in wanted_recordings(session, bulletin) if each.is_missing]


def missing_when_heard(session: Session, bulletin: Bulletin) -> list[Wanted]:
    """What villages will not hear in their own language: of a playlist, what its bulletins lack.

    That was accepted with each bulletin; for a playlist it only informs.
    """
    if bulletin.kind != BulletinKind.PLAYLIST:
        return missing_recordings(session, bulletin)
    sound = current_rendition(session, bulletin)
    ids = {part["bulletin_id"]: None for part in sound.parts} if sound else {}
    parts = [part for part in (session.get(Bulletin, id_) for id_ in ids) if part is not None]
    lacking = [each for part in parts for each in missing_recordings(session, part)]
    return list({(each.village.id, each.language): each for each in lacking}.values())


def is_as_shown(session: Session, bulletin: Bulletin, rendition: Rendition) -> bool:
    """Whether a rendition plays the recordings that its page shows, and no other.

    A village that gave a language up shows none, though a rendition from before still holds one.
    A playlist plays those of its bulletins.
    """
    of_its_own = bulletin.kind == BulletinKind.ITEM
    return not of_its_own or rendition.recordings == holding_recordings(session, bulletin)


def holding_recordings(session: Session, bulletin: Bulletin) -> list[dict[str, Any]]:
    """The recordings that hold for the script as it stands, as a rendition keeps them."""
    return [
        {
            "village_id": each.village.id,
            "village": each.village.name,
            "language": each.language,
            "audio_sha256": each.recording.audio_sha256,
            "audio_size_bytes": each.recording.audio_size_bytes,
            "duration_ms": each.recording.duration_ms,
        }
        for each in wanted_recordings(session, bulletin)
        if each.recording is not None and each.holds
    ]


def keep_recording(
    session: Session,
    bulletin_id: str,
    *,
    village_id: str,
    language: str,
    sound: Recorded,
    by: str,
    now: datetime,
) -> BulletinRecording:
    """Keep a village's recording of the script as it stands; an earlier one gives way.

    Whoever recorded it has a part in the bulletin and cannot approve it.
    Raises LanguageNotSpoken, UnknownBulletin; a playlist takes those of its bulletins.
    """
    bulletin = held_bulletin(session, bulletin_id)
    if bulletin.kind != BulletinKind.ITEM:
        raise UnknownBulletin
    if language not in _languages(session).get(village_id, ()):
        raise LanguageNotSpoken(field="language")
    return _replace(
        session,
        bulletin,
        AuditAct.RECORDING_KEPT,
        BulletinRecording(
            id=new_id("rec"),
            bulletin_id=bulletin.id,
            village_id=village_id,
            language=language,
            script_sha256=sha256_of(bulletin.script),
            audio_sha256=sound.sha256,
            audio_size_bytes=sound.size_bytes,
            duration_ms=sound.duration_ms,
            recorded_by=by,
            recorded_at=now,
        ),
        now=now,
    )


def confirm_recording(
    session: Session, bulletin_id: str, recording_id: str, *, by: str, now: datetime
) -> BulletinRecording:
    """Say that a recording made for earlier words holds for the script as it stands.

    Raises RecordingMissing, UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    old = _of(session, bulletin, recording_id)
    kept = old.model_dump(exclude={"id", "script_sha256", "recorded_by", "recorded_at"})
    script = sha256_of(bulletin.script)
    new = BulletinRecording(
        **kept, id=new_id("rec"), script_sha256=script, recorded_by=by, recorded_at=now
    )
    return _replace(session, bulletin, AuditAct.RECORDING_CONFIRMED, new, now=now)


def retire_recording(
    session: Session, bulletin_id: str, recording_id: str, *, by: str, now: datetime
) -> None:
    """No longer play a recording; whoever takes it away has a part in the bulletin.

    Raises RecordingMissing, UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    _of(session, bulletin, recording_id).retired_at = now
    session.add(
        BulletinEdit(
            bulletin_id=bulletin.id,
            account_id=by,
            title=bulletin.title,
            script=bulletin.script,
            edited_at=now,
        )
    )
    take_present_recordings(session, bulletin, now=now)
    record(
        session,
        AuditAct.RECORDING_RETIRED,
        by=by,
        about=bulletin.id,
        at=now,
        details={"recording": recording_id},
    )
    log.info("recording_retired", bulletin_id=bulletin.id, recording_id=recording_id, by=by)


def take_present_recordings(session: Session, bulletin: Bulletin, *, now: datetime) -> None:
    """The same words and sound with other recordings are another rendition, decided on anew."""
    session.flush()
    present = current_rendition(session, bulletin)
    if present is None or is_as_shown(session, bulletin, present):
        return
    recordings = holding_recordings(session, bulletin)
    after(state_of(session, bulletin), Act.RENDER)
    same = present.model_dump(exclude={"id", "recordings", "rendered_at"})
    rendition = Rendition(**same, id=new_id("ren"), recordings=recordings, rendered_at=now)
    session.add(rendition)
    bulletin.rendition_id, bulletin.submitted_at = rendition.id, None
    session.flush()


def _replace(
    session: Session,
    bulletin: Bulletin,
    act: AuditAct,
    new: BulletinRecording,
    *,
    now: datetime,
) -> BulletinRecording:
    for old in _kept(session, bulletin.id):
        if (old.village_id, old.language) == (new.village_id, new.language):
            old.retired_at = now
    session.add(new)
    take_present_recordings(session, bulletin, now=now)
    record(
        session,
        act,
        by=new.recorded_by,
        about=bulletin.id,
        at=now,
        details={
            "recording": new.id,
            "village": new.village_id,
            "language": new.language,
            "audio_sha256": new.audio_sha256,
        },
    )
    log.info("recording_kept", bulletin_id=bulletin.id, village_id=new.village_id)
    return new


def _of(session: Session, bulletin: Bulletin, recording_id: str) -> BulletinRecording:
    found = session.get(BulletinRecording, recording_id) if is_id(recording_id) else None
    if found is None or found.bulletin_id != bulletin.id or found.retired_at is not None:
        raise RecordingMissing
    return found


def _kept(session: Session, bulletin_id: str) -> Sequence[BulletinRecording]:
    return session.exec(
        select(BulletinRecording)
        .where(
            BulletinRecording.bulletin_id == bulletin_id,
            col(BulletinRecording.retired_at).is_(None),
        )
        .order_by(col(BulletinRecording.recorded_at), col(BulletinRecording.id))
    ).all()


def _languages(session: Session) -> dict[str, list[str]]:
    rows = session.exec(select(VillageLanguage).order_by(col(VillageLanguage.language))).all()
    spoken: dict[str, list[str]] = {}
    for row in rows:
        spoken.setdefault(row.village_id, []).append(row.language)
    return spoken
