"""Whoever publishes whatever: nothing sounds, nothing breaks, and memory and disk stay bounded."""

import asyncio
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from nacl.signing import SigningKey

from devices.controller.agenda import REFUSALS_A_DAY
from devices.controller.moments import STANDING_LIMIT
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.fields import KEYRING_LIMIT_BYTES, PLAN_LIMIT_ORDERS, PLAN_LIMIT_STOPS
from devices.protocol.jws import MESSAGE_LIMIT_BYTES, seal
from devices.protocol.messages import (
    Command,
    Config,
    Item,
    Kind,
    Now,
    Order,
    Plan,
    Receipt,
    Scope,
    Stop,
    TimeAnswer,
    Typ,
)
from devices.simulation.simulated_time import run_simulated
from tests.contract.any_message import any_of, spoilt
from tests.devices.controller.pole import (
    CLUSTER,
    DEVICE,
    NOON_MS,
    STATION,
    STATION_KEY,
    Pole,
    make_config,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

TOPICS = {
    Plan: topics.plan(STATION, CLUSTER),
    Now: topics.now(STATION, CLUSTER),
    Config: topics.config(STATION, DEVICE),
    Command: topics.to_device(STATION, DEVICE),
    Receipt: topics.to_device(STATION, DEVICE),
    TimeAnswer: topics.to_device(STATION, DEVICE),
}
TYPS = {Plan: Typ.PLAN, Now: Typ.NOW, Config: Typ.CONFIG, Command: Typ.COMMAND}
THIEF_KEY = SigningKey(b"t" * 32)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def attacked(deliver: Sequence[tuple[str, bytes]], *, then_s: float = 0) -> Pole:
    """A pole that plays a plan, and to which all this is delivered; it must be alive afterwards."""
    with tempfile.TemporaryDirectory() as name:

        async def story() -> Pole:
            pole = Pole(Path(name))
            pole.sink = sink = RecordingSink(clock=pole.clock)
            async with pole:
                pole.offer(tone(3_000))
                pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
                await asyncio.sleep(20)
                for topic, payload in deliver:
                    pole.controller.receive(topic, payload)
                await asyncio.sleep(then_s)
                pole.journalled()
                assert pole._running is not None
                assert not pole._running.done()
                takes = sorted(sink.takes, key=lambda take: take.begins_us)
                assert all(a.ends_us <= b.begins_us + 100 for a, b in pairwise(takes))
            return pole

        return run_simulated(story())


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*TOPICS.values(), "loa/1/binh-an/plan/cum-2", "", "a/b", "$SYS/x"]),
            st.binary(max_size=400) | st.just(b"." * 300_000),
        ),
        max_size=20,
    )
)
@SLOW
def test_bytes_of_any_kind_leave_no_trace(messages: list[tuple[str, bytes]]) -> None:
    """They are counted; the journal does not grow by one entry."""
    pole = attacked(messages)

    assert pole.journal.head.seq == 2
    empty = sum(topic in TOPICS.values() and not payload for topic, payload in messages)
    assert sum(pole.controller.violations.values()) == len(messages) - empty


@given(st.data())
@SLOW
def test_messages_with_something_wrong_are_refused(data: st.DataObject) -> None:
    """Signed by the station's own key: what the contract does not allow is not half obeyed."""
    kind = data.draw(st.sampled_from([Plan, Now, Config, Command]))
    made = data.draw(spoilt(any_of(kind).map(addressed)))
    payload = seal(msgspec.json.encode(made), typ=TYPS[kind], key=STATION_KEY).encode()
    attacked([(TOPICS[kind], payload)], then_s=600)


@given(st.data())
@SLOW
def test_messages_of_any_shape_break_nothing(data: st.DataObject) -> None:
    """A thief of the station's key may say what he likes: the device stays what it is."""
    kinds = st.sampled_from([Plan, Now, Config, Command, Receipt, TimeAnswer])
    messages = []
    for kind in data.draw(st.lists(kinds, min_size=1, max_size=4)):
        made = addressed(data.draw(any_of(kind)))
        messages.append((TOPICS[kind], seal_message(made, key=STATION_KEY).encode()))
    attacked(messages, then_s=3_600)


def addressed(message: Struct) -> Struct:
    """The same for this very device, issued in its day, by a keyring that it knows."""
    fields: dict[str, object] = {"station": STATION}
    if isinstance(message, Plan | Now):
        fields |= {"cluster": CLUSTER, "issued_at_ms": NOON_MS}
    else:
        fields["device"] = DEVICE
    if isinstance(message, Config):
        fields |= {"keyring": make_keyring(), "issued_at_ms": NOON_MS}
    if isinstance(message, Command | Receipt):
        fields["issued_at_ms"] = NOON_MS
    return msgspec.structs.replace(message, **fields)


@pytest.mark.parametrize("kind", [Plan, Now, Config, Command])
@pytest.mark.parametrize("key", [STATION_KEY, THIEF_KEY], ids=["ours", "thief"])
def test_json_that_is_deep_is_refused(kind: type[Struct], key: SigningKey) -> None:
    """However deep, in a member that nobody knows, and in one that is known."""
    depth = 90_000
    deep = b"[" * depth + b"]" * depth
    for payload in (b'{"kind":"x","later":' + deep + b"}", b'{"orders":' + deep + b"}", deep):
        sealed = seal(payload, typ=TYPS[kind], key=key).encode()
        assert len(sealed) < MESSAGE_LIMIT_BYTES
        pole = attacked([(TOPICS[kind], sealed)])
        assert sum(pole.controller.violations.values()) == 1


@pytest.mark.parametrize("year_9999", [253_402_127_999_999])
def test_the_end_of_all_calendars_is_refused(tmp_path: Path, year_9999: int) -> None:
    """No zone can tell what time that is."""

    async def story() -> None:
        day_ms = 86_400_000
        config = make_config(longest_play_ms=day_ms)
        async with Pole(tmp_path, config=config) as pole:
            item = Item(sha256="0" * 64, size_bytes=1, duration_ms=day_ms)
            last = make_order("cuoi", items=(item,), not_after_ms=year_9999)
            last = msgspec.structs.replace(last, starts_at_ms=year_9999)
            pole.hear(make_plan(last))
            await asyncio.sleep(60)

            assert pole.said("cuoi") == ["rejected(quiet_hours)"]

    run_simulated(story())


@pytest.mark.parametrize(
    "url", ["https://[", "https://[::1", "https://x:99999999/", "https:// ", "https://%zz/"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    """It allows nothing."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            plan = msgspec.json.decode(msgspec.json.encode(make_plan(make_order("x", tone(1_000)))))
            plan["orders"][0] |= {"items": [], "relay": {"url": url, "duration_ms": 60_000}}
            sealed = seal(msgspec.json.encode(plan), typ=Typ.PLAN, key=STATION_KEY)
            pole.controller.receive(TOPICS[Plan], sealed.encode())
            await asyncio.sleep(30)

            said = pole.said("x")
            assert said == ["rejected(relay_host)"] or pole.controller.violations == {
                "malformed": 1
            }

    run_simulated(story())


def test_a_flood_of_a_known_keys_wrong_plans_fills_no_disk(tmp_path: Path) -> None:
    """Each is counted; no more than so many are written in a day."""

    async def story() -> None:
        config = make_config(
            keyring=make_keyring(make_issuer(), make_issuer(THIEF_KEY, scopes=(Scope.NOW,)))
        )
        async with Pole(tmp_path, config=config) as pole:
            pole.hear(make_plan(version=10_000))
            for version in range(1, 301):
                pole.hear(make_plan(version=version), key=THIEF_KEY)
                pole.hear(make_plan(version=version))

            assert pole.journal.head.seq == REFUSALS_A_DAY
            assert pole.controller.violations == {"issuer_scope": 300, "rolled_back": 300}
            await asyncio.sleep(86_401)
            pole.hear(make_plan(version=400))
            assert pole.journal.head.seq == REFUSALS_A_DAY + 1

    run_simulated(story())


def test_a_flood_of_orders_that_nobody_heard_of_fills_no_disk(tmp_path: Path) -> None:
    """Recorded orders, delivered again: each is said once, and only so many a day."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear_now(sequence=1_000, stop=Stop(order="x", at_ms=NOON_MS))
            for sequence in range(1, 301):
                pole.hear_now(
                    sequence=sequence, order=make_order(f"o{sequence}", tone(1_000), after_s=99)
                )

            assert pole.journal.head.seq == REFUSALS_A_DAY
            assert pole.controller.violations == {"rolled_back": 300}

    run_simulated(story())


def test_a_flood_of_stops_is_bounded_and_holds(tmp_path: Path) -> None:
    """The newest stand, and what is to be silent is."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            for sequence in range(1, 501):
                stop = Stop(order=f"o{sequence}", at_ms=NOON_MS)
                pole.hear_now(sequence=sequence, stop=stop)
            assert len(list(pole.controller._agenda._moments)) == STANDING_LIMIT
            pole.hear_now(sequence=501, order=make_order("o500", tone(3_000)))
            await asyncio.sleep(30)

            assert pole.said("o500") == ["received", "stopped"]

    run_simulated(story())


def test_the_largest_plan_is_followed(tmp_path: Path) -> None:
    """As much as fits into a message; then it is replaced, and nothing is left of it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(1_000))
            orders = [
                Order(
                    id=f"o{number}",
                    broadcast="x",
                    priority=3,
                    starts_at_ms=NOON_MS + 50_000 * number,
                    not_after_ms=NOON_MS + 50_000 * number + 5_000,
                    items=(tone(1_000).item,),
                )
                for number in range(1, 551)
            ]
            stops = tuple(
                Stop(order=f"o{number}", at_ms=NOON_MS) for number in range(1, PLAN_LIMIT_STOPS + 1)
            )
            pole.hear(make_plan(*orders, stops=stops))
            await asyncio.sleep(50 * 205)

            kinds = [each.kind for each in pole.journalled()]
            assert kinds.count(Kind.RECEIVED) == 550 <= PLAN_LIMIT_ORDERS
            assert kinds.count(Kind.STOPPED) == PLAN_LIMIT_STOPS
            # What was not stopped plays.
            assert kinds.count(Kind.FINISHED) == 4
            pole.hear(make_plan(version=2))
            assert pole.controller._agenda.planned == {}

    run_simulated(story())


def test_the_largest_keyring_is_held(tmp_path: Path) -> None:
    """Many keys for many clusters; more than may be is refused."""

    async def story() -> None:
        clusters = tuple(f"cum-{number:03}" for number in range(60))
        issuers = [
            make_issuer(SigningKey(bytes([number]) * 32), clusters=clusters[: 60 if number else 0])
            for number in range(1, 14)
        ]
        keyring = make_keyring(make_issuer(), *issuers, serial=2)
        assert 14_000 < len(keyring) <= KEYRING_LIMIT_BYTES
        async with Pole(tmp_path) as pole:
            pole.hear_config(make_config(version=2, keyring=keyring))
            assert (await pole.told()).keyring_serial == 2
            pole.hear_config(make_config(version=3, keyring=keyring + "A" * 3_000))

            assert pole.controller.violations == {"malformed": 1}

    run_simulated(story())


def test_an_id_that_is_used_again_with_other_contents_plays_once(tmp_path: Path) -> None:
    """What has begun never begins again, whatever is meant by it now."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000), tone(2_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(11)
            for version, after_s in enumerate((11, 12, 40, 100), start=2):
                again = make_order("sang", tone(2_000), after_s=after_s, priority=1)
                pole.hear(make_plan(again, version=version))
                pole.hear_now(sequence=version, order=again)
                await asyncio.sleep(1)
            await asyncio.sleep(200)

            assert len(sink.takes) == 1
            assert pole.said("sang").count("started") == 1

    run_simulated(story())


def test_yesterdays_thief_and_a_stranger_make_nothing_sound(tmp_path: Path) -> None:
    """Neither with plans nor with emergencies, on no topic, over a restart."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        pole.config = make_config(
            keyring=make_keyring(
                make_issuer(), make_issuer(THIEF_KEY, not_after_ms=NOON_MS - 86_400_000)
            )
        )
        async with pole:
            pole.offer(tone(3_000))
            for number, key in enumerate((THIEF_KEY, SigningKey.generate()), start=1):
                for issued_at_ms in (NOON_MS, NOON_MS - 2 * 86_400_000):
                    order = make_order("gia", tone(3_000), after_s=5, priority=number)
                    plan = make_plan(order, version=2**40 + number, issued_at_ms=issued_at_ms)
                    pole.hear(plan, key=key)
                    pole.hear_now(
                        sequence=2**40 + number, order=order, issued_at_ms=issued_at_ms, key=key
                    )
                    pole.hear_config(
                        make_config(version=2**40, issued_at_ms=issued_at_ms, cluster="x"), key=key
                    )
            await asyncio.sleep(60)
            await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(60)

            assert sink.takes == []
            assert {each.kind for each in pole.journalled()} == {Kind.REJECTED}

    run_simulated(story())
