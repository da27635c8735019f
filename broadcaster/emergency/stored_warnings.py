"""Stored warnings: what each device keeps and says while an emergency's message is on its way.

Written by one person and approved by a leader who is another, for exactly its words and sound.
The one in force stays until the next is approved.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.database import new_id
from broadcaster.emergency.errors import (
    OwnWarning,
    UnknownHazard,
    UnknownWarning,
    WarningChanged,
    WarningNotRendered,
)
from broadcaster.emergency.hazards import WARNINGS
from broadcaster.emergency.log import Act, note
from broadcaster.emergency.sounds import NEEDED_SOON, want
from broadcaster.emergency.tables import EmergencySound, StoredWarning
from devices.protocol.configuration import StoredWarning as WarningOnDevice
from devices.protocol.messages import Item


def write_warning(
    session: Session, hazard: str, words: str, *, station_id: str, by: str, now: datetime
) -> StoredWarning:
    """Propose the words of a warning; what waited for its approval before gives way to it.

    `words` must have been checked (`raising.checked_words`). Raises UnknownHazard.
    """
    if hazard not in WARNINGS:
        raise UnknownHazard(field="hazard")
    sound = want(session, words, urgency=NEEDED_SOON, now=now)
    for waiting in _rows(session, station_id=station_id, hazard=hazard):
        if waiting.approved_at is None:
            _retire(session, waiting, by=by, now=now)
    row = StoredWarning(
        id=new_id("wrn"),
        station_id=station_id,
        hazard=hazard,
        words=words,
        script_sha256=sound.script_sha256,
        written_by=by,
        written_at=now,
    )
    session.add(row)
    session.flush()
    note(
        session, Act.WARNING_WRITTEN, station_id=station_id, at=now, by=by, detail=hazard,
        about=row.id, details={"hazard": hazard}, private={"words": words},
    )  # fmt: skip
    return row


def approve_warning(
    session: Session,
    warning_id: str,
    *,
    audio_sha256: str,
    station_id: str,
    by: str,
    now: datetime,
) -> StoredWarning:
    """Put a warning in force for exactly the sound that was heard; the one before is retired.

    Raises UnknownWarning, OwnWarning, WarningNotRendered or WarningChanged.
    """
    row = session.get(StoredWarning, warning_id)
    if row is None or row.station_id != station_id or row.retired_at is not None:
        raise UnknownWarning(warning_id)
    if row.written_by == by:
        raise OwnWarning
    sound = session.get_one(EmergencySound, row.script_sha256)
    if sound.rendered_at is None:
        raise WarningNotRendered
    if sound.audio_sha256 != audio_sha256:
        raise WarningChanged
    for before in _rows(session, station_id=station_id, hazard=row.hazard):
        if before.id != row.id and before.approved_at is not None:
            _retire(session, before, by=by, now=now)
    row.approved_by, row.approved_at = by, now
    session.flush()
    note(
        session, Act.WARNING_APPROVED, station_id=station_id, at=now, by=by, detail=row.hazard,
        about=row.id, details={"hazard": row.hazard, "audio_sha256": audio_sha256},
    )  # fmt: skip
    return row


def approved_warning(session: Session, hazard: str, *, station_id: str) -> StoredWarning | None:
    """The warning in force for a hazard."""
    rows = _rows(session, station_id=station_id, hazard=hazard)
    return next((row for row in rows if row.approved_at is not None), None)


def warnings_of(session: Session, *, station_id: str) -> Sequence[StoredWarning]:
    """What is in force or waits for its approval, the newest first."""
    return session.exec(
        select(StoredWarning)
        .where(StoredWarning.station_id == station_id, col(StoredWarning.retired_at).is_(None))
        .order_by(col(StoredWarning.written_at).desc(), col(StoredWarning.id))
    ).all()


def warnings_on_devices(session: Session, *, station_id: str) -> tuple[WarningOnDevice, ...]:
    """The warnings in force as they stand in every device's configuration, by hazard.

    What was not approved by somebody else than its writer does not stand there.
    """
    rows = session.exec(
        select(StoredWarning, EmergencySound)
        .join(
            EmergencySound,
            col(EmergencySound.script_sha256) == col(StoredWarning.script_sha256),
        )
        .where(
            StoredWarning.station_id == station_id,
            col(StoredWarning.retired_at).is_(None),
            col(StoredWarning.approved_by).is_not(None),
            col(StoredWarning.approved_by) != col(StoredWarning.written_by),
            col(EmergencySound.rendered_at).is_not(None),
            EmergencySound.script == StoredWarning.words,
        )
        .order_by(col(StoredWarning.hazard))
    ).all()
    return tuple(
        WarningOnDevice(
            hazard=row.hazard,
            item=Item(
                sha256=sound.audio_sha256,
                size_bytes=sound.audio_size_bytes,
                duration_ms=sound.duration_ms,
                title=f"Cảnh báo: {row.hazard}",
            ),
        )
        for row, sound in rows
    )


def _retire(session: Session, row: StoredWarning, *, by: str, now: datetime) -> None:
    """It gives way to another, by the act of whoever wrote or approved that one."""
    row.retired_at = now
    note(
        session, Act.WARNING_RETIRED, station_id=row.station_id, at=now, by=by, detail=row.hazard,
        about=row.id, details={"hazard": row.hazard},
    )  # fmt: skip


def _rows(session: Session, *, station_id: str, hazard: str) -> Sequence[StoredWarning]:
    return session.exec(
        select(StoredWarning).where(
            StoredWarning.station_id == station_id,
            StoredWarning.hazard == hazard,
            col(StoredWarning.retired_at).is_(None),
        )
    ).all()
