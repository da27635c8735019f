"""Answers on what time it is, quiet hours and volume bands, with what follows from them."""

TIMES: list[dict[str, object]] = [
    {
        "name": name,
        "asked_monotonic_ms": 1_000,
        "answered_monotonic_ms": 1_000 + round_trip_ms,
        "at_ms": at_ms,
        "clock_ms": clock_ms,
        "offset_ms": at_ms + round_trip_ms // 2 - clock_ms,
        "uncertainty_ms": round_trip_ms // 2 + 1,
    }
    for name, round_trip_ms, at_ms, clock_ms in (
        ("the clock is right", 40, 1_800_000_000_020, 1_800_000_000_040),
        ("the clock is 3 s behind", 100, 1_800_000_003_050, 1_800_000_000_100),
        ("the clock is 10 ms ahead", 6, 1_800_000_000_000, 1_800_000_000_013),
        ("the clock began in 1970", 500, 1_800_000_000_000, 12_345),
    )
]

_NIGHT = {"begins": "21:00", "ends": "05:30", "zone": "Asia/Ho_Chi_Minh"}
_NOON = {"begins": "12:00", "ends": "13:00", "zone": "Asia/Ho_Chi_Minh"}
_NONE = {"begins": "06:00", "ends": "06:00", "zone": "Asia/Ho_Chi_Minh"}
_BERLIN = {"begins": "22:00", "ends": "06:00", "zone": "Europe/Berlin"}
_SPRING = {"begins": "02:30", "ends": "04:00", "zone": "Europe/Berlin"}
_AUTUMN = {"begins": "02:30", "ends": "04:00", "zone": "Europe/Berlin"}

# 1_800_000_000 is 2027-01-15 08:00:00 UTC: 15:00 in Vietnam, 09:00 in Berlin.
_AT_15 = 1_800_000_000_000
_HOUR = 3_600_000
# The nights on which clocks change in Berlin: 2027-03-28 01:00 UTC and 2027-10-31 01:00 UTC.
_SPRING_0100 = 1_806_195_600_000
_AUTUMN_0100 = 1_824_944_400_000

QUIET_HOURS: list[dict[str, object]] = [
    {
        "name": name,
        "quiet_hours": quiet,
        "starts_at_ms": starts_at_ms,
        "duration_ms": duration_ms,
        "touches": touches,
    }
    for name, quiet, starts_at_ms, duration_ms, touches in (
        ("in the afternoon", _NIGHT, _AT_15, _HOUR, False),
        ("ends as they begin", _NIGHT, _AT_15 + 5 * _HOUR, _HOUR, False),
        ("ends a millisecond later", _NIGHT, _AT_15 + 5 * _HOUR, _HOUR + 1, True),
        ("begins as they begin", _NIGHT, _AT_15 + 6 * _HOUR, 1, True),
        ("no sound, as they begin", _NIGHT, _AT_15 + 6 * _HOUR, 0, True),
        ("after midnight", _NIGHT, _AT_15 + 12 * _HOUR + 900_000, 60_000, True),
        ("begins as they end", _NIGHT, _AT_15 + 14 * _HOUR + 1_800_000, _HOUR, False),
        ("a millisecond before they end", _NIGHT, _AT_15 + 14 * _HOUR + 1_799_999, 1, True),
        ("from one evening to the next", _NIGHT, _AT_15, 24 * _HOUR, True),
        ("over noon, around them", _NOON, _AT_15 + 20 * _HOUR, 3 * _HOUR, True),
        ("in the morning before noon", _NOON, _AT_15 + 20 * _HOUR, _HOUR, False),
        ("none at all", _NONE, _AT_15 + 14 * _HOUR, 24 * _HOUR, False),
        ("summer time begins: 05:59", _BERLIN, _SPRING_0100 + 3 * _HOUR - 60_000, 1, True),
        ("summer time begins: 06:00", _BERLIN, _SPRING_0100 + 3 * _HOUR, 1, False),
        ("summer time ends: 05:59", _BERLIN, _AUTUMN_0100 + 4 * _HOUR - 60_000, 1, True),
        ("summer time ends: 06:00", _BERLIN, _AUTUMN_0100 + 4 * _HOUR, 1, False),
        ("they begin when there is no 02:30: before", _SPRING, _SPRING_0100, 1_800_000, False),
        ("they begin when there is no 02:30: after", _SPRING, _SPRING_0100 + 1_800_000, 1, True),
        ("they begin at the first of two 02:30", _AUTUMN, _AUTUMN_0100 - 1_800_000, 1, True),
        ("just before the first of two 02:30", _AUTUMN, _AUTUMN_0100 - 1_800_001, 1, False),
    )
]

_BANDS = [
    {"begins": "05:00", "ends": "06:00", "percent": 60},
    {"begins": "05:30", "ends": "17:00", "percent": 80},
    {"begins": "22:00", "ends": "05:00", "percent": 20},
]
_WHOLE_DAY = [{"begins": "00:00", "ends": "00:00", "percent": 70}]

VOLUMES: list[dict[str, object]] = [
    {
        "name": name,
        "volume": bands,
        "zone": "Asia/Ho_Chi_Minh",
        "at_ms": _AT_15 + after_ms,
        "percent": percent,
    }
    for name, bands, after_ms, percent in (
        ("no band", [], 0, 100),
        ("one band", _BANDS, 0, 80),
        ("outside all bands", _BANDS, 3 * _HOUR, 100),
        ("two bands: the lower one", _BANDS, 14 * _HOUR + 2_000_000, 60),
        ("as a band ends", _BANDS, 15 * _HOUR, 80),
        ("across midnight, before", _BANDS, 8 * _HOUR, 20),
        ("across midnight, after", _BANDS, 13 * _HOUR, 20),
        ("the whole day", _WHOLE_DAY, 5 * _HOUR, 70),
    )
]
