"""The broker without the station: hands this process over to the program that does the work.

The station knows of devices only the contract, so it does not load the broker; it becomes it, and
signals and the exit code are the broker's own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from broadcaster.fleet.broker_settings import http_settings
from broadcaster.fleet.broker_token import broker_token
from broadcaster.fleet.credentials import write_registry
from broadcaster.processes.handing_over import become as hand_over
from broadcaster.processes.opening import founded_station
from broadcaster.settings import Settings

BROKER, MOSQUITTO = "devices.broker", "devices.broker.for_mosquitto"


def become(module: str, options: Sequence[tuple[str, object | None]]) -> NoReturn:
    """Run another program in this one's place, with those options that have a value or hold."""
    given: list[str] = []
    for name, value in options:
        if value is True:
            given.append(name)
        elif value is not None and value is not False:
            given += [name, str(value)]
    hand_over(module, ["--in-words", *given])


def registry_of(settings: Settings, *, given: Path | None) -> Path:
    """The file of users: the one given, or the founded station's, written anew.

    Raises NotFounded.
    """
    if given is not None:
        return given
    with founded_station(settings) as (database, _), database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    return settings.registry_file


def told_http_settings(settings: Settings) -> str:
    """What makes a broker of another make ask this station, with the token in it.

    Raises NotFounded.
    """
    with founded_station(settings):
        token = broker_token(settings.keys_dir)
    outside = settings.station_url
    base = outside if outside.startswith("https:") else f"http://127.0.0.1:{settings.port}"
    return http_settings(base, token=token)
