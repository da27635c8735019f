"""Whatever happens, in whatever order: no number is missing, nothing plays twice or together."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from devices.controller.playback import STARTED_LEAD_MS, STARTED_SPREAD_MS
from devices.errors import JournalUnusable
from devices.protocol.messages import (
    Config,
    Confirmation,
    Cue,
    Item,
    Kind,
    OnCut,
    OnReboot,
    Order,
    QuietHours,
    Stop,
    Tone,
)
from devices.simulation.simulated_time import SimulatedTimeLoop
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_order,
    make_plan,
    sent_entries,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

DURATIONS_MS = (1_000, 2_000, 3_000)
FINAL = {Kind.FINISHED, Kind.STOPPED, Kind.SKIPPED, Kind.FAILED}
SOUNDING = {Kind.STARTED, Kind.RESUMED, Kind.ITEM_STARTED}
ROUNDING_US = 100
"""What a stream's end is off by, whose pieces are counted in whole microseconds."""

NAMES = st.sampled_from(["a", "b", "c", "d"])
ORDERS = st.tuples(
    NAMES,
    st.integers(0, 1),
    st.integers(-20, 30),
    st.integers(0, 40),
    st.integers(1, 3),
    st.sets(st.sampled_from(DURATIONS_MS), min_size=1, max_size=3),
    st.sampled_from(OnCut),
    st.sampled_from(OnReboot),
    st.booleans(),
)
Drawn = tuple[str, int, int, int, int, set[int], OnCut, OnReboot, bool]


def with_cues(duration_ms: int) -> Item:
    """A file of that length; the longest is a programme of three parts."""
    item = tone(duration_ms).item
    if duration_ms < 3_000:
        return item
    cues = tuple(Cue(at_ms=at_ms, kind="bulletin") for at_ms in (0, 900, 2_500))
    return msgspec.structs.replace(item, cues=cues)


class AnyStory(RuleBasedStateMachine):
    """A pole to which plans, orders, stops, power cuts, full disks, lost links and time happen."""

    def __init__(self) -> None:
        """A fresh folder and a clock at noon."""
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.loop = SimulatedTimeLoop()
        self.version = 0
        self.sequence = 0
        self.plans: list[Any] = []
        self.nows: list[dict[str, Any]] = []
        self.configs: list[tuple[int, Config]] = []
        self.disk_is_full = False

    def do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Let something happen in the pole's own time."""
        self.loop.run_until_complete(coroutine)

    def hear(self, deliver: Callable[[], None]) -> None:
        """Let a message come; a disk that is full has it delivered again some day."""

        async def hear() -> None:
            with suppress(JournalUnusable):
                deliver()
            await asyncio.sleep(0)

        self.do(hear())

    @initialize()
    def install(self) -> None:
        """A device that has all audio within reach."""

        async def install() -> None:
            self.pole = Pole(self.home, config=None)
            self.pole.sink = self.sink = RecordingSink(clock=self.pole.clock)
            self.pole.offer(*map(tone, DURATIONS_MS))
            await self.pole.switch_on()

        self.do(install())
        self.configure(quiet=None, longest_ms=2_700_000)

    @rule(
        quiet=st.none() | st.tuples(st.integers(0, 12), st.integers(1, 3)),
        longest_ms=st.sampled_from([2_500, 2_700_000]),
    )
    def configure(self, quiet: tuple[int, int] | None, longest_ms: int) -> None:
        """Quiet hours of some minutes, or none; short plays only, or all."""
        begins, minutes = quiet or (0, 0)
        hours = QuietHours(begins=f"12:{begins:02}", ends=f"12:{begins + minutes:02}")
        config = make_config(
            version=len(self.configs) + 1, quiet_hours=hours, longest_play_ms=longest_ms
        )
        self.configs.append((self.pole.clock.now_us(), config))
        self.pole.config = config
        self.hear(lambda: self.pole.hear_config(config))

    @rule(orders=st.lists(ORDERS, max_size=4, unique_by=lambda order: order[:2]))
    def publish(self, orders: list[Drawn]) -> None:
        """A new plan, around the present, which knows of no order of the moment."""
        self.version += 1
        plan = make_plan(
            *map(self.order, orders), version=self.version, issued_at_ms=self.pole.now_ms
        )
        self.plans.append(plan)
        self.hear(lambda: self.pole.hear(plan))

    def order(self, drawn: Drawn) -> Order:
        """An order that may start within a window."""
        name, repeat, from_now_s, window_s, priority, durations_ms, on_cut, on_reboot, toned = drawn
        after_s = (self.pole.clock.now_us() - NOON_MS * 1_000) / 1e6 + from_now_s
        starts_at_ms = NOON_MS + round(after_s * 1_000)
        fields: dict[str, object] = {"on_cut": on_cut, "on_reboot": on_reboot}
        if toned:
            fields["tone"] = Tone(duration_ms=4_000)
        return make_order(
            name,
            after_s=after_s,
            items=tuple(map(with_cues, sorted(durations_ms))),
            repeat=repeat,
            priority=priority,
            not_after_ms=starts_at_ms + window_s * 1_000,
            **fields,
        )

    @rule(drawn=ORDERS, at_once=st.booleans())
    def order_now(self, drawn: Drawn, at_once: bool) -> None:
        """An order of the moment."""
        if at_once:
            drawn = (*drawn[:2], 0, *drawn[3:])  # type: ignore[assignment]
        self.say_now(order=self.order(drawn))

    @rule(name=NAMES, repeat=st.none() | st.integers(0, 1))
    def stop(self, name: str, repeat: int | None) -> None:
        """A stop of the moment."""
        self.say_now(stop=Stop(order=name, repeat=repeat, at_ms=self.pole.now_ms))

    def say_now(self, **fields: object) -> None:
        """The next sequence, good for half a minute."""
        self.sequence += 1
        at_ms = self.pole.now_ms
        said = {
            "sequence": self.sequence,
            "issued_at_ms": at_ms,
            "expires_at_ms": at_ms + 30_000,
        } | fields
        self.nows.append(said)
        self.hear(lambda: self.pole.hear_now(**said))  # type: ignore[arg-type]

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """The broker delivers something of earlier again."""
        if self.plans:
            plan = data.draw(st.sampled_from(self.plans))
            self.hear(lambda: self.pole.hear(plan))
        if self.nows:
            said = data.draw(st.sampled_from(self.nows))
            self.hear(lambda: self.pole.hear_now(**said))

    @rule(seconds=st.floats(0.01, 40))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.do(asyncio.sleep(seconds))

    @rule(seconds=st.floats(0.1, 40))
    def disk_is_full_for(self, seconds: float) -> None:
        """Nothing can be written for a while."""

        async def fill() -> None:
            self.pole.fill_disk()
            await asyncio.sleep(seconds)
            self.pole.empty_disk()

        self.do(fill())

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
    def what_is_said_is_one_story(self) -> None:
        """Numbered without a gap, each order told from its beginning to its one end."""
        if not hasattr(self, "pole"):
            return
        said = self.pole.journalled()
        assert len(said) == self.pole.journal.head.seq
        stories: dict[tuple[str | None, int], list[Confirmation]] = {}
        for each in said:
            if each.order is not None:
                stories.setdefault((each.order, each.repeat), []).append(each)
        for story in stories.values():
            check_story(story)
        assert all(len(bytes_) == 1 for bytes_ in sent_entries(self.pole.batches()).values())

    @invariant()
    def one_order_sounds(self) -> None:
        """No two streams overlap, tones and warnings included."""
        if hasattr(self, "pole"):
            takes = sorted(self.sink.takes, key=lambda take: take.begins_us)
            assert all(
                before.ends_us <= after.begins_us + ROUNDING_US for before, after in pairwise(takes)
            )

    @invariant()
    def quiet_hours_are_quiet(self) -> None:
        """Nothing begins in them; what was let begin before they were signed is heard out."""
        if not hasattr(self, "pole"):
            return
        settled_us = (STARTED_LEAD_MS + STARTED_SPREAD_MS) * 1_000
        for take in self.sink.takes:
            held = [each for at_us, each in self.configs if at_us <= take.begins_us - settled_us]
            if held and held[-1].version == self.held_at(take.begins_us).version:
                assert not is_quiet(held[-1].quiet_hours, take.begins_us)

    def held_at(self, at_us: int) -> Config:
        """The configuration in force."""
        return [each for since_us, each in self.configs if since_us <= at_us][-1]

    def teardown(self) -> None:
        """Everything that was said is sent in the end, and the folder goes."""
        if hasattr(self, "pole"):

            async def settle() -> None:
                self.pole.link.connected = True
                self.pole.controller.connected()
                await asyncio.sleep(10)
                head = self.pole.journal.head
                await asyncio.sleep(1)
                sent = sent_entries(self.pole.batches())
                assert set(range(head.receipted_seq + 1, head.seq + 1)) <= sent.keys()
                await self.pole.switch_off()

            self.do(settle())
        self.loop.close()
        shutil.rmtree(self.home)


def check_story(story: list[Confirmation]) -> None:
    """What is said of one order is what an order may do."""
    kinds = [each.kind for each in story]
    counted = Counter(kinds)
    assert counted[Kind.STARTED] <= 1
    assert counted[Kind.RECEIVED] <= 1
    assert sum(counted[kind] for kind in FINAL) <= 1
    assert not any(kind in FINAL for kind in kinds[:-1])
    for before, after in pairwise(kinds):
        if before is Kind.CUT:
            assert after in {Kind.RESUMED, Kind.STOPPED}
        if after in {Kind.ITEM_STARTED, Kind.CUT, Kind.FINISHED}:
            assert before in {*SOUNDING, Kind.TONE_STARTED} or after is Kind.CUT
        if after is Kind.RESUMED:
            assert before in {*SOUNDING, Kind.CUT}
        if after is Kind.TONE_STARTED:
            assert before not in SOUNDING
    check_counts(story)


def check_counts(story: list[Confirmation]) -> None:
    """Each part begins once, before what was heard of it; counts only grow, but over a reboot."""
    begun = Counter((each.item, each.cue) for each in story if each.kind is Kind.ITEM_STARTED)
    assert all(count == 1 for count in begun.values())
    samples = 0
    for each in story:
        if each.code == "rebooted":
            samples = 0
        if each.samples is not None:
            assert each.samples >= samples
            samples = each.samples


def is_quiet(quiet: QuietHours, at_us: int) -> bool:
    """Whether an instant lies in quiet hours that do not cross midnight."""
    local = datetime.fromtimestamp(at_us / 1e6, UTC).astimezone(ZoneInfo(quiet.zone)).time()
    return time.fromisoformat(quiet.begins) <= local < time.fromisoformat(quiet.ends)


TestAnyStory = AnyStory.TestCase
TestAnyStory.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
