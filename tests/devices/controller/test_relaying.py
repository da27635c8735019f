"""A public programme is passed on until its planned end, and whatever is not it never counts."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from devices.controller.relaying import PREFILL_MS, RELAY_RATE_HZ
from devices.errors import RelayBroken, RelayUndecodable
from devices.protocol.messages import Item, Kind, OnCut, OnReboot, Order, Relay, Stop
from devices.reception.octets import Allows
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_emergency,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

URL = "https://vov.example/vov1.mp3"
FALLBACK = tone(2_000, hertz=300)
VOICE = 1_111
"""The sample that the programme consists of."""


@dataclass
class Radio:
    """A programme that comes in real time while it is on the air, and remembers who listened."""

    clock: Callable[[], float] = field(default_factory=lambda: asyncio.get_running_loop().time)
    silent: list[tuple[float, float]] = field(default_factory=list)
    refuses: Exception | None = None
    ahead_s: float = 0.0
    opened_s: list[float] = field(default_factory=list)
    closed: int = 0
    asked: list[str] = field(default_factory=list)

    async def receive(
        self, url: str, *, rate_hz: int, allows: Allows
    ) -> AsyncGenerator[bytes, None]:
        """A quarter of a second at a time."""
        self.asked.append(url)
        assert allows(url, None)
        if self.refuses is not None:
            raise self.refuses
        self.opened_s.append(self.clock())
        piece = VOICE.to_bytes(2, "little") * (rate_hz // 4)
        try:
            for _ in range(round(self.ahead_s * 4)):
                yield piece
            while True:
                await asyncio.sleep(0.25)
                if not any(begins <= self.clock() < ends for begins, ends in self.silent):
                    yield piece
        finally:
            self.closed += 1


def relaying(order_id: str = "vov", *, duration_s: float = 20, **fields: object) -> Order:
    """An order to pass the programme on, from ten seconds after noon."""
    relay = {"url": URL, "duration_ms": round(duration_s * 1_000)}
    for name in ("stall_timeout_ms", "fallback", "url"):
        if name in fields:
            relay[name] = fields.pop(name)  # type: ignore[assignment]
    return make_order(order_id, relay=Relay(**relay), **fields)  # type: ignore[arg-type]


def on_the_air(tmp_path: Path, radio: Radio, **fields: object) -> tuple[Pole, RecordingSink]:
    """A pole that may listen to it."""
    config = make_config(relay_hosts=("vov.example",), **fields)
    pole = Pole(tmp_path, config=config, receiver=radio)
    pole.sink = sink = RecordingSink(clock=pole.clock)
    pole.offer(FALLBACK)
    return pole, sink


def voice_s(pcm: bytes) -> float:
    """How much of it is the programme, in seconds."""
    return memoryview(pcm).cast("h").tolist().count(VOICE) / RELAY_RATE_HZ


def test_a_programme_sounds_from_its_instant_to_its_end(tmp_path: Path) -> None:
    """It is finished as what it is: content that nobody verified."""

    async def story() -> None:
        radio = Radio()
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying()))
            await asyncio.sleep(60)

            assert pole.said("vov") == ["received", "started", "item_started", "finished(relay)"]
            (take,) = sink.takes
            assert take.begins_us == (NOON_MS + 10_000) * 1_000
            assert take.ends_us == pytest.approx((NOON_MS + 30_000) * 1_000, abs=2_000)
            finished = pole.one("vov", Kind.FINISHED)
            assert finished.samples == len(take.samples)
            assert finished.first_sample_at_us == take.begins_us
            assert finished.sample_rate_hz == RELAY_RATE_HZ
            assert radio.closed == len(radio.opened_s) == 1

    run_simulated(story())


def test_it_is_tuned_in_before_its_instant(tmp_path: Path) -> None:
    """So that the first word is heard; and no sooner than the other preparations."""

    async def story() -> None:
        radio = Radio()
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying()))
            await asyncio.sleep(60)

            assert 7.4 <= radio.opened_s[0] <= 8

    run_simulated(story())


def test_a_stop_silences_it_at_once(tmp_path: Path) -> None:
    """Within half a second, and lets go of the connection."""

    async def story() -> None:
        radio = Radio(ahead_s=8)
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying()))
            await asyncio.sleep(15)
            pole.hear_now(stop=Stop(order="vov", at_ms=pole.now_ms))
            await asyncio.sleep(0.5)

            assert pole.said("vov")[-1] == "stopped"
            (take,) = sink.takes
            assert pole.one("vov", Kind.STOPPED).samples == len(take.samples) == 5 * RELAY_RATE_HZ
            assert radio.closed == 1

    run_simulated(story())


@pytest.mark.parametrize("at_s", [12, 25])
def test_a_stop_in_a_stall_is_heard_at_once(tmp_path: Path, at_s: float) -> None:
    """Nothing comes, or the fallback sounds: it ends within half a second."""

    async def story() -> None:
        radio = Radio(silent=[(11, 99)])
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            order = relaying(duration_s=60, stall_timeout_ms=5_000, fallback=FALLBACK.item)
            pole.hear(make_plan(order))
            await asyncio.sleep(at_s)
            pole.hear_now(stop=Stop(order="vov", at_ms=pole.now_ms))
            await asyncio.sleep(0.5)

            assert pole.said("vov")[-1] == "stopped"
            assert len(sink.takes) == 1
            assert radio.closed == 1

    run_simulated(story())


def test_a_stall_is_filled_in_and_the_programme_goes_on(tmp_path: Path) -> None:
    """The fallback never counts; what comes after the stall does."""

    async def story() -> None:
        radio = Radio(silent=[(15, 30)])
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            order = relaying(duration_s=40, stall_timeout_ms=5_000, fallback=FALLBACK.item)
            pole.hear(make_plan(order))
            await asyncio.sleep(90)

            finished = pole.one("vov", Kind.FINISHED)
            (take,) = sink.takes
            assert finished.samples == round(voice_s(take.pcm) * RELAY_RATE_HZ)
            assert 20 <= voice_s(take.pcm) <= 27
            assert len(take.samples) > (finished.samples or 0) + 5 * RELAY_RATE_HZ
            assert pole.said("vov")[-1] == "finished(relay)"
            assert pole.said("vov").count("item_started") == 1

    run_simulated(story())


def test_a_short_break_is_a_pause_only(tmp_path: Path) -> None:
    """Before the time-out nothing fills in; then it goes on with something in hand."""

    async def story() -> None:
        radio = Radio(silent=[(15, 18)])
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            order = relaying(duration_s=20, stall_timeout_ms=10_000, fallback=FALLBACK.item)
            pole.hear(make_plan(order))
            await asyncio.sleep(60)

            (take,) = sink.takes
            assert set(take.samples) == {VOICE}
            assert PREFILL_MS == 1_000

    run_simulated(story())


def test_a_connection_that_breaks_is_made_again(tmp_path: Path) -> None:
    """Until the end; the programme goes on when it can."""

    async def story() -> None:
        radio = Radio()
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying(duration_s=40)))
            radio.refuses = RelayBroken("HTTP 503")
            await asyncio.sleep(20)
            assert 3 <= len(radio.asked) <= 12
            radio.refuses = None
            await asyncio.sleep(60)

            finished = pole.one("vov", Kind.FINISHED)
            assert finished.code == "relay"
            assert 20 * RELAY_RATE_HZ <= (finished.samples or 0) <= 31 * RELAY_RATE_HZ
            assert (finished.first_sample_at_us or 0) > (NOON_MS + 20_000) * 1_000

    run_simulated(story())


def test_a_programme_that_never_comes_is_a_failure(tmp_path: Path) -> None:
    """Although something filled in: nobody heard what was ordered."""

    async def story() -> None:
        radio = Radio(refuses=RelayBroken("no route"))
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            order = relaying(stall_timeout_ms=5_000, fallback=FALLBACK.item)
            pole.hear(make_plan(order))
            await asyncio.sleep(60)

            assert pole.said("vov")[-1] == "failed(relay_stalled)"
            assert pole.one("vov", Kind.FAILED).samples == 0
            assert len(sink.takes[0].samples) > 8 * RELAY_RATE_HZ

    run_simulated(story())


def test_a_programme_that_cannot_be_decoded_fails_at_once(tmp_path: Path) -> None:
    """Trying again would not help."""

    async def story() -> None:
        radio = Radio(refuses=RelayUndecodable("aac without ffmpeg"))
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying()))
            await asyncio.sleep(11)

            assert pole.said("vov")[-1] == "failed(relay_undecodable)"
            assert len(radio.asked) == 1

    run_simulated(story())


def test_a_fallback_is_fetched_and_kept_like_other_audio(tmp_path: Path) -> None:
    """It is there before it is needed, and `cached` is said of no relay."""

    async def story() -> None:
        pole, _ = on_the_air(tmp_path, Radio())
        async with pole:
            pole.hear(make_plan(relaying(after_s=600, fallback=FALLBACK.item)))
            await asyncio.sleep(60)

            assert pole.store.path(FALLBACK.sha256).exists()
            assert pole.said("vov") == ["received"]

    run_simulated(story())


def test_a_fallback_that_is_not_there_leaves_silence(tmp_path: Path) -> None:
    """It keeps nothing from being relayed."""

    async def story() -> None:
        radio = Radio(silent=[(15, 30)])
        pole, sink = on_the_air(tmp_path, radio)
        pole.source.files = {}
        async with pole:
            order = relaying(duration_s=40, stall_timeout_ms=5_000, fallback=FALLBACK.item)
            pole.hear(make_plan(order))
            await asyncio.sleep(90)

            assert pole.said("vov")[-1] == "finished(relay)"
            assert set(sink.takes[0].samples) == {VOICE}

    run_simulated(story())


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/vov1.mp3",
        "https://vov.example.evil.example/x",
        "https://evil.example/?https://vov.example/",
        "https://sub.vov.example/x",
    ],
)
def test_another_host_is_rejected(tmp_path: Path, url: str) -> None:
    """The list is exact."""

    async def story() -> None:
        radio = Radio()
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying(url=url)))
            await asyncio.sleep(60)

            assert pole.said("vov") == ["rejected(relay_host)"]
            assert radio.asked == []

    run_simulated(story())


def test_the_station_may_pass_a_programme_on_itself(tmp_path: Path) -> None:
    """Its own host needs no place on the list."""

    async def story() -> None:
        radio = Radio()
        config = make_config(station_url="https://dai.example")
        pole = Pole(tmp_path, config=config, receiver=radio)
        async with pole:
            pole.hear(make_plan(relaying(url="https://dai.example/relay/vov1")))
            await asyncio.sleep(60)

            assert pole.said("vov")[-1] == "finished(relay)"

    run_simulated(story())


def test_an_emergency_cuts_it_and_it_goes_on_live(tmp_path: Path) -> None:
    """What was said meanwhile is over; its end stays its end."""

    async def story() -> None:
        radio = Radio(ahead_s=4)
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            words = tone(3_000)
            pole.offer(words)
            pole.hear(make_plan(relaying(duration_s=40, on_cut=OnCut.RESUME)))
            await asyncio.sleep(20)
            pole.hear_now(order=make_emergency("bao", words, after_s=20))
            await asyncio.sleep(60)

            assert pole.said("vov")[-3:] == ["cut(emergency)", "resumed", "finished(relay)"]
            assert len(radio.opened_s) == 2
            assert sink.takes[-1].ends_us == pytest.approx((NOON_MS + 50_000) * 1_000, abs=2_000)
            finished = pole.one("vov", Kind.FINISHED)
            assert finished.samples == sum(
                len(take.samples) for take in sink.takes if take.rate_hz == RELAY_RATE_HZ
            )

    run_simulated(story())


def test_a_reboot_joins_what_is_live(tmp_path: Path) -> None:
    """There is only one place in it."""

    async def story() -> None:
        radio = Radio()
        pole, sink = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying(duration_s=40, on_reboot=OnReboot.JOIN)))
            await asyncio.sleep(20)
            await pole.lose_power()
            await asyncio.sleep(5)
            await pole.switch_on()
            await asyncio.sleep(60)

            assert pole.said("vov")[-1] == "finished(relay)"
            assert pole.said("vov").count("resumed(rebooted)") == 1
            assert sink.takes[-1].ends_us == pytest.approx((NOON_MS + 50_000) * 1_000, abs=2_000)

    run_simulated(story())


def test_one_that_waited_until_it_was_over_is_skipped(tmp_path: Path) -> None:
    """The hour of the programme is its own, whatever its order allows."""

    async def story() -> None:
        radio = Radio()
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.offer(tone(30_000))
            long = make_order("dai", tone(30_000))
            later = relaying(after_s=11, duration_s=20, not_after_ms=NOON_MS + 600_000)
            pole.hear(make_plan(long, later))
            await asyncio.sleep(90)

            assert pole.said("vov") == ["received", "skipped(too_late)"]

    run_simulated(story())


def test_an_order_that_must_wait_for_a_relay_begins_at_its_end(tmp_path: Path) -> None:
    """One order sounds at a time."""

    async def story() -> None:
        pole, sink = on_the_air(tmp_path, Radio())
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(relaying(), make_order("sau", tone(3_000), after_s=15)))
            await asyncio.sleep(60)

            relay, after = sink.takes
            assert 0 <= after.begins_us - relay.ends_us + 100 <= 500_000

    run_simulated(story())


def test_a_server_that_sends_ahead_does_not_fill_the_memory(tmp_path: Path) -> None:
    """It waits until what it sent has sounded."""

    async def story() -> None:
        radio = Radio(ahead_s=3_600)
        pole, _ = on_the_air(tmp_path, radio)
        async with pole:
            pole.hear(make_plan(relaying(duration_s=60)))
            await asyncio.sleep(30)
            (play,) = pole.controller._player._plays
            waiting = play.programme._waiting_bytes  # type: ignore[attr-defined]
            assert waiting <= 11 * RELAY_RATE_HZ * 2

    run_simulated(story())


def test_an_order_with_both_or_neither_is_none() -> None:
    """What it says to play is one thing."""
    item = Item(sha256="0" * 64, size_bytes=1, duration_ms=1)
    for items, relay in (((), msgspec.UNSET), ((item,), Relay(url=URL, duration_ms=1_000))):
        with pytest.raises(ValueError, match="items or a relay or live"):
            make_order("x", items=items, relay=relay)
