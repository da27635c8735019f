"""`loa-controller enrol`: make this box a device of a station, with a code from its admin."""

import argparse
import getpass
import os
import platform
import sys
import time
from pathlib import Path
from random import Random

from devices.controller.announcing import SOFTWARE
from devices.controller.enrolling import HttpPoster, World, enrol
from devices.errors import DevicesError
from devices.protocol.identity import IDENTITY_FILE

_FINGERPRINT_LENGTH = 32


def main(arguments: list[str]) -> int:
    """Enrol; 0 once enrolled, 1 when the station says no or nobody answers, 2 for a wrong code."""
    chosen = _parser().parse_args(arguments)
    if (chosen.home / IDENTITY_FILE).exists() and not chosen.again:
        sys.stderr.write(
            "Loa này đã được đăng ký; thêm --again để đăng ký lại. / "
            "This device is enrolled already; add --again to enrol it anew.\n"
        )
        return 2
    try:
        poster = HttpPoster(ca_pem=chosen.ca.read_text("ascii") if chosen.ca else None)
    except (OSError, ValueError) as error:
        sys.stderr.write(
            "Không đọc được chứng chỉ (PEM) trong tệp --ca. / "
            f"No certificates (PEM) can be read from the file of --ca. ({error})\n"
        )
        return 2
    code = chosen.code or getpass.getpass("Mã đăng ký / Enrolment code: ")
    world = World(
        poster=poster,
        now_s=time.monotonic,
        sleep=time.sleep,
        tell=_tell,
        rng=Random(),  # noqa: S311 — jitter, not a secret
    )
    try:
        identity = enrol(
            chosen.home,
            station_url=chosen.station,
            code=code,
            software=SOFTWARE,
            hardware=chosen.hardware,
            world=world,
        )
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2 if error.code == "code_unreadable" else 1
    sys.stdout.write(f"{identity.station} {identity.device}\n")
    return 0


def _tell(said: str) -> None:
    """Show a fingerprint in groups, as the station's page does; and what kept us from asking."""
    if len(said) == _FINGERPRINT_LENGTH and not set(said) - set("0123456789abcdef"):
        groups = " ".join(said[at : at + 4] for at in range(0, len(said), 4))
        sys.stderr.write(
            f"So với trang của đài / Compare with the station's page:\n\n    {groups}\n\n"
            "Chờ quản trị nhận… / Waiting for the admin…\n"
        )
    else:
        sys.stderr.write(f"… {said}\n")


def default_home() -> Path:
    """Where a controller keeps itself: what systemd gave it, or the place of its packages."""
    return Path(os.environ.get("STATE_DIRECTORY") or "/var/lib/loa-controller")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loa-controller enrol", description=__doc__)
    parser.add_argument("--home", type=Path, default=default_home(), help="the device's folder")
    parser.add_argument("--station", required=True, metavar="URL", help="the station's address")
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="the station's own certificates, for https (PEM)"
    )
    parser.add_argument("--code", default="", help="the code; asked for when left out")
    parser.add_argument("--hardware", default=platform.node(), help="what the admin may know it by")
    parser.add_argument("--again", action="store_true", help="replace the identity that is there")
    return parser
