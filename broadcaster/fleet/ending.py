"""The end of a device that was stolen, broken or taken down: key and login end at once."""

from datetime import datetime

import structlog

from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.fleet.credentials import write_registry
from broadcaster.fleet.registry import device_in_service, retire
from broadcaster.settings import Settings

log = structlog.get_logger()


def end_device(
    database: Database,
    settings: Settings,
    device_id: str,
    *,
    station_id: str,
    by: str,
    now: datetime,
) -> None:
    """Retire a device for good; raise UnknownDevice for one that is not in service.

    From the commit on the ledger takes no word of it, and from the broker's next look at its file
    nobody logs in by its name; what the broker retains for it is taken back by the dispatch.
    """
    with database.writing() as session:
        device_in_service(session, device_id, station_id=station_id, locked=True)
        retire(session, device_id, now=now)
        record(session, Act.DEVICE_RETIRED, by=by, about=device_id, at=now)
    log.warning("device_ended", device_id=device_id, by=by)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
