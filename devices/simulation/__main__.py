"""`python -m devices.simulation --fleet DIR`: a fleet of simulated controllers until SIGTERM."""

import argparse
import json
import sys
from pathlib import Path

from devices.controller.logs import log_to_stderr
from devices.errors import DevicesError
from devices.simulation.roster import read_roster
from devices.simulation.supervisor import Fleet


def main(arguments: list[str] | None = None) -> int:
    """Run the fleet; 2 when its folder is refused."""
    chosen = _parser().parse_args(arguments)
    log_to_stderr(level=chosen.log_level)
    try:
        roles = read_roster(chosen.fleet, silent=chosen.silent, corrupt_audio=chosen.corrupt_audio)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    Fleet(
        roles=roles,
        on_ready=_announce,
        restarting=not chosen.no_restart,
        log_level=chosen.log_level,
    ).run()
    return 0


def _announce(devices: int) -> None:
    sys.stdout.write(json.dumps({"event": "fleet_ready", "devices": devices}) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices.simulation", description=__doc__)
    parser.add_argument(
        "--fleet", type=Path, required=True, help="a folder of controllers' folders"
    )
    parser.add_argument(
        "--silent", type=int, default=0, metavar="K", help="the last K die once they hold an order"
    )
    parser.add_argument(
        "--corrupt-audio", type=int, default=0, metavar="K", help="the first K get spoilt audio"
    )
    parser.add_argument("--no-restart", action="store_true", help="leave the dead dead")
    parser.add_argument("--log-level", default="warning", choices=["info", "warning", "error"])
    return parser


if __name__ == "__main__":
    sys.exit(main())
