"""`python -m devices.broker.for_mosquitto`: write Mosquitto's files, or run it with them.

Without `--run` send Mosquitto a SIGHUP after each new writing.
"""

import argparse
import sys
from pathlib import Path

from devices.broker.mosquitto import SNAPSHOT_EVERY_S, Wanted, write_configuration
from devices.broker.running_mosquitto import run_mosquitto
from devices.broker.serve import Listen
from devices.broker.telling import how_to_run_mosquitto, mosquitto_runs
from devices.errors import DevicesError

EXIT_UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """Write the configuration, and run Mosquitto if asked to; returns the exit code."""
    asked = _parser().parse_args(arguments)
    wanted = _wanted(asked)
    try:
        if asked.run:
            return run_mosquitto(asked.registry, folder=asked.out, wanted=wanted, say=_say_it_runs)
        path = write_configuration(asked.registry, folder=asked.out, wanted=wanted)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return EXIT_UNUSABLE
    sys.stdout.write(how_to_run_mosquitto(path) if asked.in_words else f"{path}\n")
    return 0


def _say_it_runs(configuration: Path) -> None:
    sys.stdout.write(mosquitto_runs(configuration))
    sys.stdout.flush()


def _wanted(asked: argparse.Namespace) -> Wanted:
    tls = None
    if asked.tls_cert or asked.tls_key:
        tls = Listen(asked.tls_host, asked.tls_port, certificate=asked.tls_cert, key=asked.tls_key)
    return Wanted(
        port=asked.port,
        tls=tls,
        persistence=not asked.no_persistence,
        snapshot_every_s=asked.snapshot_every_s,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devices.broker.for_mosquitto",
        description="Cấu hình hoặc chạy Mosquitto / Configure Mosquitto, or run it",
    )
    parser.add_argument("--registry", type=Path, required=True, help="credentials file")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--port", type=port, required=True, help="plain text, loopback only")
    parser.add_argument("--tls-host", default="0.0.0.0", help="where TLS listens")  # noqa: S104
    parser.add_argument("--tls-port", type=port, default=8883)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--snapshot-every-s", type=seconds, default=SNAPSHOT_EVERY_S)
    parser.add_argument("--no-persistence", action="store_true")
    parser.add_argument("--run", action="store_true", help="run Mosquitto and follow the registry")
    parser.add_argument("--in-words", action="store_true", help="say what to do with the files")
    return parser


def port(text: str) -> int:
    """A port that one can listen on; raise ValueError."""
    return _between(text, lowest=1, highest=65_535)


def seconds(text: str) -> int:
    """A second up to an hour; raise ValueError."""
    return _between(text, lowest=1, highest=3_600)


def _between(text: str, *, lowest: int, highest: int) -> int:
    number = int(text)
    if not lowest <= number <= highest:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
