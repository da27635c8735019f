"""Queueing asks for approval in the same act: what has a place and a time is not forgotten."""

from sqlmodel import Session

from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import submit
from broadcaster.schedule.queue_form import QueueForm
from broadcaster.schedule.queueing import queue_bulletin
from broadcaster.schedule.tables import Schedule
from broadcaster.web.context import Context


def queue_and_submit(
    session: Session, *, station: Context, form: QueueForm, bulletin_id: str, by: Viewer
) -> Schedule:
    """Queue as the form says, and submit what nobody has been asked to approve yet.

    Raises what `queue_bulletin` and the form's own readings raise, each with its field.
    """
    now = station.now()
    schedule = queue_bulletin(
        session,
        form.wish(bulletin_id),
        by=by.account_id,
        now=now,
        station=session.get_one(Station, station.station_id),
    )
    submit(session, bulletin_id, by=by.account_id, now=now)
    return schedule
