"""The model of capacity: the page is what it prints, constants are the code's, sums hold."""

import importlib
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadcaster.settings import MOST_INGESTS, Settings
from devices.controller import backoff, mqtt_link, reporting, sending, timekeeping
from tests.benchmarks.wire_bytes import audio_of_a_minute, weighed

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "capacity.py"
NAMED = re.compile(r"`([\w./-]+/[\w./-]+\.(?:py|md))`")
MEASURE = re.compile(r"`python -m tests\.benchmarks(?:\.(\w+)| ([\w-]+))")


@pytest.fixture(scope="module")
def model() -> SimpleNamespace:
    """What is run by its path, and what lies beside it: constants, sums and tables."""
    parts = ("capacity", "capacity_constants", "capacity_sums", "capacity_tables")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(SCRIPT.parent)
        found = [vars(importlib.import_module(each)) for each in parts]
    return SimpleNamespace(**{name: value for each in found for name, value in each.items()})


def test_the_page_holds_what_the_script_prints(model: SimpleNamespace) -> None:
    """`python deploy/capacity.py --write` writes it anew."""
    printed = subprocess.run(
        [sys.executable, SCRIPT], capture_output=True, text=True, check=True
    ).stdout
    page = model.PAGE.read_text("utf-8")

    assert page.count(model.BEGIN) == 1
    assert page.partition(model.BEGIN)[2].partition(model.END)[0] == f"\n{printed}\n"
    assert printed.count("\n| ") > 80


def test_messages_are_as_long_as_the_codes_own_encoders_make_them(model: SimpleNamespace) -> None:
    """To the octet: a field more in a message is a figure more in the model."""
    held = model.Constants()
    told = {
        name: each.topic + each.payload
        for name, each in weighed().items()
        if name != "confirmations_together"
    }

    assert {name: getattr(held, name) for name in told} == told
    assert held.audio_a_minute == audio_of_a_minute()


def test_what_was_read_in_the_code_stands_there(model: SimpleNamespace) -> None:
    """How often a device speaks, repeats and gives up; how many may share."""
    held = model.Constants()

    assert held.health_every_s == reporting.EVERY_S
    assert held.ask_every_s == timekeeping.REFRESH_S
    assert held.ping_every_s == mqtt_link.KEEPALIVE_S
    assert held.handshake_within_s == mqtt_link.HANDSHAKE_S
    assert held.retry_after_s == sending.FIRST_RETRY_S
    assert held.plan_days == Settings.model_fields["plan_days"].default
    assert held.most_ingests == MOST_INGESTS


def test_every_constant_says_what_measured_it_and_beside_what_load(model: SimpleNamespace) -> None:
    """A command that there is, a file that there is, or that it was chosen."""
    told = [each.metadata for each in fields(model.Constants)]
    measures = (ROOT / "tests" / "benchmarks" / "__main__.py").read_text("utf-8")

    for each in told:
        assert each["unit"]
        assert each["load"] not in {"", "?"}
        assert re.match(r"`|read: |chosen†|counted|told in ", each["by"]), each
        assert [path for path in NAMED.findall(each["by"]) if not (ROOT / path).exists()] == []
        for module, measure in MEASURE.findall(each["by"]):
            if module:
                assert (ROOT / "tests" / "benchmarks" / f"{module}.py").exists()
            else:
                assert f'"{measure}":' in measures


def test_a_message_on_the_line_by_hand(model: SimpleNamespace) -> None:
    """1,000 octets: 7 of MQTT, 22 of TLS, one segment; its PUBACK, and an acknowledgement each."""
    held = model.Constants()

    assert model.said(1_000, held) == model.Way(
        up=1_000 + 7 + 22 + 52 + 52, down=52 + (4 + 22 + 52)
    )
    assert model.said(1_000, held, qos=0) == model.Way(up=1_081, down=52)
    # 3,000 octets take three segments, of which the receiver acknowledges two at once.
    assert model.said(3_000, held, qos=0) == model.Way(up=3_029 + 3 * 52, down=2 * 52)


def test_a_commune_worked_by_hand(model: SimpleNamespace) -> None:
    """100 devices, three bulletins of five minutes a day; constants that a head can work with."""
    demand = model.Demand(
        devices=100, broadcasts_a_day=3, minutes=5, parts=1, devices_a_cluster=5,
        uplink_mbit_s=10, plan_vnd=70_000, plan_gb=4.8,
    )  # fmt: skip
    held = model.Constants(
        row=300, evidence=400, beside_a_play=1_000, plan_empty=400, plan_order=1_000,
        verified_a_second=25_000, audio_a_minute=480_000, ingest_a_second=8_000,
        derive_us=100.0, connect_us=200.0, handshake_us=300.0,
    )  # fmt: skip

    # Received, cached, started, the one part, finished; 3 a day, 365 days, 100 devices.
    year = model.ledger_of_a_year(demand, held)
    assert year.confirmations == 5 * 3 * 365 * 100 == 547_500
    assert year.plays == 109_500
    assert year.octets == 547_500 * 700 + 109_500 * 1_000 == 492_750_000
    # 20 clusters; each sees 6 versions a day, of 400 + 3 × 8 orders of 1,000 octets.
    assert year.plan_octets == 20 * 6 * 365 * 24_400 == 1_068_720_000
    assert year.verified_s == 547_500 / 25_000

    minute = model.busiest_minute(demand, held)
    assert minute.burst == 200
    assert minute.messages == pytest.approx(200 + 100 + 100 / 15)
    assert minute.drained_s == 200 / 8_000
    assert minute.said_again == 0

    used = model.processors(demand, held)
    # 5 × 0.48 MB to 100 devices are 240 MB: 1,920 Mbit at 10 Mbit/s.
    assert used.fetched_s == 192
    assert used.connected_s == pytest.approx(0.05)
    assert used.derived_s == pytest.approx(0.01)


def test_a_months_audio_by_hand(model: SimpleNamespace) -> None:
    """Two sessions of a quarter of an hour at 64 kbit/s are 432 MB; heads add 3.9 and 0.1 %."""
    held = model.Constants(audio_a_minute=480_000)
    way = model.month_of_a_device(model.Demand(), held)["audio"]

    assert way.down == pytest.approx(432e6 * (1 + 22 / 16_384) * (1 + 52 / 1_348))
    assert way.up == pytest.approx(432e6 * (1 + 22 / 16_384) * 26 / 1_348)


def test_money_is_whole_data_plans(model: SimpleNamespace) -> None:
    """One each, however little is said; as many more as a month of relays needs."""
    held = model.Constants()
    # Eight hours a day at 128 kbit/s are 13.8 GB a month; with all else more than three plans.
    much = model.Demand(devices=10, relay_minutes_a_day=480, relay_kbit_s=128)

    assert model.vnd_a_month(model.Demand(devices=10), held) == 700_000
    assert 3 * 4.8e9 < model.octets_a_month(much, held).both < 4 * 4.8e9
    assert model.vnd_a_month(much, held) == 4 * 700_000


def test_who_waits_repeats_itself_as_the_controllers_back_off(model: SimpleNamespace) -> None:
    """After 1, 3, 7, 15, 31 s at the earliest, and then every half minute."""
    held = model.Constants()
    shortest = [
        backoff.backoff_s(
            each, first_s=sending.FIRST_RETRY_S, cap_s=sending.RETRY_CAP_S, rng=_Low()
        )
        for each in range(7)
    ]
    earliest = [sum(shortest[: each + 1]) for each in range(7)]

    assert earliest == [1, 3, 7, 15, 31, 61, 91]
    assert [model.said_again_at_most(at, held) for at in earliest] == list(range(7))
    assert [model.said_again_at_most(at + 0.1, held) for at in earliest] == list(range(1, 8))


def test_limits_are_named_in_their_order_and_each_has_its_successor(model: SimpleNamespace) -> None:
    """What breaks first on the way to a decade is the narrowest that is left."""
    found = model.limits(model.Demand(), model.Constants())
    far = model.limits(model.Demand(uplink_mbit_s=1_000), model.Constants())

    assert [each.devices for each in found] == sorted(each.devices for each in found)
    assert found[0].what == "embedded broker"
    assert all(each.then and each.because for each in found)
    assert _at(far, "the station's line") == pytest.approx(
        10 * _at(found, "the station's line"), rel=0.001
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [(0.4266, "0.427"), (73.62, "73.6"), (365_000, "365,000"), (30_666, "30,700"), (100, "100")],
)
def test_figures_have_three_digits(model: SimpleNamespace, number: float, told: str) -> None:
    """Nothing here is known more exactly."""
    assert model.count(number) == told


class _Low:
    """Chance at its lowest."""

    def random(self) -> float:
        """Zero."""
        return 0.0


def _at(found: list[object], what: str) -> int:
    (at,) = [each.devices for each in found if each.what == what]  # type: ignore[attr-defined]
    return int(at)
