"""What `loa demo --once` says at its end: a table for people, one JSON object for programs."""

import json
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.reports import BroadcastReport, ClusterReport, DeviceCounts, StartSkew


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """One broadcast, and how long the way to it was, in seconds."""

    broadcast: BroadcastReport
    to_first_sound_s: float | None
    total_s: float

    @property
    def all_finished(self) -> bool:
        """Whether every expected device finished, and at least one was expected."""
        counts = self.broadcast.counts
        return 0 < counts.planned == counts.finished


def as_json(report: ChainReport) -> str:
    """The report as one JSON object on one line."""
    broadcast = report.broadcast
    return json.dumps(
        {
            "broadcast": broadcast.broadcast_id,
            "title": broadcast.title,
            "simulated": broadcast.simulated,
            "duration_ms": broadcast.asked_ms,
            "audio_sha256": broadcast.audio_sha256,
            "devices": _counts(broadcast.counts),
            "residents": _residents(broadcast.coverage),
            "start_skew_ms": _skew(broadcast.skew),
            "clusters": [
                {
                    "cluster": cluster.cluster_id,
                    "name": cluster.name,
                    "villages": [village.name for village in cluster.villages],
                    "devices": _counts(cluster.counts),
                    "residents": _residents(cluster.coverage),
                    "start_skew_ms": _skew(cluster.skew),
                }
                for cluster in broadcast.clusters
            ],
            "to_first_sound_s": report.to_first_sound_s,
            "total_s": report.total_s,
            "all_finished": report.all_finished,
        },
        ensure_ascii=False,
    )


def draw(report: ChainReport, *, console: Console) -> None:
    """The report as a table, clusters in rows, the whole at the foot."""
    broadcast = report.broadcast
    table = Table(title=f"{broadcast.title} ◇ mô phỏng / simulated", show_footer=True)
    first, *others = zip(_HEADINGS, _row("Tất cả / All", broadcast), strict=True)
    table.add_column(first[0], footer=first[1])
    for heading, footer in others:
        table.add_column(heading, footer=footer, justify="right")
    for cluster in broadcast.clusters:
        table.add_row(*_row(cluster.name, cluster))
    console.print(table)
    if report.to_first_sound_s is not None:
        console.print(
            f"Từ lúc chạy đến tiếng đầu tiên / Start to first sound: {report.to_first_sound_s} s"
        )
    if report.all_finished:
        console.print("● Mọi cụm loa đã phát trọn. / Every device finished.", style="bold green")
    else:
        console.print(
            "◍ Có cụm loa chưa xác nhận hoặc phát lỗi. / Some devices did not finish.",
            style="bold red",
        )


_HEADINGS = (
    "Cụm / Cluster",
    "Thôn\nVillages",
    "Dân\nResidents",
    "Loa\nPlanned",
    "Có tệp\nCached",
    "Bắt đầu\nStarted",
    "Phát trọn\nFinished",
    "Phát lỗi\nFailed",
    "Chưa xác nhận\nNot confirmed",
    "Lệch (ms)\nSkew p50/max",
    "Dân được nghe\nReached",
)


def _row(name: str, part: BroadcastReport | ClusterReport) -> list[str]:
    coverage, counts, skew = part.coverage, part.counts, part.skew
    return [
        name,
        str(len(part.villages)),
        _people(coverage.asked),
        str(counts.planned),
        str(counts.cached),
        str(counts.started),
        str(counts.finished),
        str(counts.failed + counts.partial),
        str(counts.not_confirmed),
        f"{skew.p50_ms:.1f} / {skew.max_ms:.1f}" if skew else "—",
        f"{_people(coverage.confirmed)} / {_people(coverage.asked)}",
    ]


def _people(number: float) -> str:
    return f"{round(number):,}".replace(",", ".")


def _counts(counts: DeviceCounts) -> dict[str, int]:
    return {
        "planned": counts.planned,
        "cached": counts.cached,
        "started": counts.started,
        "finished": counts.finished,
        "partial": counts.partial,
        "failed": counts.failed,
        "not_confirmed": counts.not_confirmed,
        "pending": counts.pending,
    }


def _residents(coverage: Coverage) -> dict[str, float]:
    return {
        "asked": coverage.asked,
        "reached": round(coverage.confirmed, 1),
        "partial": round(coverage.partial, 1),
        "failed": round(coverage.failed, 1),
        "not_confirmed": round(coverage.not_confirmed, 1),
        "unverifiable": round(coverage.unverifiable, 1),
    }


def _skew(skew: StartSkew | None) -> dict[str, float] | None:
    if skew is None:
        return None
    return {
        "p50": round(skew.p50_ms, 3),
        "p99": round(skew.p99_ms, 3),
        "max": round(skew.max_ms, 3),
        "spread": round(skew.spread_ms, 3),
    }
