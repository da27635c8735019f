"""A microphone at the station, heard at a pole: at once, in order, and no longer than allowed."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from devices.controller.live.reception import Reception
from devices.protocol import topics
from devices.protocol.messages import (
    Confirmation,
    Kind,
    OnCut,
    OnReboot,
    Order,
    Priority,
    QuietHours,
    QuietHoursOverride,
    Scope,
    Stop,
    Tone,
)
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    CLUSTER,
    DEVICE,
    DEVICE_KEY,
    NOON_MS,
    STATION,
    STATION_KEY,
    Pole,
    make_config,
    make_emergency,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink, Take
from tests.devices.sounds import tone
from tests.devices.speech import FRAME_MS, FRAME_SAMPLES, RATE_HZ, Speaker, spoken

LEAD_S = 1.0
"""How long before its beginning such an order is given."""


@dataclass
class Scene:
    """One pole, and whoever speaks to it; `skips` are numbers that get lost on the way."""

    pole: Pole
    sink: RecordingSink
    speaker: Speaker = field(
        default_factory=lambda: Speaker(STATION, {DEVICE: DEVICE_KEY.verify_key})
    )
    begins_ms: int = NOON_MS + round(LEAD_S * 1_000)
    number: int = 0

    def order(self, **fields: object) -> Order:
        """The order that opens the stream."""
        said = {
            name: fields.pop(name) for name in ("duration_s", "stall_timeout_ms") if name in fields
        }
        usual: dict[str, object] = {"after_s": LEAD_S, "live": self.speaker.live(**said)}
        return make_order("live", **(usual | fields))  # type: ignore[arg-type]

    def open(self, **fields: object) -> Order:
        """Give it."""
        order = self.order(**fields)
        self.begins_ms = order.starts_at_ms + order.tone_ms
        self.pole.hear_now(order=order)
        return order

    def deliver(self, frame: bytes) -> None:
        """Let the broker deliver a frame."""
        self.pole.controller.receive(topics.live(STATION, CLUSTER), frame)

    async def speak(
        self, sounds: Iterable[bytes], *, lost: Callable[[int], bool] = lambda _: False
    ) -> None:
        """Each frame as soon as it is full, as a microphone fills it."""
        for mp3 in sounds:
            self.number += 1
            await self._until(self.begins_ms + self.number * FRAME_MS)
            if not lost(self.number):
                self.deliver(self.speaker.stream.sealed(self.number, mp3))

    def close(self) -> None:
        """Say that nothing follows."""
        self.number += 1
        self.deliver(self.speaker.stream.sealed(self.number, b""))

    async def _until(self, at_ms: int) -> None:
        await asyncio.sleep(max(0, at_ms - self.pole.now_ms) / 1_000)

    @property
    def take(self) -> Take:
        """The one stretch that was heard."""
        (take,) = self.sink.takes
        return take


def scene(tmp_path: Path, **fields: object) -> Scene:
    """A pole that plays into a sink that remembers."""
    pole = Pole(tmp_path, **fields)  # type: ignore[arg-type]
    pole.sink = sink = RecordingSink(clock=pole.clock)
    return Scene(pole, sink)


def frames_in(said: Confirmation) -> float:
    """How many frames are counted there."""
    return (said.samples or 0) * 1_000 / (said.sample_rate_hz or 1) / FRAME_MS


def loud(take: Take) -> list[bool]:
    """For each frame of what was heard, whether there was sound."""
    samples = take.samples
    return [
        max(abs(each) for each in samples[at : at + FRAME_SAMPLES]) > 500
        for at in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    ]


def test_what_is_said_is_heard_a_third_of_a_second_later(tmp_path: Path) -> None:
    """Whole, without a seam, and finished as what it is."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(6))
            it.close()
            await asyncio.sleep(3)

            assert it.pole.said("live") == ["received", "started", "item_started", "finished(live)"]
            finished = it.pole.one("live", Kind.FINISHED)
            assert frames_in(finished) == len(spoken(6))
            assert finished.sample_rate_hz == it.take.rate_hz == RATE_HZ
            first_came_us = (it.begins_ms + FRAME_MS) * 1_000
            assert it.take.begins_us == pytest.approx(first_came_us + 300_000, abs=2_000)
            assert all(loud(it.take))
            steps = [abs(b - a) for a, b in zip(it.take.samples, it.take.samples[1:], strict=False)]
            assert max(steps[1_000:]) < 600  # a tone of 440 Hz and this height has no steeper step

    run_simulated(story())


def test_what_is_lost_is_silence_and_moves_nothing(tmp_path: Path) -> None:
    """Three frames are missing here and there; all others sound when they should."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(4), lost=lambda number: number in {10, 20, 21})
            it.close()
            await asyncio.sleep(3)

            silent = [number for number, is_loud in enumerate(loud(it.take), 1) if not is_loud]
            assert silent == [10, 20, 21]
            finished = it.pole.one("live", Kind.FINISHED)
            assert frames_in(finished) == len(spoken(4)) - 3

    run_simulated(story())


def test_after_a_stall_is_heard_what_is_said_now(tmp_path: Path) -> None:
    """What came in a burst is left out, but for a third of a second."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(2))
            held = []
            for mp3 in spoken(3):
                it.number += 1
                held.append(it.speaker.stream.sealed(it.number, mp3))
            await asyncio.sleep(len(held) * FRAME_MS / 1_000)
            for frame in held:
                it.deliver(frame)
            await it.speak(spoken(2))
            it.close()
            ended_ms = it.pole.now_ms
            await asyncio.sleep(3)

            finished = it.pole.one("live", Kind.FINISHED)
            assert (finished.last_sample_at_us or 0) / 1_000 - ended_ms < 1_000
            assert frames_in(finished) < 2 * len(spoken(2)) + 1_000 / FRAME_MS + 1

    run_simulated(story())


def test_a_burst_in_the_middle_leaves_no_delay_behind(tmp_path: Path) -> None:
    """Three seconds come at once while it sounds: it is a third of a second behind again soon."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(2))
            for mp3 in spoken(3):
                it.number += 1
                it.deliver(it.speaker.stream.sealed(it.number, mp3))
            it.begins_ms -= len(spoken(3)) * FRAME_MS
            await it.speak(spoken(6))
            it.close()
            ended_ms = it.pole.now_ms
            await asyncio.sleep(3)

            finished = it.pole.one("live", Kind.FINISHED)
            assert 0 <= (finished.last_sample_at_us or 0) / 1_000 - ended_ms < 1_300

    run_simulated(story())


def test_a_staggered_pole_is_so_much_later(tmp_path: Path) -> None:
    """Poles that hear each other are kept apart in this too."""

    async def story() -> None:
        it = scene(tmp_path, config=make_config(stagger_ms=200))
        async with it.pole:
            it.open()
            await it.speak(spoken(4))
            it.close()
            await asyncio.sleep(3)

            first_came_us = (it.begins_ms + FRAME_MS) * 1_000
            assert it.take.begins_us == pytest.approx(first_came_us + 500_000, abs=2_000)
            assert it.pole.said("live")[-1] == "finished(live)"

    run_simulated(story())


def test_a_station_that_falls_silent_ends_it(tmp_path: Path) -> None:
    """It says no last word: after the time-out it is over, and what was heard is counted."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open(stall_timeout_ms=4_000)
            await it.speak(spoken(2))
            await asyncio.sleep(3.5)
            assert it.pole.said("live")[-1] == "item_started"
            await asyncio.sleep(1)

            assert it.pole.said("live")[-1] == "finished(live)"
            finished = it.pole.one("live", Kind.FINISHED)
            assert frames_in(finished) == len(spoken(2))

    run_simulated(story())


def test_nothing_that_comes_is_a_failure(tmp_path: Path) -> None:
    """Nobody heard anything."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await asyncio.sleep(15)

            assert it.pole.said("live")[-1] == "failed(live_stalled)"
            assert it.pole.one("live", Kind.FAILED).samples == 0

    run_simulated(story())


@pytest.mark.parametrize(
    "sound", [b"no mp3", b"\xff\xf3\x64\xc4" * 40, spoken(1, rate_hz=16_000)[0]]
)
def test_what_is_no_sound_is_a_failure_of_its_own(tmp_path: Path, sound: bytes) -> None:
    """Signed rightly, and never heard."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak([sound] * 20)
            it.close()
            await asyncio.sleep(2)

            assert it.pole.said("live")[-1] == "failed(live_undecodable)"
            assert it.sink.takes == []

    run_simulated(story())


def test_it_is_silent_at_its_hard_maximum(tmp_path: Path) -> None:
    """Whatever comes, and whenever it began."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open(duration_s=3)
            await it.speak(spoken(8))
            await asyncio.sleep(1)

            assert it.pole.said("live")[-1] == "finished(live)"
            assert it.take.ends_us <= (it.begins_ms + 3_000) * 1_000 + 1_000
            assert it.pole.controller.violations["unasked_frame"] > 20

    run_simulated(story())


def test_one_stop_silences_it_within_half_a_second(tmp_path: Path) -> None:
    """And no frame that comes after it is heard."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(2))
            stopped_us = it.pole.now_ms * 1_000
            it.pole.hear_now(sequence=2, stop=Stop(order="live", at_ms=it.pole.now_ms))
            await it.speak(spoken(2))
            await asyncio.sleep(1)

            assert it.pole.said("live")[-1] == "stopped"
            assert it.take.ends_us - stopped_us <= 500_000
            assert it.pole.controller.violations["unasked_frame"] == len(spoken(2))

    run_simulated(story())


def test_a_stop_before_the_first_word_leaves_silence(tmp_path: Path) -> None:
    """Nothing sounded, and nothing is counted."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await asyncio.sleep(2)
            it.pole.hear_now(sequence=2, stop=Stop(order="live", at_ms=it.pole.now_ms))
            it.number = round((it.pole.now_ms - it.begins_ms) / FRAME_MS)
            await it.speak(spoken(1))

            assert it.pole.said("live")[-1] == "stopped"
            assert it.sink.takes == []

    run_simulated(story())


def test_a_plan_meanwhile_takes_nothing_away(tmp_path: Path) -> None:
    """It stands in no plan; whoever plans something else does not end it."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open(on_reboot=OnReboot.JOIN)
            await it.speak(spoken(2))
            it.pole.hear(make_plan(issued_at_ms=it.pole.now_ms))
            await it.speak(spoken(2))
            await it.pole.lose_power()
            it.number += round(2_000 / FRAME_MS)
            await asyncio.sleep(2)
            await it.pole.switch_on()
            await it.speak(spoken(4))
            it.close()
            await asyncio.sleep(2)

            assert it.pole.said("live")[-3:] == [
                "resumed(rebooted)",
                "item_started",
                "finished(live)",
            ]
            assert all(all(loud(take)) for take in it.sink.takes)

    run_simulated(story())


def test_a_restart_in_its_middle_is_said_where_it_may_not_go_on(tmp_path: Path) -> None:
    """As of any other order."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open()
            await it.speak(spoken(2))
            await it.pole.lose_power()
            await it.pole.switch_on()
            await it.speak(spoken(2))
            await asyncio.sleep(1)

            assert it.pole.said("live")[-1] == "failed(interrupted)"
            assert it.pole.controller.violations["unasked_frame"] > 0

    run_simulated(story())


def test_frames_of_before_a_restart_are_too_old_soon(tmp_path: Path) -> None:
    """The device forgot which number was the last; the time has not forgotten."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open(on_reboot=OnReboot.JOIN)
            recorded = [it.speaker.stream.sealed(n, mp3) for n, mp3 in enumerate(spoken(2), 1)]
            await it.speak(spoken(2))
            await it.pole.lose_power()
            await asyncio.sleep(11)
            await it.pole.switch_on()
            await asyncio.sleep(2)
            for frame in recorded:
                it.deliver(frame)
            await asyncio.sleep(15)

            assert it.pole.controller.violations["expired"] == len(recorded)
            assert len(it.sink.takes) <= 1

    run_simulated(story())


def test_it_waits_for_what_plays_and_then_says_what_is_said_then(tmp_path: Path) -> None:
    """Of its waiting time nothing is heard but the last third of a second."""

    async def story() -> None:
        it = scene(tmp_path)
        it.pole.offer(tone(8_000))
        async with it.pole:
            it.pole.hear(make_plan(make_order("tin", tone(8_000), after_s=3)))
            await asyncio.sleep(4)
            it.open(after_s=5, not_after_ms=NOON_MS + 60_000)
            await it.speak(spoken(12))
            it.close()
            await asyncio.sleep(3)

            item, live = it.sink.takes
            assert live.begins_us >= item.ends_us
            said_ms = live.ends_us / 1_000 - (it.begins_ms + it.number * FRAME_MS)
            assert 0 <= said_ms <= 700
            assert it.pole.said("live")[-1] == "finished(live)"

    run_simulated(story())


def test_an_emergency_cuts_it_and_it_goes_on_with_what_is_said_then(tmp_path: Path) -> None:
    """As a relay does."""

    async def story() -> None:
        it = scene(tmp_path)
        words = tone(3_000)
        it.pole.offer(words)
        async with it.pole:
            it.open(on_cut=OnCut.RESUME)
            await it.speak(spoken(2))
            it.pole.hear_now(sequence=2, order=make_emergency("bao", words, after_s=3))
            await it.speak(spoken(12))
            it.close()
            await asyncio.sleep(3)

            assert it.pole.said("live")[-3:] == ["cut(emergency)", "resumed", "finished(live)"]
            finished = it.pole.one("live", Kind.FINISHED)
            heard = (
                sum(len(take.samples) for take in it.sink.takes if all(loud(take)[:3])) / RATE_HZ
            )
            assert 6 <= frames_in(finished) * FRAME_MS / 1_000 <= heard

    run_simulated(story())


def test_a_leaders_own_voice_behind_the_tone(tmp_path: Path) -> None:
    """Priority 1 cuts what plays; the tone waits for nothing, and the voice begins behind it."""

    async def story() -> None:
        it = scene(tmp_path)
        it.pole.offer(tone(30_000))
        async with it.pole:
            it.pole.hear(make_plan(make_order("tin", tone(30_000), after_s=3)))
            await asyncio.sleep(8)
            it.open(after_s=8, priority=Priority.EMERGENCY, tone=Tone(duration_ms=4_000))
            await it.speak(spoken(3))
            it.close()
            await asyncio.sleep(3)

            assert it.pole.said("tin")[-1] == "cut(emergency)"
            assert it.pole.said("live") == [
                "received",
                "tone_started",
                "started",
                "item_started",
                "finished(live)",
            ]
            finished = it.pole.one("live", Kind.FINISHED)
            assert frames_in(finished) == len(spoken(3))

    run_simulated(story())


def test_quiet_hours_and_the_longest_play_hold_for_it_too(tmp_path: Path) -> None:
    """By its hard maximum; a named person may override quiet hours."""
    quiet = QuietHours(begins="12:00", ends="13:00")
    named = QuietHoursOverride(person="Chủ tịch UBND xã", reason="Lũ quét")

    async def story() -> None:
        it = scene(tmp_path, config=make_config(quiet_hours=quiet, longest_play_ms=120_000))
        async with it.pole:
            for sequence, order in enumerate(
                (
                    it.order(),
                    msgspec.structs.replace(it.order(duration_s=121, override=named), id="lang"),
                    msgspec.structs.replace(it.order(override=named), id="duoc"),
                ),
                start=1,
            ):
                it.pole.hear_now(sequence=sequence, order=order)
            await asyncio.sleep(0.5)

            assert it.pole.said("live") == ["rejected(quiet_hours)"]
            assert it.pole.said("lang") == ["rejected(too_long)"]
            assert it.pole.said("duoc")[0] == "received"

    run_simulated(story())


def test_an_emergency_by_a_key_without_that_scope_is_refused(tmp_path: Path) -> None:
    """The scope beside `now`, as for any order of priority 1."""
    calm = make_issuer(scopes=(Scope.NOW, Scope.CONFIG))

    async def story() -> None:
        it = scene(tmp_path, config=make_config(keyring=make_keyring(calm)))
        async with it.pole:
            it.open(priority=Priority.EMERGENCY)
            await it.speak(spoken(1))

            assert it.pole.said("live") == ["rejected(issuer_scope)"]
            assert it.sink.takes == []

    run_simulated(story())


@pytest.mark.parametrize(
    "hearers",
    [{"loa-02": DEVICE_KEY.verify_key}, {DEVICE: STATION_KEY.verify_key}],
    ids=["not named", "wrapped for another key"],
)
def test_what_is_not_meant_for_a_device_it_does_not_hear(
    tmp_path: Path, hearers: dict[str, object]
) -> None:
    """It says why, and takes no frame."""

    async def story() -> None:
        it = scene(tmp_path)
        it.speaker = Speaker(STATION, hearers)  # type: ignore[arg-type]
        async with it.pole:
            it.open()
            await it.speak(spoken(1))

            assert it.pole.said("live") == ["rejected(live_key)"]
            assert it.pole.controller.violations["unasked_frame"] == len(spoken(1))

    run_simulated(story())


def test_a_device_that_cannot_says_so(tmp_path: Path) -> None:
    """Politely, and never listens."""

    async def story() -> None:
        it = scene(tmp_path, can_hear_live=False)
        async with it.pole:
            it.open()
            await asyncio.sleep(1)

            assert it.pole.said("live") == ["rejected(unsupported)"]
            assert topics.live(STATION, CLUSTER) not in it.pole.link.topics

    run_simulated(story())


def test_a_device_that_can_listens_to_its_own_cluster(tmp_path: Path) -> None:
    """From its configuration on."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            await asyncio.sleep(1)

            assert topics.live(STATION, CLUSTER) in it.pole.link.topics

    run_simulated(story())


def test_a_revoked_key_speaks_no_longer(tmp_path: Path) -> None:
    """A thief's speech ends with his key, and is not heard out."""

    async def story() -> None:
        it = scene(tmp_path)
        async with it.pole:
            it.open(stall_timeout_ms=1_000)
            await it.speak(spoken(2))
            new = make_keyring(make_issuer(DEVICE_KEY), serial=2)
            it.pole.hear_config(make_config(version=2, keyring=new), key=DEVICE_KEY)
            revoked_us = it.pole.now_ms * 1_000
            await it.speak(spoken(3))

            assert it.take.ends_us - revoked_us < 1_000_000
            assert it.pole.said("live")[-1] == "finished(live)"

    run_simulated(story())


def test_whoever_does_not_listen_yet_fills_no_memory(tmp_path: Path) -> None:
    """A second of what is said is kept, and no more."""

    async def story() -> None:
        it = scene(tmp_path)
        it.pole.offer(tone(30_000))
        async with it.pole:
            it.pole.hear(make_plan(make_order("tin", tone(30_000), after_s=3)))
            await asyncio.sleep(4)
            it.open(after_s=5)
            await it.speak(spoken(12))

            reception: Reception = it.pole.controller._ear._receptions[it.speaker.stream.name.hex()]
            assert reception.waiting_us <= 1_000_000

    run_simulated(story())
