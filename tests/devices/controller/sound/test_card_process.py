"""A controller as it runs at a pole with a sound card: a process, and a card of ALSA."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.protocol.messages import Kind
from tests.brokers import RunningBroker
from tests.devices.controller.sound.alsa_card import AlsaCard, alsa_card, alsa_is_installed
from tests.devices.sounds import tone
from tests.devices.station import Station, order, unix_ms

pytestmark = [
    pytest.mark.alsa,
    pytest.mark.processes,
    pytest.mark.skipif(
        not alsa_is_installed(), reason="not run: install libasound2 (make system-deps)"
    ),
]

DEVICE = "loa-01"
EARLY_US = 100_000
SOON_US = 2_000_000
"""How late a loaded machine may show something; how sharp a start is, a benchmark measures."""


@pytest.fixture
def card(tmp_path: Path) -> Iterator[AlsaCard]:
    """The card that the process will find."""
    folder = tmp_path / "alsa"
    folder.mkdir()
    with alsa_card(folder) as card:
        yield card


@pytest.fixture
def controller(
    tmp_path: Path, station: Station, broker: RunningBroker, card: AlsaCard
) -> Iterator[subprocess.Popen[str]]:
    """A running controller that the station sees."""
    assert card.tapes == []
    home = tmp_path / DEVICE
    station.enrol(DEVICE, home, broker_url=broker.url)
    process = subprocess.Popen(
        [sys.executable, "-m", "devices.controller", "--home", home, "--sink", "card"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )
    station.wait_for(lambda: any(each.online for each in station.heard[DEVICE].statuses))
    yield process
    process.kill()
    process.communicate()


def test_an_order_is_heard_from_the_card(
    station: Station, card: AlsaCard, controller: subprocess.Popen[str]
) -> None:
    """At its instant, all of it, and said to be no simulation."""
    sound = tone(2_000)
    station.audio.files[sound.sha256] = sound.mp3
    starts_at_ms = unix_ms() + 4_000
    station.publish_plan(order("sang", starts_at_ms=starts_at_ms, items=[sound.item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.FINISHED in heard.kinds("sang"))
    finished = heard.of("sang")[-1]
    from_card = card.heard()

    assert controller.poll() is None
    assert (finished.sink, finished.simulated) == ("sound_card", False)
    starts_us = starts_at_ms * 1_000
    assert -EARLY_US < (finished.first_sample_at_us or 0) - starts_us < SOON_US
    assert -EARLY_US < from_card[0][0] - starts_us < SOON_US
    assert 1_900_000 < from_card[-1][0] - from_card[0][0] < 2_000_000 + SOON_US


def test_a_controller_leaves_in_the_middle_of_a_sound(
    station: Station, card: AlsaCard, controller: subprocess.Popen[str]
) -> None:
    """SIGTERM: what was heard is stated, the card is let go, and the process ends by itself."""
    sound = tone(20_000)
    station.audio.files[sound.sha256] = sound.mp3
    station.publish_plan(order("sang", starts_at_ms=unix_ms() + 4_000, items=[sound.item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.ITEM_STARTED in heard.kinds("sang"))
    time.sleep(1)
    controller.send_signal(signal.SIGTERM)
    _, stderr = controller.communicate(timeout=15)
    silent_from = len(card.heard())
    time.sleep(0.5)

    assert (controller.returncode, "Traceback" in stderr) == (0, False)
    assert len(card.heard()) == silent_from
