"""The demonstration commune can be seen on a map: each of its poles stands somewhere of its own."""

from pathlib import Path

from sqlmodel import select

from broadcaster.demo.state import open_demo
from broadcaster.fleet.tables import Device
from broadcaster.settings import load_settings
from tests.chain import DEVICES


def test_every_pole_of_the_demonstration_has_its_place(tmp_path: Path) -> None:
    """No two stand in one place, and all within what one commune measures (some 10 km)."""
    database, _ = open_demo(load_settings(state_dir=tmp_path / "var", database_url=""))
    with database.reading() as session:
        poles = session.exec(select(Device)).all()
    database.dispose()
    places = {(pole.latitude, pole.longitude) for pole in poles}
    north = [pole.latitude for pole in poles if pole.latitude is not None]
    east = [pole.longitude for pole in poles if pole.longitude is not None]

    assert len(places) == len(north) == len(east) == DEVICES
    assert max(north) - min(north) < 0.1
    assert max(east) - min(east) < 0.1
