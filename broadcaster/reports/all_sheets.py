"""The tables of a report: which they are, what their columns are called, where their rows lead."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from broadcaster.emergency.hazards import WARNING_NAMES
from broadcaster.emergency.wording import ENDINGS
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.periods import written_period
from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.broadcasts import Urgency
from broadcaster.reports.poles import PlayTally
from broadcaster.reports.report import Report
from broadcaster.reports.scopes import ScopeKind
from broadcaster.reports.sheets import Cell, Column, Kind, Rest, Row, Sheet, sheet
from broadcaster.reports.wording import OUTCOMES, STANDINGS, URGENCIES
from broadcaster.web.language import msgid

_EVERY_OUTCOME = tuple(Outcome)
"""An enumeration is slow to go through, and a file has a row for each of ten thousand poles."""

_COVERAGE = (
    Column(key="asked", name=msgid("Lượt dân"), kind=Kind.RESIDENTS, summed=True),
    *(
        Column(key=outcome, name=name, kind=Kind.RESIDENTS, summed=True)
        for outcome, name in OUTCOMES.items()
    ),
    Column(key="unserved", name=msgid("Chưa có loa"), kind=Kind.RESIDENTS, summed=True),
    Column(key="share", name=msgid("Độ phủ"), kind=Kind.SHARE, of=("confirmed", "asked")),
)
_COUNTS = (
    Column(key="broadcasts", name=msgid("Số tin, bài"), summed=True),
    Column(key="times", name=msgid("Số lần phát"), summed=True),
    Column(key="minutes", name=msgid("Số phút"), kind=Kind.MINUTES, summed=True),
)
_PLAYS = tuple(
    Column(key=outcome, name=name, summed=True)
    for outcome, name in OUTCOMES.items()
    if outcome is not Outcome.UNVERIFIABLE
)
PARTS_NOTE = msgid(
    "Lượt dân là số người dân ở thôn được phát tới, tính mỗi lần phát một lượt; đó là nơi loa phát "
    "tới, không phải số người nghe. Độ phủ chỉ tính phần đã xác nhận."
)


def sheets_of(report: Report) -> list[Sheet]:
    """Every table that has something to tell, in the order in which a report tells them."""
    sheets = [
        _topics(report),
        _urgencies(report),
        _villages(report),
        _poles(report),
        _emergencies(report),
        _repairs(report),
        _opinions(report),
        _answers(report),
        _broadcasts(report),
    ]
    return [each for each in sheets if each.rows]


def _topics(report: Report) -> Sheet:
    coverages = {each.covered.key: each.covered for each in report.coverage.by_topic}
    rows = [
        Row(
            cells={
                "topic": count.key,
                **_count(count.broadcasts, count.times, count.on_air_ms),
                **_parts(coverages[count.key].coverage),
            },
            evidence=_coverage_address(report, count.key),
        )
        for count in report.by_topic
        if count.key in coverages
    ]
    topic = Column(key="topic", name=msgid("Chủ đề"), kind=Kind.TOPIC)
    title = msgid("Theo chủ đề")
    return sheet("topics", title, (topic, *_COUNTS, *_COVERAGE), rows, note=PARTS_NOTE)


def _urgencies(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "urgency": URGENCIES[Urgency(count.key)],
                **_count(count.broadcasts, count.times, count.on_air_ms),
            },
            evidence="#broadcasts",
        )
        for count in report.by_urgency
    ]
    level = Column(key="urgency", name=msgid("Mức ưu tiên"), kind=Kind.WORDS)
    return sheet("urgencies", msgid("Theo mức ưu tiên"), (level, *_COUNTS), rows)


def _villages(report: Report) -> Sheet:
    period = urlencode({"period": written_period(report.period)})
    rows = [
        Row(
            cells={
                "village": each.name,
                "residents": each.covered.reach.residents,
                "reached": each.covered.reach.reached,
                "times": each.covered.times,
                **_parts(each.covered.coverage),
            },
            evidence=f"/ledger/villages/{quote(each.covered.key)}/shares?{period}",
        )
        for each in report.coverage.by_village
    ]
    columns = (
        Column(key="village", name=msgid("Thôn"), kind=Kind.TEXT),
        Column(key="residents", name=msgid("Dân số"), kind=Kind.RESIDENTS, summed=True),
        Column(key="reached", name=msgid("Đã phát tới"), kind=Kind.RESIDENTS, summed=True),
        Column(
            key="reach", name=msgid("Phần đã tới"), kind=Kind.SHARE, of=("reached", "residents")
        ),
        Column(key="times", name=msgid("Số lần"), summed=True),
        *_COVERAGE,
    )
    whole = report.coverage.whole
    sums = {
        "residents": whole.reach.residents,
        "reached": whole.reach.reached,
        "times": whole.times,
        **_parts(whole.coverage),
    }
    rest = Rest(in_all=report.coverage.village_count, sums=sums)
    title = msgid("Độ phủ theo thôn")
    return sheet("villages", title, columns, rows, note=PARTS_NOTE, rest=rest)


def _poles(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "pole": line.name,
                "cluster": line.cluster_name,
                "standing": STANDINGS[line.standing],
                **_plays(line.tally),
                "confirmed_at": line.confirmed_at,
                "faults": line.faults,
            },
            evidence=f"/devices/{quote(line.device_id)}/plays",
        )
        for line in report.poles
    ]
    columns = (
        Column(key="pole", name=msgid("Tên loa"), kind=Kind.TEXT),
        Column(key="cluster", name=msgid("Cụm"), kind=Kind.TEXT),
        Column(key="standing", name=msgid("Tình trạng"), kind=Kind.WORDS),
        Column(key="plays", name=msgid("Lượt phải phát"), summed=True),
        *_PLAYS,
        Column(key="asked_minutes", name=msgid("Phút phải phát"), kind=Kind.MINUTES, summed=True),
        Column(key="played_minutes", name=msgid("Phút đã phát"), kind=Kind.MINUTES, summed=True),
        Column(
            key="played",
            name=msgid("Đã phát"),
            kind=Kind.SHARE,
            of=("played_minutes", "asked_minutes"),
        ),
        Column(key="confirmed_at", name=msgid("Xác nhận lần cuối"), kind=Kind.INSTANT),
        Column(key="faults", name=msgid("Lỗi loa tự báo"), kind=Kind.FAULTS),
    )
    note = msgid("Im lặng là loa không gửi một lời nào về các lần phát: không rõ có kêu hay không.")
    title = msgid("Từng cụm loa: đã phát và phải phát")
    rest = Rest(in_all=report.pole_count, sums=_plays(report.plays))
    return sheet("poles", title, columns, rows, note=note, rest=rest)


def _emergencies(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "raised_at": line.raised_at,
                "hazard": WARNING_NAMES.get(line.hazard, line.hazard.replace("%", "%%")),
                "what": URGENCIES[Urgency.DRILL if line.drill else Urgency.EMERGENCY],
                "giver": line.giver,
                "times": line.times,
                "ended_at": line.ended_at,
                "ending": ENDINGS.get(line.ending, msgid("chưa kết thúc")),
                **(_parts(line.coverage) if line.coverage else {}),
            },
            evidence=f"/emergency/{quote(line.emergency_id)}",
        )
        for line in report.emergencies
    ]
    columns = (
        Column(key="raised_at", name=msgid("Ra lệnh lúc"), kind=Kind.INSTANT),
        Column(key="hazard", name=msgid("Mối nguy"), kind=Kind.WORDS),
        Column(key="what", name=msgid("Loại"), kind=Kind.WORDS),
        Column(key="giver", name=msgid("Người ra lệnh"), kind=Kind.TEXT),
        Column(key="times", name=msgid("Số lần phát"), summed=True),
        Column(key="ended_at", name=msgid("Kết thúc lúc"), kind=Kind.INSTANT),
        Column(key="ending", name=msgid("Kết thúc"), kind=Kind.WORDS),
        *_COVERAGE,
    )
    return sheet("emergencies", msgid("Nhật ký khẩn cấp"), columns, rows)


def _repairs(report: Report) -> Sheet:
    done = report.repairs
    counts: Sequence[tuple[str, int]] = (
        [
            (msgid("Cụm loa lắp mới"), done.enrolled),
            (msgid("Cụm loa được thay"), done.replaced),
            (msgid("Cụm loa thôi dùng"), done.retired),
            (msgid("Lần báo loa không xác nhận"), done.alerts_raised),
            (msgid("Trong đó loa đã xác nhận muộn"), done.alerts_settled),
        ]
        if done is not None
        else []
    )
    rows = [Row(cells={"what": name, "count": count}, evidence="/devices/trends")
            for name, count in counts]  # fmt: skip
    columns = (
        Column(key="what", name=msgid("Việc"), kind=Kind.WORDS),
        Column(key="count", name=msgid("Số lượng")),
    )
    return sheet("repairs", msgid("Hỏng hóc và sửa chữa"), columns, rows)


def _opinions(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "village": each.name,
                "received": each.received,
                "answered": each.answered,
                "waiting": each.waiting,
                "erased": each.erased,
                "aired": each.aired,
            },
            evidence=f"/thon/{quote(each.village_id)}/y-kien",
        )
        for each in (report.opinions.by_village if report.opinions else ())
    ]
    columns = (
        Column(key="village", name=msgid("Thôn"), kind=Kind.TEXT),
        Column(key="received", name=msgid("Ý kiến nhận được"), summed=True),
        Column(key="answered", name=msgid("Đã trả lời"), summed=True),
        Column(key="waiting", name=msgid("Còn chờ trả lời"), summed=True),
        Column(key="erased", name=msgid("Đã xóa lời"), summed=True),
        Column(key="aired", name=msgid("Đã trả lời trên loa"), summed=True),
    )
    return sheet("opinions", msgid("Ý kiến của bà con"), columns, rows)


def _answers(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "village": each.village,
                "received_at": each.received_at,
                "answered_at": each.answered_at,
                "words": each.words,
            }
        )
        for each in (report.opinions.answers if report.opinions else ())
    ]
    columns = (
        Column(key="village", name=msgid("Thôn"), kind=Kind.TEXT),
        Column(key="received_at", name=msgid("Ý kiến nhận lúc"), kind=Kind.INSTANT),
        Column(key="answered_at", name=msgid("Trả lời lúc"), kind=Kind.INSTANT),
        Column(key="words", name=msgid("Nội dung trả lời"), kind=Kind.TEXT),
    )
    return sheet("answers", msgid("Trả lời ý kiến"), columns, rows)


def _broadcasts(report: Report) -> Sheet:
    rows = [
        Row(
            cells={
                "starts_at": each.starts_at,
                "title": each.title,
                "topic": each.topic,
                "urgency": URGENCIES[each.urgency],
                "times": each.times,
                "minutes": each.on_air_ms / 60_000,
                **_parts(each.coverage),
            },
            evidence=f"/emergency/{quote(each.emergency_id)}"
            if each.emergency_id
            else f"/broadcasts/{quote(each.broadcast_id)}",
        )
        for each in report.broadcasts
    ]
    columns = (
        Column(key="starts_at", name=msgid("Phát lúc"), kind=Kind.INSTANT),
        Column(key="title", name=msgid("Tin, bài"), kind=Kind.TEXT),
        Column(key="topic", name=msgid("Chủ đề"), kind=Kind.TOPIC),
        Column(key="urgency", name=msgid("Mức ưu tiên"), kind=Kind.WORDS),
        *_COUNTS[1:],
        *_COVERAGE,
    )
    return sheet("broadcasts", msgid("Từng lần phát"), columns, rows)


def _count(broadcasts: int, times: int, on_air_ms: int) -> dict[str, Cell]:
    return {"broadcasts": broadcasts, "times": times, "minutes": on_air_ms / 60_000}


def _plays(tally: PlayTally) -> dict[str, Cell]:
    return {
        "plays": tally.asked,
        **{outcome: tally.outcomes.get(outcome, 0) for outcome in _EVERY_OUTCOME},
        "asked_minutes": tally.asked_ms / 60_000,
        "played_minutes": tally.played_ms / 60_000,
    }


def _parts(coverage: Coverage) -> dict[str, Cell]:
    parts: dict[str, Cell] = {outcome: getattr(coverage, outcome) for outcome in _EVERY_OUTCOME}
    return {"asked": coverage.asked, **parts, "unserved": coverage.unserved}


def _coverage_address(report: Report, topic: str) -> str:
    """The ledger's page of the same figure; picked broadcasts stand below."""
    if report.scope.picks_broadcasts:
        return "#broadcasts"
    asked = urlencode({"period": written_period(report.period), "topic": topic})
    if report.scope.kind is ScopeKind.VILLAGE:
        return f"/ledger/villages/{quote(report.scope.key)}/shares?{asked}"
    return f"/ledger/coverage?{asked}"
