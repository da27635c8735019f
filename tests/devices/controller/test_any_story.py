"""Whatever happens, in whatever order: no number is missing, nothing plays twice or together."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from devices.controller.statements import ENDS
from devices.protocol.messages import Cue, Item, Kind, Order
from devices.simulation.simulated_time import SimulatedTimeLoop
from tests.devices.controller.pole import NOON_MS, Pole, make_order, make_plan, sent_entries
from tests.devices.sounds import tone

DURATIONS_MS = (1_000, 2_000, 3_000)


def with_cues(duration_ms: int) -> Item:
    """A file of that length; the longest is a programme of three parts."""
    item = tone(duration_ms).item
    if duration_ms < 3_000:
        return item
    cues = tuple(Cue(at_ms=at_ms, kind="bulletin") for at_ms in (0, 900, 2_500))
    return msgspec.structs.replace(item, cues=cues)


class AnyStory(RuleBasedStateMachine):
    """A pole to which plans, power cuts, receipts, lost links and time happen."""

    def __init__(self) -> None:
        """A fresh folder and a clock at noon."""
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.loop = SimulatedTimeLoop()
        self.version = 0
        self.plans: list[Any] = []

    def do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Let something happen in the pole's own time."""
        self.loop.run_until_complete(coroutine)

    @initialize()
    def install(self) -> None:
        """A device that has all audio within reach."""

        async def install() -> None:
            self.pole = Pole(self.home)
            self.pole.offer(*map(tone, DURATIONS_MS))
            await self.pole.switch_on()

        self.do(install())

    @rule(
        orders=st.lists(
            st.tuples(
                st.sampled_from(["a", "b", "c", "d"]),
                st.integers(0, 1),
                st.integers(-20, 30),
                st.integers(0, 40),
                st.integers(1, 3),
                st.sets(st.sampled_from(DURATIONS_MS), min_size=1, max_size=2),
            ),
            max_size=4,
            unique_by=lambda order: order[:2],
        )
    )
    def publish(self, orders: list[tuple[str, int, int, int, int, set[int]]]) -> None:
        """A new plan, around the present."""

        async def publish() -> None:
            now_s = (self.pole.clock.now_us() - NOON_MS * 1_000) / 1e6
            self.version += 1
            plan = make_plan(
                *(self.order(drawn, now_s=now_s) for drawn in orders), version=self.version
            )
            self.plans.append(plan)
            self.pole.hear(plan)

        self.do(publish())

    @staticmethod
    def order(drawn: tuple[str, int, int, int, int, set[int]], *, now_s: float) -> Order:
        """An order that may start within a window."""
        name, repeat, from_now_s, window_s, priority, durations_ms = drawn
        after_s = now_s + from_now_s
        starts_at_ms = NOON_MS + round(after_s * 1_000)
        return make_order(
            name,
            after_s=after_s,
            items=tuple(map(with_cues, sorted(durations_ms))),
            repeat=repeat,
            priority=priority,
            not_after_ms=starts_at_ms + window_s * 1_000,
        )

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """The broker delivers some earlier plan again."""
        if self.plans:
            plan = data.draw(st.sampled_from(self.plans))

            async def hear() -> None:
                self.pole.hear(plan)

            self.do(hear())

    @rule(seconds=st.floats(0.01, 40))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.do(asyncio.sleep(seconds))

    @rule(off_s=st.floats(0, 20))
    def power_fails(self, off_s: float) -> None:
        """The process is killed, and started again after a while."""

        async def fail() -> None:
            await self.pole.lose_power()
            await asyncio.sleep(off_s)
            await self.pole.switch_on()

        self.do(fail())

    @rule()
    def restart(self) -> None:
        """The process is ended and started again."""

        async def restart() -> None:
            await self.pole.switch_off()
            self.pole.link.connected = True
            await self.pole.switch_on()

        self.do(restart())

    @rule()
    def link_flaps(self) -> None:
        """The connection goes, or comes."""

        async def flap() -> None:
            self.pole.link.connected = not self.pole.link.connected
            if self.pole.link.connected:
                self.pole.controller.connected()

        self.do(flap())

    @rule(share=st.floats(0, 1), true=st.booleans())
    def receipt(self, share: float, true: bool) -> None:
        """The ledger receipts a part, or somebody pretends that it did."""
        seq = round(self.pole.journal.head.seq * share)
        if seq:

            async def hear() -> None:
                before = self.pole.journal.head.receipted_seq
                if true:
                    self.pole.hear_receipt(seq=seq)
                else:
                    self.pole.hear_receipt(seq=seq, chain="0" * 64)
                expected = max(before, seq) if true else before
                assert self.pole.journal.head.receipted_seq == expected

            self.do(hear())

    @invariant()
    def holds(self) -> None:
        """What may never be, is not."""
        if not hasattr(self, "pole"):
            return
        said = self.pole.journalled()
        counted = Counter((each.order, each.repeat, each.kind) for each in said)
        ends = Counter((each.order, each.repeat) for each in said if each.kind in ENDS)
        assert len(said) == self.pole.journal.head.seq
        assert all(count == 1 for (_, _, kind), count in counted.items() if kind is Kind.STARTED)
        assert all(count == 1 for count in ends.values())
        assert all(
            counted[each.order, each.repeat, Kind.STARTED]
            for each in said
            if each.kind in {Kind.ITEM_STARTED, Kind.FINISHED, Kind.CUT}
        )
        begun = Counter(
            (each.order, each.repeat, each.item, each.cue)
            for each in said
            if each.kind is Kind.ITEM_STARTED
        )
        assert all(count == 1 for count in begun.values())
        assert all(
            (each.first_sample_at_us or 0) < (end.last_sample_at_us or 0)
            for end in said
            if end.samples
            for each in said
            if each.kind is Kind.ITEM_STARTED
            and (each.order, each.repeat) == (end.order, end.repeat)
        )
        spans = sorted(
            (each.first_sample_at_us, each.last_sample_at_us)
            for each in said
            if each.samples and each.first_sample_at_us and each.last_sample_at_us
        )
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert all(len(bytes_) == 1 for bytes_ in sent_entries(self.pole.batches()).values())

    def teardown(self) -> None:
        """Everything that was said is sent in the end, and the folder goes."""
        if hasattr(self, "pole"):

            async def settle() -> None:
                self.pole.link.connected = True
                self.pole.controller.connected()
                await asyncio.sleep(1)
                sent = sent_entries(self.pole.batches())
                unreceipted = range(
                    self.pole.journal.head.receipted_seq + 1, self.pole.journal.head.seq + 1
                )
                assert set(unreceipted) <= sent.keys()
                await self.pole.switch_off()

            self.do(settle())
        self.loop.close()
        shutil.rmtree(self.home)


TestAnyStory = AnyStory.TestCase
TestAnyStory.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
