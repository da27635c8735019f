"""What is made ready before it is needed: the alarms, and the messages as they are offered."""

from datetime import datetime

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.emergency.hazards import HAZARDS, WARNINGS
from broadcaster.emergency.sounds import NEEDED_SOME_DAY, want
from broadcaster.emergency.words import message_script, template_message


def make_ready(session: Session, *, station: Station, now: datetime) -> None:
    """Want the sounds of all alarms and offered messages; done when somebody is authorised."""
    for words in WARNINGS.values():
        want(session, words, urgency=NEEDED_SOME_DAY, now=now)
    for drill in (False, True):
        for hazard in HAZARDS.values():
            words = template_message(hazard, commune=station.commune)
            if words:
                script = message_script(words, drill=drill)
                want(session, script, urgency=NEEDED_SOME_DAY, now=now)
