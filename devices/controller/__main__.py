"""`python -m devices.controller --home DIR`: one controller until SIGTERM; `… enrol`: enrol it."""

import argparse
import sys
from pathlib import Path

from devices.controller import enrol_command
from devices.controller.logs import log_to_stderr
from devices.controller.run import run_controller
from devices.errors import DevicesError


def main(arguments: list[str] | None = None) -> int:
    """Run one controller, or enrol it; 2 when its folder cannot be used."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["enrol"]:
        return enrol_command.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m devices.controller", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the controller's folder")
    parser.add_argument("--sink", choices=["null", "wav"], default="null", help="where sound goes")
    chosen = parser.parse_args(arguments)
    log_to_stderr(device=chosen.home.name)
    try:
        run_controller(chosen.home, sink_name=chosen.sink)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
