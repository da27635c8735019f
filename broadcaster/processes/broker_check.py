"""Whether the station may run with a broker of another make: one that drops is refused."""

import time
from collections.abc import Callable

import structlog

from broadcaster.errors import LoaError
from broadcaster.fleet.credentials import load_wire_secret
from broadcaster.fleet.probe import PROBE, probe_topic
from broadcaster.processes.broker_probe import MESSAGES, try_out
from broadcaster.processes.errors import BrokerDrops, BrokerUntried
from broadcaster.processes.opening import founded_station
from broadcaster.settings import Settings
from broadcaster.wire import BrokerUnreachable, parse_broker_url

log = structlog.get_logger()

AGAIN_AFTER_S = 60.0


def check_broker(settings: Settings) -> None:
    """Raise BrokerDrops when the broker's limits would lose confirmations.

    Raises BrokerUntried when it does not let the probe in, BrokerUnreachable when it is too slow
    to tell, NotFounded without a station. The embedded broker is not tried: it keeps 5,000.
    """
    if settings.embedded_broker:
        return
    with founded_station(settings) as (_, station_id):
        login = load_wire_secret(settings, station_id=station_id, role=PROBE)
    begun = time.monotonic()
    kept = try_out(
        parse_broker_url(settings.broker_url),
        login=login,
        topic=probe_topic(station_id),
        ca=settings.device_ca,
    )
    log.info("broker_tried", kept=kept, seconds=round(time.monotonic() - begun, 2))
    if kept < MESSAGES:
        raise BrokerDrops(sent=MESSAGES, kept=kept)


def told_check(settings: Settings) -> str:
    """The same for a person who asks; raises as `check_broker`."""
    check_broker(settings)
    if settings.embedded_broker:
        return (
            "✓ Máy chủ MQTT kèm theo không cần thử; --broker để thử máy chủ khác.\n"
            "  The embedded broker needs no trial; --broker tries another.\n"
        )
    return (
        f"✓ Máy chủ MQTT giữ đủ {MESSAGES} tin.\n"
        f"  The MQTT broker kept all of {MESSAGES} messages.\n"
    )


class BrokerTrial:
    """Tries the broker out at the start, and again now and then until it has been found out.

    A station whose broker is not there yet runs all the same; it must not run on with one that
    comes later and drops.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[LoaError], None],
        check: Callable[[Settings], None] = check_broker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._say = say
        self._check = check
        self._clock = clock
        self._found_out = False
        self._said = False
        self._next_at = clock()

    def beat(self) -> None:
        """Try if it is time; raise BrokerDrops. That it could not be tried is said once."""
        if self._found_out or self._clock() < self._next_at:
            return
        try:
            self._check(self._settings)
            self._found_out = True
        except BrokerUntried as error:
            if not self._said:
                self._say(error)
            self._said = True
        except BrokerUnreachable as error:
            log.info("broker_not_tried", reason=error.detail)
        self._next_at = self._clock() + AGAIN_AFTER_S
