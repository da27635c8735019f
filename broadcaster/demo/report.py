"""What `loa demo --once` says at its end: a table for people, one JSON object for programs."""

import json
from collections.abc import Callable, Mapping
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
    """The report as a table that fits 80 columns: clusters side by side, the whole at the end."""
    broadcast = report.broadcast
    table = Table(title=f"{broadcast.title} ◇ mô phỏng / simulated")
    table.add_column("")
    for cluster in broadcast.clusters:
        table.add_column(cluster.name, justify="right")
    table.add_column("Tất cả / All", justify="right")
    parts: list[Part] = [*broadcast.clusters, broadcast]
    for heading, figure in _FIGURES.items():
        table.add_row(heading, *(figure(part) for part in parts))
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


Part = BroadcastReport | ClusterReport

_FIGURES: Mapping[str, Callable[[Part], str]] = {
    "Thôn / Villages": lambda part: str(len(part.villages)),
    "Dân / Residents": lambda part: _people(part.coverage.asked),
    "Loa / Planned": lambda part: str(part.counts.planned),
    "Có tệp / Cached": lambda part: str(part.counts.cached),
    "Bắt đầu / Started": lambda part: str(part.counts.started),
    "Phát trọn / Finished": lambda part: str(part.counts.finished),
    "Một phần / Partial": lambda part: str(part.counts.partial),
    "Phát lỗi / Failed": lambda part: str(part.counts.failed),
    "Chưa xác nhận / Not confirmed": lambda part: str(part.counts.not_confirmed),
    "Lệch ms / Skew p50": lambda part: f"{part.skew.p50_ms:.1f}" if part.skew else "—",
    "Lệch ms / Skew max": lambda part: f"{part.skew.max_ms:.1f}" if part.skew else "—",
    "Dân được phủ / Reached": lambda part: _people(part.coverage.confirmed),
}


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
