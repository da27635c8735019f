"""`loa alerts`: what the pages do with alerts, at the station's machine."""

from datetime import datetime
from pathlib import Path

from broadcaster.alerts.desk import bring, standing_of
from broadcaster.alerts.exporting import messages_of
from broadcaster.alerts.feeds import add_feed, feeds_of, find_feed, retire_feed, trust
from broadcaster.alerts.intake import content_of
from broadcaster.alerts.polling import poll_one
from broadcaster.alerts.writing import write_alert
from broadcaster.database import Database
from broadcaster.emergency.ending import find_emergency
from broadcaster.settings import Settings


def imported(
    database: Database, settings: Settings, file: Path, *, station_id: str, now: datetime
) -> str:
    """Keep an alert of a file, and say how it stands; raise what `bring` raises."""
    taken = bring(
        database,
        file.read_bytes(),
        state_dir=settings.state_dir,
        station_id=station_id,
        by=None,
        now=now,
    )
    with database.reading() as session:
        state = standing_of(session, taken.row, now=now)
    alert = content_of(taken.row)
    known = "" if taken.new else " (đã có / known already)"
    info = alert.infos[0] if alert.infos else None
    lines = [
        f"{taken.row.id}{known}: {alert.msg_type} {alert.status} {taken.row.signed} → {state}",
        f"  {alert.sender},{alert.identifier}",
    ]
    if info is not None:
        lines.append(f"  {info.severity} {info.headline or info.event}")
    return "\n".join(lines) + "\n"


def feed_added(
    database: Database,
    settings: Settings,
    *,
    name: str,
    url: str,
    must_be_signed: bool,
    certificates: list[Path],
    station_id: str,
    now: datetime,
) -> str:
    """Put a feed on the list with those whom it may be signed by; its id."""
    with database.writing() as session:
        feed_id = add_feed(
            session, name=name, url=url, must_be_signed=must_be_signed,
            station_id=station_id, by=None, now=now,
        ).id  # fmt: skip
        # Inside the transaction: a feed whose certificate cannot be used is not kept.
        kept = [trust(settings.state_dir, feed_id, each) for each in certificates]
    return "\n".join([feed_id, *(f"  {each}" for each in kept)]) + "\n"


def feeds_told(database: Database, *, station_id: str) -> str:
    """The feeds in use, and how each stands."""
    with database.reading() as session:
        feeds = feeds_of(session, station_id=station_id)
    lines = []
    for each in feeds:
        signed = " [phải ký / signed]" if each.must_be_signed else ""
        answered = each.answered_at.isoformat(timespec="seconds") if each.answered_at else "–"
        trouble = f" {each.trouble}" if each.trouble else ""
        lines.append(f"{each.id} {each.name}{signed}\n  {each.url}\n  {answered}{trouble}\n")
    return "".join(lines) or "Chưa có nguồn nào. / No feeds.\n"


def feed_retired(database: Database, feed_id: str, *, station_id: str, now: datetime) -> str:
    """Ask a feed no more; raise UnknownFeed."""
    with database.writing() as session:
        retire_feed(session, feed_id, station_id=station_id, by=None, now=now)
    return f"{feed_id}\n"


def feeds_polled(
    database: Database, settings: Settings, feed_id: str, *, station_id: str, now: datetime
) -> tuple[str, bool]:
    """Ask one feed, or all of them; what each brought, and whether all answered well."""
    with database.reading() as session:
        feeds = (
            [find_feed(session, feed_id, station_id=station_id)]
            if feed_id
            else list(feeds_of(session, station_id=station_id))
        )
    lines, is_well = [], True
    for each in feeds:
        done = poll_one(
            database, each.id, state_dir=settings.state_dir, station_id=station_id,
            now=lambda: now,
        )  # fmt: skip
        is_well &= not done.trouble
        lines.append(
            f"{each.id} {each.name}: +{len(done.new)}"
            f"{f', từ chối / refused {len(done.refused)}' if done.refused else ''}"
            f"{f', {done.trouble}' if done.trouble else ''}\n"
        )
    return "".join(lines), is_well


def exported(database: Database, emergency_id: str, *, station_id: str) -> list[tuple[str, bytes]]:
    """The messages of an emergency, each under its identifier; raise UnknownEmergency."""
    with database.reading() as session:
        emergency = find_emergency(session, emergency_id, station_id=station_id)
        messages = messages_of(session, emergency)
    return [(each.identifier, write_alert(each)) for each in messages]
