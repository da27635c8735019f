"""What a point has at hand: the station, the line, the audio, and ways to look at the device."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from devices.conformance.audio import AudioHouse
from devices.conformance.door import Door
from devices.conformance.heard import Heard
from devices.conformance.sounds import Sound, silence
from devices.conformance.station import Member, Station, unix_ms
from devices.protocol.chain import entry_hash
from devices.protocol.orders import Order, Plan, Priority
from devices.protocol.reports import Confirmation, Kind, Status

SOON_MS = 4_000
"""How far ahead a play is planned: a device fetches with jitter, and prepares 2.5 s before."""

FAR_MS = 3_600_000
CACHED_WITHIN_S = 45.0
"""A device waits up to 30 s before it fetches what is needed later."""

PADDING_MS = 150
"""What a decoder adds at the ends of files."""

HEARS_WITHIN_S = 15.0
PLAYS_WITHIN_S = 20.0
PUNCTUAL_US = 100_000
"""How far from the planned instant a first sample may be, beside what the device itself states."""


class PointFailed(Exception):
    """The device did not do what this point asks; the message says what it did."""


class PointNotRun(Exception):
    """This point cannot be tried here; the message says what is missing."""


@dataclass
class Bench:
    """One device under test."""

    station: Station
    house: AudioHouse
    door: Door | None
    restart: Callable[[], None] | None = None
    run: str = field(default_factory=lambda: f"{unix_ms():x}")
    _count: int = 0

    @property
    def heard(self) -> Heard:
        """What the device said."""
        return self.station.heard

    @property
    def line(self) -> Door:
        """The line, where it can be cut; else PointNotRun."""
        if self.door is None:
            raise PointNotRun("behind TLS the line cannot be cut")
        return self.door

    def power_cycle(self) -> None:
        """Cut the device's power, and give it back; PointNotRun where the suite cannot."""
        if self.restart is None:
            raise PointNotRun("give --restart, a command that cuts the device's power")
        self.restart()

    def sound(self, duration_ms: int = 1_000, *, served: bool = True) -> Sound:
        """Audio that the device has never had."""
        sound = silence(duration_ms, serial=f"{self.run}-{self._next()}")
        return self.house.add(sound) if served else sound

    def order(self, *sounds: Sound, after_ms: int = SOON_MS, **fields: Member) -> Order:
        """An order of a fresh id, usually of a second of sound, a little ahead."""
        starts_at_ms = unix_ms() + after_ms
        name = f"o-{self.run}-{self._next()}"
        usual: dict[str, Any] = {
            "id": name,
            "broadcast": name,
            "priority": Priority.NORMAL,
            "starts_at_ms": starts_at_ms,
            "not_after_ms": starts_at_ms + 60_000,
            "items": tuple(sound.item for sound in sounds or (self.sound(),)),
        }
        return Order(**(usual | fields))

    def is_ours(self, order_id: str | None) -> bool:
        """Whether an order is one of this run."""
        return order_id is not None and order_id.startswith(f"o-{self.run}-")

    def plan(self, *orders: Order, **fields: Member) -> Plan:
        """Publish a plan, and wait until the device follows it."""
        plan = self.station.plan(*orders, **fields)
        self.station.say(plan)
        self.expect(
            lambda: self.status.plan_version == plan.version,
            "the status shows the new plan_version",
        )
        return plan

    def configure(self, **fields: Member) -> None:
        """Publish a configuration, and wait until the device follows it."""
        config = self.station.config(**fields)
        self.station.cluster = config.cluster
        self.station.say(config)
        self.expect(
            lambda: self.status.config_version == config.version,
            "the status shows the new config_version",
        )

    @property
    def status(self) -> Status:
        """The device's newest status; PointFailed where it never said one."""
        if not self.heard.statuses:
            raise PointFailed("the device never said its status")
        return self.heard.statuses[-1]

    def expect(
        self, holds: Callable[[], Any], what: str, *, within_s: float = HEARS_WITHIN_S
    ) -> None:
        """Wait until this holds; PointFailed names it otherwise."""
        if not self.station.wait_for(holds, within_s=within_s):
            raise PointFailed(f"within {within_s:g} s: {what}")

    def hears(
        self, order: Order, kind: Kind, *, code: str | None = None, within_s: float = PLAYS_WITHIN_S
    ) -> Confirmation:
        """Wait for one confirmation about an order."""

        def found() -> Confirmation | None:
            said = self.heard.of(order.id, repeat=order.repeat)
            return next((e for e in said if e.kind is kind and e.code == code), None)

        told = f"{kind}({code})" if code else str(kind)
        if not self.station.wait_for(found, within_s=within_s):
            raise PointFailed(f"no {told} within {within_s:g} s; heard {self._told(order)}")
        heard = found()
        assert heard is not None  # noqa: S101 — nothing heard is ever forgotten
        return heard

    def silent_about(self, *orders: Order) -> None:
        """PointFailed if anything at all was said of these orders."""
        for order in orders:
            if self.heard.of(order.id, repeat=order.repeat):
                raise PointFailed(f"said of a forged order: {self._told(order)}")

    def never(self, order: Order, *kinds: Kind) -> None:
        """PointFailed if one of these was said of an order."""
        found = set(self.heard.kinds(order.id)) & set(kinds)
        if found:
            raise PointFailed(f"heard {self._told(order)}")

    def marked(self, *, by_now: bool = False) -> Order:
        """Have the device hear of a harmless order; all that was published before it is dealt with.

        By a plan or by a `now`, whose topics a broker may deliver one before the other.
        """
        order = self.order(self.sound(), after_ms=FAR_MS)
        if by_now:
            self.station.say(self.station.now(order=order))
        else:
            self.station.say(self.station.plan(order))
        self.hears(order, Kind.RECEIVED)
        return order

    def punctual(self, order: Order, first_sample_at_us: int | None) -> None:
        """PointFailed unless the first sample left at the planned instant."""
        if first_sample_at_us is None:
            raise PointFailed("no first_sample_at_us")
        late_us = first_sample_at_us - order.starts_at_ms * 1_000
        stated_ms = self.heard.batches[-1].clock.uncertainty_ms if self.heard.batches else None
        if abs(late_us) > PUNCTUAL_US + min(stated_ms or 0, 1_000) * 1_000:
            raise PointFailed(f"{late_us / 1_000:+.1f} ms from the planned instant")

    def counted_ms(self, *ends: Confirmation) -> float:
        """How much sound these ends count, in milliseconds; PointFailed where one counts none.

        A count that runs on over a cut begins where the one before it began: it holds that one.
        """
        counted: dict[int | None, float] = {}
        for each in ends:
            if each.samples is None or not each.sample_rate_hz:
                raise PointFailed(f"{each.kind} without samples and sample_rate_hz")
            this_ms = each.samples * 1_000 / each.sample_rate_hz
            begun = each.first_sample_at_us
            counted[begun] = max(counted.get(begun, 0.0), this_ms)
        return sum(counted.values())

    def whole(self, order: Order, *ends: Confirmation) -> None:
        """PointFailed unless these ends count all of the order's sound, and no more."""
        counted = self.counted_ms(*ends)
        if not 0.95 * order.duration_ms <= counted <= 1.05 * order.duration_ms + PADDING_MS:
            raise PointFailed(f"{counted:.0f} ms counted of {order.duration_ms} ms ordered")

    def settle(self) -> None:
        """Between two points: line open, receipts given, nothing planned, nothing playing."""
        if self.door is not None:
            self.door.mend()
        self.station.receipting = True
        self.station.answering = True
        with self.station.changed:
            self.station.receipt()

    def hash_at(self, seq: int) -> str:
        """The chain's hash at an entry that was heard."""
        return entry_hash(self.heard.entries[seq])

    def rest(self, seconds: float) -> None:
        """Let the device do in peace what it must not do."""
        time.sleep(seconds)

    def _told(self, order: Order) -> Sequence[str]:
        said = self.heard.of(order.id, repeat=order.repeat)
        return [f"{each.kind}({each.code})" if each.code else str(each.kind) for each in said]

    def _next(self) -> int:
        self._count += 1
        return self._count
