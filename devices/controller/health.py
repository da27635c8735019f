"""What a box really measures of itself, from the files that its kernel shows; null for the rest.

Nothing here is guessed, smoothed or kept from the last time: a figure that cannot be read now is
None. Everything is read below a root, so that a test can stand a box of its own there. What the
kernel has no file for, a box's own script may write: `/run/loa/signal_dbm` (a modem's signal) and
`/run/loa/supply` (`mains` or `battery`, from a GPIO pin), each followed by the seconds since the
box was switched on at which that was so: it is believed for five minutes.
"""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from devices.protocol.reports import ClockStatement, Health, SelfTestResult

Supply = Literal["mains", "battery"]

_SUPPLIES: Mapping[str, Supply] = {"mains": "mains", "battery": "battery"}
_OF_A_CPU = ("cpu", "soc", "pkg")
_COLDEST_C, _HOTTEST_C = -40.0, 150.0
_ROUTE_IS_UP = 0x1
_ETHERNET, _POINT_TO_POINT = "1", "512"
_FIVE_MINUTES_S = 300.0
_WORDS = Path("run/loa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the controller knows of itself, to go with what the box measures."""

    station: str
    device: str
    boot: str
    at_ms: int
    clock: ClockStatement
    volume_percent: int | None = None
    unreceipted: int | None = None
    refused: Mapping[str, int] | None = None
    self_test: SelfTestResult | None = None
    simulated: bool = False


class HealthMeter:
    """Measures one box; the share of a core is that since the measurement before."""

    def __init__(self, *, home: Path, audio: Path, root: Path = Path("/")) -> None:
        self._home = home
        self._audio = audio
        self._root = root
        self._used: tuple[float, float] | None = None

    def measure(self, around: Around) -> Health:
        """All of it, now."""
        root = self._root
        interface = default_interface(root)
        return Health(
            station=around.station,
            device=around.device,
            boot=around.boot,
            at_ms=around.at_ms,
            uptime_s=uptime_s(root),
            cpu_temperature_c=cpu_temperature_c(root),
            cpu_share=self._cpu_share(),
            memory_resident_bytes=memory_resident_bytes(root),
            memory_free_bytes=memory_free_bytes(root),
            disk_free_bytes=disk_free_bytes(self._home),
            audio_cache_bytes=folder_bytes(self._audio),
            link=link_kind(root, interface) if interface is not None else None,
            signal_dbm=signal_dbm(root, interface),
            supply=supply(root),
            audio_device=audio_device(root),
            volume_percent=around.volume_percent,
            unreceipted=around.unreceipted,
            refused=dict(around.refused) if around.refused else None,
            self_test=around.self_test,
            clock=around.clock,
            simulated=around.simulated,
        )

    def _cpu_share(self) -> float | None:
        now = _cpu_seconds(self._root)
        before, self._used = self._used, now
        if now is None or before is None or now[1] <= before[1]:
            return None
        return round((now[0] - before[0]) / (now[1] - before[1]), 4)


def uptime_s(root: Path) -> int | None:
    """Whole seconds since the box was switched on."""
    since = _number(_read(root / "proc/uptime"))
    return None if since is None else int(since)


def cpu_temperature_c(root: Path) -> float | None:
    """The hottest of the sensors that call themselves a processor's."""
    found = [
        milli / 1_000
        for zone in _entries(root / "sys/class/thermal")
        if any(word in (_read(zone / "type") or "").lower() for word in _OF_A_CPU)
        if (milli := _number(_read(zone / "temp"))) is not None
    ]
    plausible = [celsius for celsius in found if _COLDEST_C <= celsius <= _HOTTEST_C]
    return max(plausible, default=None)


def memory_resident_bytes(root: Path) -> int | None:
    """What this process holds of the memory."""
    pages = _number(_read(root / "proc/self/statm"), at=1)
    return None if pages is None else int(pages) * os.sysconf("SC_PAGESIZE")


def memory_free_bytes(root: Path) -> int | None:
    """What programs can still have of the memory without anything being swapped out."""
    for line in (_read(root / "proc/meminfo") or "").splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            kibibytes = _number(amount)
            return None if kibibytes is None else int(kibibytes) * 1_024
    return None


def disk_free_bytes(home: Path) -> int | None:
    """What may still be written beside the controller's files."""
    try:
        found = os.statvfs(home)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def folder_bytes(folder: Path) -> int | None:
    """The size of the files in a folder."""
    try:
        with os.scandir(folder) as entries:
            return sum(entry.stat().st_size for entry in entries if entry.is_file())
    except OSError:
        return None


def default_interface(root: Path) -> str | None:
    """The network interface over which the world is reached: that of the cheapest default route."""
    routes = [line.split() for line in (_read(root / "proc/net/route") or "").splitlines()[1:]]
    usable = [
        (int(fields[6]), fields[0])
        for fields in routes
        if len(fields) > 7 and fields[1] == fields[7] == "00000000" and fields[6].isdigit()
        if fields[3].isdigit() and int(fields[3], 16) & _ROUTE_IS_UP
    ]
    return min(usable)[1] if usable else _default_interface_v6(root)


def link_kind(root: Path, interface: str) -> str | None:
    """`ethernet`, `wifi` or `wwan`; None for anything else."""
    folder = root / "sys/class/net" / interface
    if (folder / "wireless").exists() or (folder / "phy80211").exists():
        return "wifi"
    kind = _read(folder / "type")
    if "DEVTYPE=wwan" in (_read(folder / "uevent") or "") or kind == _POINT_TO_POINT:
        return "wwan"
    return "ethernet" if kind == _ETHERNET else None


def signal_dbm(root: Path, interface: str | None) -> float | None:
    """The strength of the Wi-Fi that the box is on, or of a modem whose script says it."""
    for line in (_read(root / "proc/net/wireless") or "").splitlines()[2:]:
        name, _, figures = line.partition(":")
        if interface is not None and name.strip() == interface:
            level = _number(figures.replace(". ", " "), at=2)
            return level if level is not None and level < 0 else None
    word = _number(_word(root, "signal_dbm"))
    return word if word is not None and word < 0 else None


def supply(root: Path) -> Supply | None:
    """Whether the box is fed by the mains, as far as the kernel or the box's script tells."""
    word = _SUPPLIES.get(_word(root, "supply") or "")
    if word is not None:
        return word
    kinds = {
        (_read(each / "type"), _read(each / "online"), _read(each / "status"))
        for each in _entries(root / "sys/class/power_supply")
    }
    if any(kind in {"Mains", "USB"} and online == "1" for kind, online, _ in kinds):
        return "mains"
    if any(kind in {"Battery", "UPS"} for kind, _, _ in kinds):
        is_fed = any(status in {"Charging", "Full", "Not charging"} for _, _, status in kinds)
        return "mains" if is_fed else "battery"
    return None


def audio_device(root: Path) -> bool:
    """Whether the kernel has a device that sound can be played on."""
    return ": playback " in (_read(root / "proc/asound/pcm") or "") + " "


def _cpu_seconds(root: Path) -> tuple[float, float] | None:
    """What this process has used of a core, and since when the box is on; in seconds."""
    stat = _read(root / "proc/self/stat")
    since = _number(_read(root / "proc/uptime"))
    if stat is None or since is None:
        return None
    # The name of the program, in brackets, may hold anything.
    used = [_number(stat.rpartition(")")[2], at=at) for at in (11, 12)]
    if used[0] is None or used[1] is None:
        return None
    return (used[0] + used[1]) / os.sysconf("SC_CLK_TCK"), since


def _default_interface_v6(root: Path) -> str | None:
    routes = [line.split() for line in (_read(root / "proc/net/ipv6_route") or "").splitlines()]
    usable = [
        (fields[5], fields[9])
        for fields in routes
        if len(fields) == 10 and fields[0].strip("0") == "" and fields[1] == "00"
        if fields[9] != "lo" and fields[4].strip("0")
    ]
    return min(usable)[1] if usable else None


def _word(root: Path, name: str) -> str | None:
    """What a box's own script says, if it said so lately: by the box's time without steps."""
    path = root / _WORDS / name
    now_s = _number(_read(root / "proc/uptime"))
    said_s = _number(_read(path), at=1)
    if now_s is None or said_s is None or not 0 <= now_s - said_s <= _FIVE_MINUTES_S:
        return None
    return (_read(path) or "").split()[0]


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return


def _read(path: Path) -> str | None:
    """A small file's text; None where there is none, or the kernel has no answer now."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _number(text: str | None, *, at: int = 0) -> float | None:
    """The number that stands at a place in a line; None where there is none."""
    fields = (text or "").split()
    try:
        number = float(fields[at])
    except (IndexError, ValueError):
        return None
    return number if math.isfinite(number) else None
