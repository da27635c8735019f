"""From what somebody asked in an address to the report: period, scope, and what they may see."""

from datetime import date

from broadcaster.accounts.viewer import Viewer
from broadcaster.ledger.periods import Period, between, half_year, month_of, read_period
from broadcaster.reports.report import Report, make_report
from broadcaster.reports.scopes import Choices, Scope, choices, read_scope
from broadcaster.web.context import Context


def asked_report(
    station: Context, viewer: Viewer, period: Period, scope: str, *, first: int | None = None
) -> Report:
    """The report that this person asked for, as far as they may see; `first` as `make_report` has.

    Raises PeriodNotBegun, ReportTooLong and whatever `read_scope` raises.
    """
    in_view = viewer.villages_in_view()
    with station.database.reading() as session:
        chosen = read_scope(session, scope, station_id=station.station_id, in_view=in_view)
        return make_report(session, period, chosen, station=station, in_view=in_view, first=first)


def asked_period(
    station: Context, written: str, *, first: date | None = None, last: date | None = None
) -> Period:
    """Two days, or a period as addresses write it; else this month. Raises PeriodUnreadable."""
    if first and last:
        return between(first, last)
    return read_period(written) if written else month_of(station.today())


def scope_choices(station: Context, viewer: Viewer, *, cluster: str, chosen: Scope) -> Choices:
    """What this person may choose a report of, and what they chose; `choices` says of which."""
    with station.database.reading() as session:
        return choices(
            session, station_id=station.station_id, in_view=viewer.villages_in_view(),
            cluster=cluster, chosen=chosen.key,
        )  # fmt: skip


def due_period(day: date) -> Period:
    """The half year to be reported next: by 10 June the first, by 10 December the second."""
    return half_year(day.year, 1 if day.month <= 6 else 2)
