"""How what a device measured is said to people: its name, and its figure with a unit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from broadcaster.audit.acts import Act
from broadcaster.web.formats import Language, duration, number
from broadcaster.web.language import msgid

ACTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.ENROLMENT_OFFERED: msgid("Tạo mã ghi danh loa"),
        Act.DEVICE_ENROLLED: msgid("Ghi danh loa"),
        Act.DEVICE_CHANGED: msgid("Đổi âm lượng hoặc độ trễ của loa"),
        Act.DEVICE_PLACED: msgid("Ghi vị trí của loa"),
        Act.DEVICE_MOVED: msgid("Chuyển loa sang nơi khác"),
        Act.DEVICE_MERGED: msgid("Thay loa bằng loa khác"),
        Act.SELF_TEST_ASKED: msgid("Yêu cầu loa tự kiểm tra"),
        Act.DEVICE_RETIRED: msgid("Thôi dùng loa"),
    }
)
"""The acts of which the life of a device is made."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "cpu_temperature_c": msgid("Nhiệt độ bộ xử lý"),
        "cpu_share": msgid("Bộ xử lý đang bận"),
        "memory_free_bytes": msgid("Bộ nhớ còn trống"),
        "disk_free_bytes": msgid("Ổ đĩa còn trống"),
        "audio_cache_bytes": msgid("Âm thanh đã tải sẵn"),
        "link": msgid("Đường truyền"),
        "signal_dbm": msgid("Sóng di động"),
        "supply": msgid("Nguồn điện"),
        "audio_device": msgid("Cổng âm thanh"),
        "volume_percent": msgid("Âm lượng"),
        "uptime_s": msgid("Đã chạy liên tục"),
        "unreceipted": msgid("Xác nhận đài chưa nhận"),
        "self_test": msgid("Lần tự thử gần nhất"),
        "refused_forged": msgid("Lệnh không phải của đài, đã bỏ qua"),
        "refused_old": msgid("Lệnh cũ hoặc phát lại, đã bỏ qua"),
        "refused_unreadable": msgid("Tin không đọc được, đã bỏ qua"),
    }
)

_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("bad_signature", "wrong_key", "issuer_scope"), "refused_forged"),
        **dict.fromkeys(("rolled_back", "expired", "key_expired"), "refused_old"),
    }
)
"""Under which name a code of the contract counts; all others could not be read, or not here."""

_WORDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("supply", "mains"): msgid("điện lưới"),
        ("supply", "battery"): msgid("ắc quy"),
        ("audio_device", "true"): msgid("có"),
        ("audio_device", "false"): msgid("không thấy"),
        ("self_test", "heard"): msgid("micro ở cột nghe thấy tiếng thử"),
        ("self_test", "not_heard"): msgid("micro ở cột không nghe thấy tiếng thử"),
        ("self_test", "no_microphone"): msgid("đã phát tiếng thử, không có micro để nghe"),
        ("self_test", "not_played"): msgid("chưa phát được tiếng thử"),
    }
)
_FIGURES: Mapping[str, tuple[float, int, str]] = MappingProxyType(
    {
        "cpu_temperature_c": (1, 1, " °C"),
        "cpu_share": (100, 0, "%"),
        "memory_free_bytes": (1e-6, 0, " MB"),
        "disk_free_bytes": (1e-6, 0, " MB"),
        "audio_cache_bytes": (1e-6, 0, " MB"),
        "signal_dbm": (1, 0, " dBm"),
        "volume_percent": (1, 0, "%"),
        "unreceipted": (1, 0, ""),
        "refused_forged": (1, 0, ""),
        "refused_old": (1, 0, ""),
        "refused_unreadable": (1, 0, ""),
    }
)
"""What a figure is multiplied by, how many decimals it has, and its unit."""

_NUMBERS = frozenset({*_FIGURES, "uptime_s"})

# A device may state anything; what no box can measure is not written out digit by digit.
_BELIEVABLE = 10**15


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing that was measured: its name (a msgid), and a word (a msgid) or a figure for it."""

    name: str
    word: str | None
    figure: str


def measured_lines(measured: Mapping[str, Any], *, language: Language) -> Sequence[Measured]:
    """Everything that was measured and has a name, in a fixed order."""
    measured = {**measured, **_refused(measured.get("refused"))}
    return [
        Measured(
            title,
            _WORDS.get((name, _key(name, measured[name]))),
            _figure(name, measured[name], language=language),
        )
        for name, title in _NAMES.items()
        if measured.get(name) is not None
    ]


def _refused(counts: Any) -> Mapping[str, int]:  # noqa: ANN401 - any JSON
    """How many messages a device refused since it was switched on, by why."""
    found: Counter[str] = Counter()
    for code, count in counts.items() if isinstance(counts, dict) else ():
        if isinstance(count, int) and count > 0:
            found[_REFUSED.get(code, "refused_unreadable")] += count
    return found


def _key(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON
    """What a value is looked up by; of a self-test, what it found."""
    if name != "self_test":
        return str(value).lower()
    found = value if isinstance(value, dict) else {}
    if found.get("played") is not True:
        return "not_played"
    if found.get("heard") is None:
        return "no_microphone"
    return "heard" if found["heard"] is True else "not_heard"


def _figure(name: str, value: Any, *, language: Language) -> str:  # noqa: ANN401 - any JSON
    if name not in _NUMBERS or not isinstance(value, int | float):
        return str(value)
    if abs(value) > _BELIEVABLE:
        return "?"
    if name == "uptime_s":
        return duration(int(value) * 1_000, language=language)
    scale, decimals, unit = _FIGURES[name]
    return f"{number(value * scale, decimals=decimals, language=language)}{unit}"
