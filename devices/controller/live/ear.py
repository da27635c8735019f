"""Which live speech this device hears: the streams of the orders that it follows, and the keys."""

from collections.abc import Iterable

from nacl.signing import SigningKey

from devices.controller.admission import Refusal
from devices.controller.clock import Clock
from devices.controller.live.reception import MOST_WAITING_US, Reception
from devices.errors import UnaskedFrame
from devices.protocol.identity import Identity
from devices.protocol.live import stream_of, unwrap_key
from devices.protocol.messages import Live, Order


class Ear:
    """Takes frames for those streams that it was told to expect; all others it refuses.

    A device that `can_hear` nothing says so of each order, and never listens.
    """

    def __init__(self, *, identity: Identity, clock: Clock, can_hear: bool = True) -> None:
        self.can_hear = can_hear
        self._identity = identity
        self._clock = clock
        self._key: SigningKey = identity.signing_key
        self._receptions: dict[str, Reception] = {}

    def refusal(self, order: Order) -> Refusal | None:
        """Why this device could never play it, whatever its configuration says."""
        if not isinstance(order.live, Live):
            return None
        if not self.can_hear:
            return Refusal.UNSUPPORTED
        return None if self._session(order.live) is not None else Refusal.LIVE_KEY

    def expect(self, orders: Iterable[Order], *, stagger_ms: int) -> None:
        """Take the frames of these orders from now on, and of no others."""
        before, self._receptions = self._receptions, {}
        for order in orders:
            if isinstance(order.live, Live):
                known = before.get(order.live.stream)
                if known is not None:
                    self._receptions[order.live.stream] = known
                else:
                    self.reception(order, stagger_ms=stagger_ms)

    def take(self, message: bytes) -> None:
        """Take a frame; raise a ContractViolation for one that is not to be heard."""
        reception = self._receptions.get(stream_of(message))
        if reception is None:
            raise UnaskedFrame
        reception.take(message)

    def reception(self, order: Order, *, stagger_ms: int) -> Reception | None:
        """What comes of an order's stream, from now on; None where there is no key to it."""
        live = order.live
        if not isinstance(live, Live):
            return None
        if live.stream in self._receptions:
            return self._receptions[live.stream]
        session = self._session(live)
        if session is None:
            return None
        self._receptions[live.stream] = Reception(
            live=live,
            session=session,
            begins_us=(order.starts_at_ms + order.tone_ms) * 1_000,
            clock=self._clock,
            keeps_us=MOST_WAITING_US + stagger_ms * 1_000,
        )
        return self._receptions[live.stream]

    def _session(self, live: Live) -> bytes | None:
        return unwrap_key(
            live,
            station=self._identity.station,
            device=self._identity.device,
            device_key=self._key,
        )
