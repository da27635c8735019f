"""`python -m devices.controller --home DIR`: one controller until SIGTERM; `… enrol`: enrol it."""

import argparse
import sys
from pathlib import Path

from devices.controller import enrol_command
from devices.controller.enrol_command import default_home
from devices.controller.logs import log_to_stderr
from devices.controller.outlets import Outlet
from devices.controller.run import run_controller
from devices.errors import DevicesError


def main(arguments: list[str] | None = None) -> int:
    """Run one controller, or enrol it; 2 when its folder cannot be used."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["enrol"]:
        return enrol_command.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m devices.controller", description=__doc__)
    add = parser.add_argument
    add("--home", type=Path, default=default_home(), help="the controller's folder")
    add("--sink", choices=["card", "wav", "null"], default="null", help="where sound goes")
    add("--card", default="", metavar="NAME", help="ALSA's name of the card, such as hw:0,0")
    add(
        "--channel",
        choices=["left", "right", "both"],
        default="both",
        help="where the amplifier is",
    )
    add("--latency-ms", type=int, default=0, help="what amplifier and line add to the card's own")
    chosen = parser.parse_args(arguments)
    outlet = Outlet(
        kind=chosen.sink,
        card=chosen.card,
        channel=chosen.channel,
        latency_ms=chosen.latency_ms,
    )
    log_to_stderr(device=chosen.home.name)
    try:
        run_controller(chosen.home, outlet=outlet)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
