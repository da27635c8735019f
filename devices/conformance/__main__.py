"""`python -m devices.conformance`: test a controller against the contract, point by point."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.conformance.kit import DEVICE_FOLDER, IDENTITY_FILE, load_kit, prepare_kit
from devices.conformance.point import Point
from devices.conformance.points import all_points
from devices.conformance.report import junit, row, summary
from devices.conformance.scoring import Score, Verdict, score
from devices.conformance.station import StationUnheard
from devices.conformance.suite import restart_command, set_up
from devices.errors import DevicesError

EXIT_FAILED, EXIT_UNUSABLE = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Prepare, list, or test; 1 when a point failed, 2 when nothing could be tested."""
    asked = _parser().parse_args(arguments)
    points = [each for each in all_points() if _is_chosen(each, asked.only)]
    if asked.list:
        for each in points:
            sys.stdout.write(f"§{each.section:<6} {each.name:<36} {each.title_en}\n")
        return 0
    try:
        if asked.prepare is not None:
            return _prepare(asked)
        scores = _test(asked, points)
    except (DevicesError, StationUnheard, OSError) as error:
        told = (
            f"{error.message_vi} / {error.message_en} " if isinstance(error, DevicesError) else ""
        )
        sys.stderr.write(f"{told}({error})\n")
        return EXIT_UNUSABLE
    if asked.junit is not None:
        asked.junit.write_text(junit(scores, device=asked.device), encoding="utf-8")
    return EXIT_FAILED if any(each.verdict is Verdict.FAILED for each in scores) else 0


def _prepare(asked: argparse.Namespace) -> int:
    prepare_kit(
        asked.prepare,
        device=asked.device,
        host=asked.host,
        broker=asked.broker,
        ca_pem=asked.ca.read_text("ascii") if asked.ca is not None else None,
    )
    identity = asked.prepare / DEVICE_FOLDER / IDENTITY_FILE
    sys.stdout.write(
        f"{identity}\n"
        "Chép tệp này vào thiết bị, khởi động thiết bị, rồi chạy lại không có --prepare. / "
        "Put this file into the device, start the device, then run again without --prepare.\n"
    )
    return 0


def _test(asked: argparse.Namespace, points: Sequence[Point]) -> list[Score]:
    kit = load_kit(asked.folder)
    scores: list[Score] = []
    restart = restart_command(asked.restart)
    with set_up(kit, asked.folder, broker=asked.broker, restart=restart) as bench:
        for each in score(bench, points):
            scores.append(each)
            sys.stdout.write(f"{row(each)}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{summary(scores, device=kit.device)}\n")
    return scores


def _is_chosen(point: Point, only: Sequence[str]) -> bool:
    return not only or any(
        each in {point.name, point.section} or point.section.startswith(f"{each}.") for each in only
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loa conformance",
        description="Kiểm tra một bộ điều khiển theo giao ước, từng điểm một. / "
        "Test a controller against the contract, point by point.",
    )
    add = parser.add_argument
    add("--device", default="loa-thu", help="tên thiết bị / the device's name")
    add("--broker", help="máy chủ MQTT khác / another MQTT broker: mqtt://… or mqtts://…")
    add(
        "--folder",
        type=Path,
        default=Path("conformance"),
        help="thư mục đã chuẩn bị / the folder that was prepared",
    )
    add("--prepare", type=Path, metavar="FOLDER", help="ghi danh tính cho thiết bị / write a kit")
    add(
        "--ca",
        type=Path,
        metavar="FILE",
        help="với --prepare: chứng chỉ riêng (PEM) / with --prepare: certificates of one's own",
    )
    add("--host", default="127.0.0.1", help="địa chỉ máy này / this machine's address")
    add("--restart", metavar="COMMAND", help="lệnh ngắt điện thiết bị / cuts the device's power")
    add("--only", nargs="*", default=[], help="tên điểm hoặc mục / names of points, or sections")
    add("--junit", type=Path, metavar="FILE", help="ghi JUnit XML")
    add("--list", action="store_true", help="liệt kê các điểm / list the points")
    return parser


if __name__ == "__main__":
    sys.exit(main())
