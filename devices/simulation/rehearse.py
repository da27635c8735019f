"""`python -m devices.simulation.rehearse`: N devices of the real code in few processes."""

import argparse
import os
import sys
from pathlib import Path

from devices.controller.logs import log_to_stderr
from devices.errors import DevicesError
from devices.simulation.profile import Profile, load_profile
from devices.simulation.rehearsal.options import Options
from devices.simulation.rehearsal.run import run_rehearsal, tell_story


def main(arguments: list[str] | None = None) -> int:
    """Rehearse; 2 when it cannot start as asked."""
    chosen = _parser().parse_args(arguments)
    log_to_stderr(level=chosen.log_level)
    try:
        options = _options(chosen)
        if chosen.story:
            tell_story(options)
        else:
            run_rehearsal(options)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    return 0


def _options(chosen: argparse.Namespace) -> Options:
    """Raises ProfileInvalid."""
    given = {"seed": chosen.seed, "processes": chosen.processes}
    return Options(
        devices=chosen.devices,
        clusters=chosen.clusters,
        fleet=chosen.fleet,
        first=chosen.first,
        broker=chosen.broker,
        profile=load_profile(chosen.profile) if chosen.profile else Profile(),
        journals_in_memory=chosen.journals == "memory",
        folder=chosen.folder,
        control=chosen.control,
        lasts_s=chosen.seconds,
        ends_with_input=chosen.until_eof,
        starts_off=chosen.off,
        has_storm=not chosen.no_storm,
        as_json=chosen.json,
        log_level=chosen.log_level,
        **{name: value for name, value in given.items() if value is not None},
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loa simulate",
        description="Diễn tập với thiết bị mô phỏng chạy mã thật. / "
        "Rehearse with simulated devices that run the real code.",
        epilog="Với “loa simulate”: --state DIR dùng đài diễn tập trong thư mục đó. / "
        "With “loa simulate”: --state DIR joins the rehearsal station in that folder.",
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--devices", type=_count, default=24, metavar="N", help="Số thiết bị.")
    who.add_argument(
        "--fleet", type=Path, metavar="DIR", help="Đội của một đài diễn tập. / A station's fleet."
    )
    parser.add_argument(
        "--first", type=_count, metavar="N", help="N thiết bị đầu của đội. / N of the fleet only."
    )
    parser.add_argument("--clusters", type=_count, metavar="K", help="Số cụm. / Clusters.")
    parser.add_argument(
        "--broker", metavar="URL", help="mqtt://…, embedded, mosquitto; mặc định tự chọn."
    )
    parser.add_argument("--profile", type=Path, metavar="FILE", help="Sự cố. / Faults, TOML.")
    parser.add_argument("--seed", type=int, metavar="S", help="Cùng số, cùng chuyện. / Same story.")
    parser.add_argument("--story", action="store_true", help="Chỉ in chuyện. / Print the story.")
    parser.add_argument("--processes", type=_count, metavar="P", help=f"Mặc định {os.cpu_count()}.")
    parser.add_argument(
        "--journals",
        choices=["disk", "memory"],
        default="disk",
        help="memory: nhanh hơn, mất khi dừng. / Faster, not durable.",
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="Giữ lại ở đây. / Keep it here.")
    parser.add_argument("--control", type=Path, metavar="FILE", help="Cổng điều khiển. / Socket.")
    parser.add_argument("--seconds", type=float, metavar="T", help="Tự dừng. / End by itself.")
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="Dừng khi đầu vào đóng. / End when the standard input does.",
    )
    parser.add_argument("--off", action="store_true", help="Chưa bật thiết bị. / Start off.")
    parser.add_argument("--no-storm", action="store_true", help="Không có bão. / No storm.")
    parser.add_argument("--json", action="store_true", help="In JSON. / Print JSON lines.")
    parser.add_argument("--log-level", default="error", choices=["info", "warning", "error"])
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
