"""Which alerts are the station's own: the board asks it in one look what each page asks in full."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from broadcaster.alerts.matching import concerning, proposal_of
from broadcaster.alerts.message import Alert, Area, Circle, Named
from broadcaster.alerts.tables import AlertPlaceCode
from tests.broadcaster.alerts.conftest import PLACES, Desk
from tests.broadcaster.alerts.made import alert, info
from tests.broadcaster.small_station import STATION_ID


def about(**area: object) -> Alert:
    """An alert about one area."""
    return alert(said=info(areas=(Area(**area),)))  # type: ignore[arg-type]


NAMED: Mapping[str, Alert] = {
    "ours by its name": about(description="Thôn Một và lưu vực sông Cầu"),
    "elsewhere": about(description="Thôn Mười Hai"),
    "ours by its code": about(description="x", geocodes=(Named("maxa", "10051"),)),
    "everywhere by its code": about(description="x", geocodes=(Named("maxa", "10052"),)),
    "another's code": about(description="Thôn Mười", geocodes=(Named("maxa", "99999"),)),
    "no words at all": replace(alert(), infos=()),
}
DRAWN: Mapping[str, Alert] = {
    "ours on the map": about(description="x", circles=(Circle(PLACES["v-1"], 2.0),)),
    "elsewhere on the map": about(description="Thôn Một", circles=(Circle((10.0, 100.0), 2.0),)),
}


@pytest.mark.parametrize("told", [NAMED, DRAWN, {**NAMED, **DRAWN}])
def test_one_look_says_what_each_proposal_says(desk: Desk, told: Mapping[str, Alert]) -> None:
    """By names alone, by codes, by places, and all of them together."""
    desk.place_villages()
    with desk.room.database.writing() as session:
        for value, village in (("10051", "v-2"), ("10052", None)):
            session.add(
                AlertPlaceCode(
                    id=f"apc-{value}",
                    station_id=STATION_ID,
                    list_name="maxa",
                    value=value,
                    village_id=village,
                )
            )
    day = desk.room.now().date()
    with desk.room.database.reading() as session:
        found = concerning(session, list(told.values()), station_id=STATION_ID, day=day)
        proposed = [
            proposal_of(session, each, station_id=STATION_ID, day=day).areas.village_ids
            for each in told.values()
        ]

    assert dict(zip(told, found, strict=True)) == {
        name: bool(villages) for name, villages in zip(told, proposed, strict=True)
    }
    assert set(found) == {True, False}
