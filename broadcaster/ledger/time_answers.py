"""What time is it? The station's signed answer, given in the moment in which the question comes.

A device without a clock may play an emergency only after such an answer, and counts half of the
way there and back as its uncertainty: so nothing stands between question and answer, neither
deliveries that came before nor a database that is away. What is not answered here goes on to the
ingest, which says why not.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from nacl.signing import VerifyKey

from broadcaster.database.columns import to_ms
from broadcaster.keys import StationKeys
from broadcaster.ledger.allowance import Allowance
from broadcaster.wire import BrokerUnreachable, Delivery
from devices.errors import ContractViolation
from devices.protocol import topics
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.messages import Ask, TimeAnswer
from devices.protocol.topics import FromDevice, Upward, parse_from_device

log = structlog.get_logger()

# A question is some 500 octets: forty at once, then one a second.
_AT_ONCE_BYTES = 20_000
_ASKS = f"/{Upward.ASK}"
_BYTES_A_SECOND = 500.0


@dataclass(slots=True)
class TimeAnswers:
    """Answers the questions of the devices it knows; may be used from several threads."""

    station_id: str
    devices: Callable[[], Mapping[str, VerifyKey]]
    """The keys that are known without asking a database."""
    keys: Callable[[], StationKeys]
    now: Callable[[], datetime]
    publish: Callable[[str, bytes], object]
    """Hand a message to the broker without waiting; raises BrokerUnreachable."""
    allowance: Allowance = field(
        default_factory=lambda: Allowance(
            at_once_bytes=_AT_ONCE_BYTES, bytes_a_second=_BYTES_A_SECOND
        )
    )

    def answer(self, delivery: Delivery) -> bool:
        """Answer a good question; False for everything that somebody else has to look at.

        A device that asks too often, or a broker that is gone, leaves it without an answer: the
        device asks again.
        """
        if not delivery.topic.endswith(_ASKS):
            return False
        asked_by = _asker(delivery.topic)
        if asked_by is None or asked_by.station != self.station_id:
            return False
        key = self.devices().get(asked_by.device)
        if key is None:
            return False
        try:
            ask = open_from_device(
                delivery.payload, Ask, station=asked_by.station, device=asked_by.device, key=key
            )
        except ContractViolation:
            return False
        if self.allowance.within([delivery], now_s=time.monotonic()):
            self._say(ask)
        return True

    def _say(self, ask: Ask) -> None:
        signing_key = self.keys().signing_key
        answer = TimeAnswer(
            station=ask.station, device=ask.device, nonce=ask.nonce, at_ms=to_ms(self.now())
        )
        try:
            self.publish(
                topics.to_device(ask.station, ask.device),
                seal_message(answer, key=signing_key).encode(),
            )
        except BrokerUnreachable:
            log.info("time_not_answered", device_id=ask.device)


def _asker(topic: str) -> FromDevice | None:
    try:
        said_by = parse_from_device(topic)
    except ContractViolation:
        return None
    return said_by if said_by.what is Upward.ASK else None
