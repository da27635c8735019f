"""What `loa mail` says."""

from datetime import datetime

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.watching.errors import MailOff
from broadcaster.watching.letters import trial_letter
from broadcaster.watching.posting import mailbox_of, post


def tried(database: Database, settings: Settings, *, station_id: str, now: datetime) -> str:
    """Post a trial at once; raise MailOff or MailNotSent."""
    mailbox = mailbox_of(settings)
    if mailbox is None:
        raise MailOff
    with database.reading() as session:
        station = session.get_one(Station, station_id)
    letter = trial_letter(
        station_name=station.name, rehearsal=station.rehearsal, mailbox=mailbox, now=now
    )
    refused = post(letter, mailbox)
    taken = len(mailbox.recipients) - refused
    return f"✓ Máy chủ thư đã nhận thư cho {taken} người.\n  It was taken for {taken} people.\n"
