"""How a station stands, in figures: read at each scrape, as many whatever the number of poles.

No figure names a person, a village or a device.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, case, func, literal_column, select
from sqlmodel import Session, col

from broadcaster import __version__
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.leading import is_led
from broadcaster.dispatch.outbox import unpublished_since
from broadcaster.emergency.tables import Emergency, EmergencySound
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.ledger.play_state import OPEN, STOPPED_BY_ORDER, Outcome, PlayState, outcome_of
from broadcaster.ledger.storage import storage_away
from broadcaster.ledger.tables import ALERTS, HEADS, MARKS, PLAYS
from broadcaster.monitoring.exposition import Family, Sample, by_label
from broadcaster.settings import OWED_AUDIO
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.machine import newest_backup
from broadcaster.watching.tables import WatchedTrouble
from broadcaster.webhooks.kinds import State
from broadcaster.webhooks.tables import Webhook, WebhookDelivery

DAY = timedelta(days=1)
_WHOLE = (PlayState.CONFIRMED, PlayState.RELAYED)


def families(
    session: Session, *, station_id: str, state_dir: Path, now: datetime
) -> Iterator[Family]:
    """Every metric, in the order in which they are documented."""
    yield Family("loa_build_info", "The version that runs.", [Sample(1, {"version": __version__})])
    yield from _processes(session, station_id, state_dir, now)
    yield from _queues(session, state_dir, now)
    yield from _on_air(session, station_id, now)
    yield from _devices(session, station_id)
    yield from _ledger(session, station_id, now)
    yield from _webhooks(session, station_id, now)
    yield from _disk(state_dir)
    yield from _watched(session, station_id)


def _one(name: str, words: str, value: float) -> Family:
    return Family(name, words, [Sample(value)])


def _processes(
    session: Session, station_id: str, state_dir: Path, now: datetime
) -> Iterator[Family]:
    led = is_led(session, station_id=station_id)
    yield _one("loa_schedule_led", "Whether a process leads the schedule: 1 or 0.", int(led))
    away = storage_away(state_dir, now=now)
    yield _one(
        "loa_ingest_storage_away_seconds",
        "For how long the ingests could store nothing; 0 when they can.",
        _seconds(now - away.since) if away else 0,
    )
    yield _one("process_resident_memory_bytes", "Memory of the site's process.", _resident_bytes())
    yield _one(
        "process_open_fds", "Files and connections that the site's process holds open.", _open_fds()
    )


def _queues(session: Session, state_dir: Path, now: datetime) -> Iterator[Family]:
    waits_since = unpublished_since(session)
    yield _one(
        "loa_publishing_lag_seconds",
        "For how long the oldest signed plan or configuration waits for the broker; 0 for none.",
        _seconds(now - waits_since) if waits_since else 0,
    )
    unmade = select(func.count()).where(col(EmergencySound.rendered_at).is_(None))
    yield _one(
        "loa_sounds_waiting",
        "Sounds of emergencies that are still to be made.",
        session.execute(unmade).scalar_one(),
    )
    yield _one(
        "loa_sounds_owed",
        "Sounds that an S3 store has not taken yet; 0 where audio is kept in a folder.",
        len(list((state_dir / OWED_AUDIO).glob("*.mp3"))),
    )
    yield _one(
        "loa_rollups_waiting",
        "Changes that the figures of months and years do not hold yet.",
        session.execute(select(func.count()).select_from(MARKS)).scalar_one(),
    )


def _on_air(session: Session, station_id: str, now: datetime) -> Iterator[Family]:
    """The plays of the last day: by pole, and by broadcast, talk or part of an emergency."""
    whole = case((PLAYS.c.state.in_(_WHOLE), 1), else_=0)
    waits = case((PLAYS.c.state.in_(OPEN), 1), else_=0)
    stopped = case((func.coalesce(PLAYS.c.code, "") == STOPPED_BY_ORDER, 1), else_=0)
    within = and_(PLAYS.c.starts_at > now - DAY, PLAYS.c.starts_at <= now)
    ours = PLAYS.join(Device.__table__, col(Device.id) == PLAYS.c.device_id)  # type: ignore[attr-defined]
    rows = session.execute(
        select(func.count(), func.sum(whole), func.sum(waits), func.sum(stopped))
        .select_from(ours)
        .where(within, col(Device.station_id) == station_id)
        .group_by(PLAYS.c.broadcast_id)
    )
    items = Counter(dict.fromkeys(("confirmed", "short", "stopped", "pending"), 0))
    for asked, confirmed, open_, cut in rows:
        items[_standing(asked, confirmed, open_, cut)] += 1
    yield Family(
        "loa_broadcasts_last_day",
        "Broadcasts, talks and parts of emergencies that began in the last 24 hours, by outcome.",
        by_label("outcome", items),
    )
    heard = PLAYS.c.played_ms > literal_column("0")  # in two places of a statement
    plays: Counter[str] = Counter(dict.fromkeys((each.value for each in Outcome), 0))
    del plays[Outcome.UNVERIFIABLE]  # of poles that cannot confirm there is no play
    for state, is_heard, count in session.execute(
        select(PLAYS.c.state, heard, func.count())
        .select_from(ours)
        .where(within, col(Device.station_id) == station_id)
        .group_by(PLAYS.c.state, heard)
    ):
        plays[outcome_of(state, played_ms=1 if is_heard else 0).value] += count
    yield Family(
        "loa_plays_last_day",
        "What single loudspeakers were asked to play in the last 24 hours, by outcome.",
        by_label("outcome", plays),
    )
    drills: Counter[str] = Counter({"false": 0, "true": 0})
    for drill, count in session.execute(
        select(col(Emergency.drill), func.count())
        .where(
            col(Emergency.station_id) == station_id,
            col(Emergency.ended_at).is_(None),
            col(Emergency.repeats_until) > now,
        )
        .group_by(col(Emergency.drill))
    ):
        drills["true" if drill else "false"] += count
    yield Family(
        "loa_emergencies_running",
        "Emergencies and drills that nobody has ended.",
        by_label("drill", drills),
    )


def _standing(asked: int, confirmed: int, waits: int, stopped: int) -> str:
    if waits:
        return "pending"
    if stopped:
        return "stopped"
    return "confirmed" if confirmed == asked else "short"


def _devices(session: Session, station_id: str) -> Iterator[Family]:
    online = col(DeviceStatus.online)
    rows = session.execute(
        select(online, func.count())
        .select_from(Device)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id), isouter=True)
        .where(col(Device.station_id) == station_id, col(Device.retired_at).is_(None))
        .group_by(online)
    )
    counted: Mapping[bool | None, int] = {said: count for said, count in rows}  # noqa: C416 - typed
    yield Family(
        "loa_devices",
        "Loudspeakers in service, by what their connection says.",
        by_label(
            "state",
            {
                "online": counted.get(True, 0),
                "silent": counted.get(False, 0),
                "never_heard": counted.get(None, 0),
            },
        ),
    )


def _ledger(session: Session, station_id: str, now: datetime) -> Iterator[Family]:
    owed = session.execute(
        select(func.count())
        .select_from(ALERTS)
        .join(Device, col(Device.id) == ALERTS.c.device_id)
        .where(ALERTS.c.resolved_at.is_(None), col(Device.station_id) == station_id)
    ).scalar_one()
    yield _one("loa_alerts_open", "Loudspeakers that owe their word on a broadcast.", owed)
    waiting = [state for state in OPEN if state is not PlayState.STARTED]
    late = session.execute(
        select(func.min(PLAYS.c.start_due_at)).where(
            PLAYS.c.state.in_(waiting), PLAYS.c.start_due_at <= now
        )
    ).scalar_one()
    yield _one(
        "loa_ledger_lag_seconds",
        "For how long the oldest deadline has passed without being looked at; seconds are usual.",
        _seconds(now - late) if late else 0,
    )
    newest = session.execute(
        select(func.max(HEADS.c.moved_at))
        .select_from(HEADS)
        .join(Device, col(Device.id) == HEADS.c.device_id)
        .where(col(Device.station_id) == station_id)
    ).scalar_one()
    yield _one(
        "loa_ledger_newest_confirmation_timestamp_seconds",
        "When the newest confirmation was stored, in Unix seconds; 0 before the first.",
        to_ms(newest) / 1000 if newest else 0,
    )


def _webhooks(session: Session, station_id: str, now: datetime) -> Iterator[Family]:
    in_use = and_(
        col(Webhook.id) == col(WebhookDelivery.webhook_id),
        col(Webhook.station_id) == station_id,
        col(Webhook.retired_at).is_(None),
    )
    counts: Counter[str] = Counter(dict.fromkeys((each.value for each in State), 0))
    for state, count in session.execute(
        select(col(WebhookDelivery.state), func.count())
        .join(Webhook, in_use)
        .group_by(col(WebhookDelivery.state))
    ):
        counts[state] += count
    yield Family(
        "loa_webhook_deliveries",
        "Deliveries of the last 30 days to addresses in use, by how they stand.",
        by_label("state", counts),
    )
    due = session.execute(
        select(func.min(col(WebhookDelivery.next_at)))
        .join(Webhook, in_use)
        .where(col(WebhookDelivery.state) == State.WAITING, col(WebhookDelivery.next_at) <= now)
    ).scalar_one()
    yield _one(
        "loa_webhook_lag_seconds",
        "For how long the oldest delivery that is due has not been tried; 0 for none.",
        _seconds(now - due) if due else 0,
    )


def _disk(state_dir: Path) -> Iterator[Family]:
    usage = shutil.disk_usage(state_dir)
    yield _one("loa_disk_free_bytes", "Free space where the station keeps its state.", usage.free)
    yield _one("loa_disk_size_bytes", "All space there.", usage.total)


def _watched(session: Session, station_id: str) -> Iterator[Family]:
    at = newest_backup(session)
    yield _one(
        "loa_backup_newest_timestamp_seconds",
        "When the station was last backed up, in Unix seconds; 0 before the first.",
        to_ms(at) / 1000 if at else 0,
    )
    counts: Counter[str] = Counter(dict.fromkeys((each.value for each in Trouble), 0))
    for kind, count in session.execute(
        select(col(WatchedTrouble.kind), func.count())
        .where(col(WatchedTrouble.station_id) == station_id, col(WatchedTrouble.ended_at).is_(None))
        .group_by(col(WatchedTrouble.kind))
    ):
        counts[kind] += count
    yield Family(
        "loa_troubles_open",
        "What is wrong now, as far as the process that leads the schedule noticed, by kind.",
        by_label("kind", counts),
    )


def _seconds(lasts: timedelta) -> float:
    return max(lasts.total_seconds(), 0.0)


def _resident_bytes() -> int:
    """What `VmRSS` says: the kernel tells it in units of 1,024 bytes."""
    status = Path("/proc/self/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def _open_fds() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
