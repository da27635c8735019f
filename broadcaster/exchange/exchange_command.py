"""`loa exchange`: what the page does with the link, at the station's machine."""

import json
from datetime import datetime

from broadcaster.database import Database
from broadcaster.exchange.link import save_link, switch, try_link
from broadcaster.exchange.rounds import exchange_once
from broadcaster.exchange.shapes import ExchangeOut
from broadcaster.exchange.shown import exchange_shown
from broadcaster.exchange.wording import OUTGOING
from broadcaster.settings import Settings


def told(database: Database, settings: Settings, *, station_id: str, as_json: bool) -> str:
    """How the link stands, and how much waits to go up."""
    with database.reading() as session:
        shown = exchange_shown(session, station_id=station_id, keys_dir=settings.keys_dir)
    if as_json:
        return json.dumps(ExchangeOut.of(shown).model_dump(mode="json"), ensure_ascii=False) + "\n"
    link = shown.link
    if link is None:
        return "Chưa nối với tỉnh. / Not linked.\n"
    lines = [
        f"{link.address} {link.source_id}",
        f"  {'Đang bật / On' if link.is_on else 'Đang tắt / Off'}"
        f"{f', {link.trouble}' if link.trouble else ''}",
    ]
    lines += [
        f"  {OUTGOING[each.kind]}: {each.waiting}"
        f"{f', tỉnh không nhận / refused {each.refused}' if each.refused else ''}"
        for each in shown.outgoing
    ]
    lines.append(f"  Chờ xem / To look at: {sum(each.waits for each in shown.lines)}")
    return "\n".join(lines) + "\n"


def linked(
    database: Database,
    settings: Settings,
    *,
    address: str,
    source_id: str,
    target_id: str,
    secret: str,
    station_id: str,
    now: datetime,
) -> str:
    """Keep where the province's system is; raise a BadInput that names what is wrong."""
    with database.writing() as session:
        save_link(
            session,
            address=address,
            source_id=source_id,
            target_id=target_id,
            secret=secret,
            keys_dir=settings.keys_dir,
            station_id=station_id,
            by=None,
            now=now,
        )
    return told(database, settings, station_id=station_id, as_json=False)


def tested(database: Database, settings: Settings, *, station_id: str, now: datetime) -> str:
    """Ask whether it is there; raise what is wrong."""
    wrong = try_link(database, keys_dir=settings.keys_dir, station_id=station_id, by=None, now=now)
    if wrong is not None:
        raise wrong
    return "Tỉnh đã trả lời và nhận ra đài. / The province answered and knows this station.\n"


def switched(
    database: Database, settings: Settings, *, is_on: bool, station_id: str, now: datetime
) -> str:
    """Switch it on or off; raise NotLinked or NotTested."""
    with database.writing() as session:
        switch(session, is_on=is_on, station_id=station_id, by=None, now=now)
    return told(database, settings, station_id=station_id, as_json=False)


def sent(
    database: Database, settings: Settings, *, station_id: str, now: datetime
) -> tuple[str, bool]:
    """Do one round now; what it did, and whether it went well."""
    done = exchange_once(
        database, keys_dir=settings.keys_dir, station_id=station_id, now=lambda: now
    )
    words = (
        f"Đã gửi / Sent {done.sent}, tỉnh không nhận / refused {done.refused}, "
        f"đã nhận / received {len(done.received)}"
        f"{', đang nghỉ chờ thử lại / pausing' if done.paused else ''}"
        f"{f', {done.trouble}' if done.trouble else ''}\n"
    )
    return words, not (done.trouble or done.paused)
