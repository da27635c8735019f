"""How much one device may say: a flood from one pole must not fill the disk of all the others.

What goes beyond is not stored and not receipted, so an honest device says it again later and
nothing is lost; an honest pole's whole month is some megabytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from broadcaster.wire import Delivery

AT_ONCE_BYTES = 32_000_000
"""What a device may bring at once, after a long absence or a resync."""

BYTES_A_SECOND = 500.0
"""How fast what it used comes back: 43 MB a day."""

_DEVICES_KEPT = 10_000


@dataclass(slots=True)
class _Account:
    left_bytes: float
    at_s: float


@dataclass(slots=True)
class Allowance:
    """What is left to each speaker, by topic; the broker sees to it that a topic is its owner's."""

    at_once_bytes: int = AT_ONCE_BYTES
    bytes_a_second: float = BYTES_A_SECOND
    _accounts: dict[str, _Account] = field(default_factory=dict)

    def within(self, deliveries: Sequence[Delivery], *, now_s: float) -> list[Delivery]:
        """Those deliveries whose speakers have not used up what they may; `now_s` is monotonic."""
        return [each for each in deliveries if self._takes(each, now_s=now_s)]

    def _takes(self, delivery: Delivery, *, now_s: float) -> bool:
        account = self._account(delivery.topic, now_s=now_s)
        if account.left_bytes < len(delivery.payload):
            return False
        account.left_bytes -= len(delivery.payload)
        return True

    def _account(self, topic: str, *, now_s: float) -> _Account:
        account = self._accounts.get(topic)
        if account is None:
            if len(self._accounts) >= _DEVICES_KEPT:
                self._accounts.clear()
            account = self._accounts[topic] = _Account(self.at_once_bytes, now_s)
        gained = (now_s - account.at_s) * self.bytes_a_second
        account.left_bytes = min(account.left_bytes + gained, float(self.at_once_bytes))
        account.at_s = now_s
        return account
