"""The rows of roll-ups, counted: exact sums, so that any order of counting gives the same bits.

Pure: days and months go in, rows of months and years come out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from math import fsum
from typing import Any

from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.reach import ShareSeen, reached_share
from broadcaster.ledger.village_days import VillageDay

PARTS = tuple(each.name for each in fields(Coverage))

PeriodKey = tuple[str, date, str]
"""Grain, first day and topic."""
Rows = list[dict[str, Any]]


def day_row(day: VillageDay) -> dict[str, Any]:
    """One broadcast in one village, as `village_coverage` has it."""
    return {
        "broadcast_id": day.broadcast_id,
        "village_id": day.village_id,
        "cluster_id": day.cluster_id,
        "topic": day.topic,
        "day": day.day,
        "starts_at": day.starts_at,
        "layout": day.layout,
        **{part: getattr(day.coverage, part) for part in PARTS},
    }


def as_period(day: VillageDay) -> dict[str, Any]:
    """One broadcast as a period of its own, to be summed with others."""
    return {
        "village_id": day.village_id,
        "cluster_id": day.cluster_id,
        "times": 1,
        "last_at": day.starts_at,
        "residents": day.coverage.asked,
        **{part: getattr(day.coverage, part) for part in PARTS},
    }


def sum_rows(
    key: PeriodKey,
    parts: Sequence[Mapping[str, Any]],
    seen: Mapping[str, Sequence[ShareSeen]],
) -> Rows:
    """A row for each village and cluster; residents and reach where the village stood last."""
    grain, begins, topic = key
    together: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for each in parts:
        together[each["village_id"], each["cluster_id"]].append(each)
    rows = [
        {
            "grain": grain,
            "begins": begins,
            "topic": topic,
            "village_id": village_id,
            "cluster_id": cluster_id,
            "times": sum(each["times"] for each in same),
            "asked": sum(each["asked"] for each in same),
            **{name: fsum(each[name] for each in same) for name in PARTS if name != "asked"},
            "last_at": max(each["last_at"] for each in same),
            "residents": 0,
            "reached": 0.0,
        }
        for (village_id, cluster_id), same in sorted(together.items())
    ]
    for village_id, where in _where_last(rows).items():
        last = max(together[village_id, where["cluster_id"]], key=lambda each: each["last_at"])
        found = seen.get(village_id, ())
        played = {each.device_id for each in found if each.confirmed}
        where["residents"] = last["residents"]
        where["reached"] = last["residents"] * reached_share(found, played=played)
    return rows


def _where_last(rows: Rows) -> dict[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for row in rows:
        held = last.get(row["village_id"])
        if held is None or (held["last_at"], held["cluster_id"]) < (
            row["last_at"],
            row["cluster_id"],
        ):
            last[row["village_id"]] = row
    return last


def share_rows(key: PeriodKey, seen: Sequence[tuple[ShareSeen, int]]) -> Rows:
    """A row for each village, layout and pole; beside each share how often it was asked."""
    grain, begins, topic = key
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each, asked in seen:
        which = each[:3]
        row = rows.get(which)
        if row is None:
            row = rows[which] = {
                "grain": grain,
                "begins": begins,
                "topic": topic,
                "village_id": each.village_id,
                "layout": each.layout,
                "device_id": each.device_id,
                "share": each.share,
                "asked": 0,
                "confirmed": 0,
            }
        row["asked"] += asked
        row["confirmed"] += each.confirmed
    return list(rows.values())


def seen_by_village(rows: Rows) -> dict[str, list[ShareSeen]]:
    """The shares in rows of `period_share`, by village."""
    seen: dict[str, list[ShareSeen]] = defaultdict(list)
    for row in rows:
        seen[row["village_id"]].append(
            ShareSeen(
                row["village_id"], row["layout"], row["device_id"], row["share"], row["confirmed"]
            )
        )
    return seen
