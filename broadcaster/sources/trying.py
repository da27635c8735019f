"""One trial at a time, whoever asks; no transaction is open while the source is listened to."""

import threading
from datetime import datetime

from broadcaster.database import Database
from broadcaster.fleet.behaviour import relay_hosts_of
from broadcaster.sources.desk import find_source, keep_finding
from broadcaster.sources.errors import TrialUnderWay
from broadcaster.sources.trial import Found, as_kept, try_source
from devices.reception.hosts import AllowedHosts

_AT_WORK = threading.Lock()


def try_and_keep(database: Database, source_id: str, *, station_id: str, now: datetime) -> Found:
    """Try a source and keep what was found; raise UnknownSource or TrialUnderWay."""
    with database.reading() as session:
        url = find_source(session, source_id, station_id=station_id).url
        allowed = AllowedHosts(hosts=frozenset(relay_hosts_of(session, station_id)))
    if not _AT_WORK.acquire(blocking=False):
        raise TrialUnderWay
    try:
        found = try_source(url, allowed=allowed)
    finally:
        _AT_WORK.release()
    with database.writing() as session:
        keep_finding(session, source_id, as_kept(found), url=url, now=now)
    return found
