"""What a box says of itself is what its kernel says now, and null where that says nothing."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.controller.health import Around, HealthMeter
from devices.protocol.reports import ClockStatement, Health, SelfTestResult

ROUTES = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
{}
"""
AROUND = Around(
    station="binh-an",
    device="loa-01",
    boot="b" * 32,
    at_ms=1_795_582_800_000,
    clock=ClockStatement(offset_ms=3, uncertainty_ms=12, source="station"),
)


class Box:
    """A made-up /proc and /sys, and a home."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.home = folder / "home"
        (self.home / "audio").mkdir(parents=True)
        self.meter = HealthMeter(home=self.home, audio=self.home / "audio", root=self.root)

    def has(self, path: str, text: str | bytes) -> None:
        """A file of the kernel's, or of a script of the box."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def measure(self) -> Health:
        """What the box measures now."""
        return self.meter.measure(AROUND)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box that shows nothing yet."""
    return Box(tmp_path)


def test_a_box_that_shows_nothing_says_nothing(box: Box) -> None:
    """Only the disk can be asked, and that there is no sound card is known."""
    found = box.measure()

    measured = {
        name: getattr(found, name)
        for name in found.__struct_fields__
        if getattr(found, name) is not None
    }
    assert measured.pop("disk_free_bytes") > 0
    assert measured == {
        "v": 1,
        "station": "binh-an",
        "device": "loa-01",
        "boot": "b" * 32,
        "at_ms": 1_795_582_800_000,
        "audio_cache_bytes": 0,
        "audio_device": False,
        "clock": AROUND.clock,
        "simulated": False,
    }


def test_the_usual_figures_are_read(box: Box) -> None:
    """Uptime, memory, and how much of the audio is there."""
    box.has("proc/uptime", "3913.87 1683.34\n")
    box.has("proc/meminfo", "MemTotal:  948000 kB\nMemAvailable:  512000 kB\n")
    box.has("proc/self/statm", "765 438 409 5 0 123 0\n")
    (box.home / "audio" / "a.mp3").write_bytes(bytes(3_000))
    (box.home / "audio" / "b.part").write_bytes(bytes(500))
    found = box.measure()

    assert found.uptime_s == 3_913
    assert found.memory_free_bytes == 512_000 * 1_024
    assert found.memory_resident_bytes == 438 * os.sysconf("SC_PAGESIZE")
    assert found.audio_cache_bytes == 3_500


def test_the_share_of_a_core_is_that_since_the_last_time(box: Box) -> None:
    """Nothing the first time; a program's name may hold brackets and blanks."""
    ticks = os.sysconf("SC_CLK_TCK")
    stat = "412 (a) b (c) S 1 4 4 0 -1 4194304 9 0 0 0 {} {} 0 0 20 0 3 0 88 1 1\n"
    box.has("proc/uptime", "100.00 1\n")
    box.has("proc/self/stat", stat.format(5 * ticks, 2 * ticks))
    first = box.measure()
    box.has("proc/uptime", "160.00 1\n")
    box.has("proc/self/stat", stat.format(6 * ticks, 2 * ticks + ticks // 2))
    second = box.measure()

    assert first.cpu_share is None
    assert second.cpu_share == pytest.approx(1.5 / 60, abs=1e-4)


@pytest.mark.parametrize(
    ("zones", "celsius"),
    [
        ([("cpu-thermal", "48312")], 48.312),
        ([("cpu0-thermal", "51000"), ("gpu-thermal", "70000")], 51.0),
        ([("x86_pkg_temp", "39000"), ("cpu_thermal", "44000")], 44.0),
        ([("soc_thermal", "-5000")], -5.0),
        ([("battery", "31000")], None),
        ([("cpu-thermal", "")], None),
        ([("cpu-thermal", "999999999")], None),
    ],
)
def test_the_temperature_is_the_processor_s(
    box: Box, zones: list[tuple[str, str]], celsius: float | None
) -> None:
    """The hottest of its sensors; what cannot be is not said."""
    for number, (kind, milli) in enumerate(zones):
        box.has(f"sys/class/thermal/thermal_zone{number}/type", f"{kind}\n")
        box.has(f"sys/class/thermal/thermal_zone{number}/temp", f"{milli}\n")

    assert box.measure().cpu_temperature_c == celsius


@pytest.mark.parametrize(
    ("interface", "files", "kind"),
    [
        ("eth0", {"type": "1"}, "ethernet"),
        ("wlan0", {"type": "1", "wireless/link": ""}, "wifi"),
        ("wlan0", {"type": "1", "phy80211/name": "phy0"}, "wifi"),
        ("wwan0", {"type": "1", "uevent": "DEVTYPE=wwan\nINTERFACE=wwan0"}, "wwan"),
        ("ppp0", {"type": "512"}, "wwan"),
        ("tun0", {"type": "65534"}, None),
    ],
)
def test_the_link_is_that_of_the_default_route(
    box: Box, interface: str, files: dict[str, str], kind: str | None
) -> None:
    """Cable, Wi-Fi or a modem; a tunnel is none of them."""
    routes = [
        "docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0",
        "far0 00000000 0101A8C0 0003 0 0 700 00000000 0 0 0",
        f"{interface} 00000000 0101A8C0 0003 0 0 100 00000000 0 0 0",
        "down0 00000000 0101A8C0 0002 0 0 1 00000000 0 0 0",
    ]
    box.has("proc/net/route", ROUTES.format("\n".join(routes)))
    for name, text in files.items():
        box.has(f"sys/class/net/{interface}/{name}", text)

    assert box.measure().link == kind


def test_a_box_that_knows_only_ipv6_has_a_link_too(box: Box) -> None:
    """By the other table of routes."""
    zero = "0" * 32
    box.has(
        "proc/net/ipv6_route",
        f"{zero} 00 {zero} 00 {'fe80'.ljust(32, '1')} 00000400 00000001 00000000 00450003 wwan0\n"
        f"{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200 lo\n",
    )
    box.has("sys/class/net/wwan0/uevent", "DEVTYPE=wwan\n")

    assert box.measure().link == "wwan"


def test_wi_fi_says_its_signal(box: Box) -> None:
    """That of the interface which is used, in dBm."""
    box.has("proc/net/route", ROUTES.format("wlan0 00000000 1 0003 0 0 0 00000000 0 0 0"))
    box.has("sys/class/net/wlan0/wireless/link", "54")
    box.has(
        "proc/net/wireless",
        "Inter-| sta-|   Quality        |\n face | tus | link level noise |\n"
        " wlan1: 0000   20.  -90.  -256        0\n"
        " wlan0: 0000   54.  -56.  -256        0\n",
    )

    assert box.measure().signal_dbm == -56.0


@pytest.mark.parametrize(
    ("said", "dbm"),
    [
        ("-71 900.5", -71.0),
        ("-71 650.0", None),
        ("-71 1200.0", None),
        ("-71", None),
        ("31 900", None),
        ("poor 900", None),
        ("nan 900", None),
    ],
)
def test_a_modem_s_script_is_believed_for_five_minutes(
    box: Box, said: str, dbm: float | None
) -> None:
    """By the seconds since the box was switched on, which no clock can set wrong."""
    box.has("proc/uptime", "1000.00 1\n")
    box.has("run/loa/signal_dbm", said)

    assert box.measure().signal_dbm == dbm


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"AC/type": "Mains", "AC/online": "1"}, "mains"),
        ({"usb/type": "USB", "usb/online": "1"}, "mains"),
        ({"AC/type": "Mains", "AC/online": "0", "B/type": "Battery", "B/status": "Discharging"},
         "battery"),
        ({"B/type": "UPS", "B/status": "Full"}, "mains"),
        ({"AC/type": "Mains", "AC/online": "0"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_supply_is_what_the_kernel_tells(
    box: Box, parts: dict[str, str], word: str | None
) -> None:
    """Mains where something is plugged in or charging, battery where one is drained."""
    for path, text in parts.items():
        box.has(f"sys/class/power_supply/{path}", text + "\n")

    assert box.measure().supply == word


def test_the_supply_is_what_a_pin_tells(box: Box) -> None:
    """A script that reads the pin says it; an old word or a strange one counts for nothing."""
    box.has("proc/uptime", "1000.00 1\n")
    said = []
    for word in ("battery 990", "mains 999", "battery 600", "sun 999"):
        box.has("run/loa/supply", word)
        said.append(box.measure().supply)

    assert said == ["battery", "mains", None, None]


def test_a_sound_card_is_one_that_plays(box: Box) -> None:
    """A microphone alone is none."""
    said = []
    for line in (
        "00-00: USB Audio : USB Audio : capture 1",
        "00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8\n01-00: USB : USB : capture 1",
        "",
    ):
        box.has("proc/asound/pcm", line + "\n")
        said.append(box.measure().audio_device)

    assert said == [False, True, False]


def test_what_the_controller_knows_goes_with_it(box: Box) -> None:
    """Volume, what has no receipt, what was refused, and the last self-test."""
    tested = SelfTestResult(at_ms=1, played=True, heard=False)
    found = box.meter.measure(
        Around(
            station="binh-an",
            device="loa-01",
            boot="b" * 32,
            at_ms=5,
            clock=ClockStatement(),
            volume_percent=60,
            unreceipted=7,
            refused={"bad_signature": 3},
            self_test=tested,
            simulated=True,
        )
    )

    assert (found.volume_percent, found.unreceipted) == (60, 7)
    assert (found.refused, found.self_test, found.simulated) == ({"bad_signature": 3}, tested, True)


FILES = [
    "proc/uptime",
    "proc/meminfo",
    "proc/self/stat",
    "proc/self/statm",
    "proc/net/route",
    "proc/net/ipv6_route",
    "proc/net/wireless",
    "proc/asound/pcm",
    "sys/class/thermal/thermal_zone0/type",
    "sys/class/thermal/thermal_zone0/temp",
    "sys/class/net/eth0/type",
    "sys/class/power_supply/AC/type",
    "run/loa/supply",
    "run/loa/signal_dbm",
]


@given(
    texts=st.dictionaries(
        st.sampled_from(FILES),
        st.one_of(
            st.binary(max_size=80),
            st.text("0123456789abf.:- \nxeth", max_size=120).map(str.encode),
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_of_a_kernel_can_break_it(box: Box, texts: dict[str, bytes]) -> None:
    """Whatever they hold, there is an answer."""
    for path, text in texts.items():
        box.has(path, text)
    box.measure()

    assert box.measure().station == "binh-an"
