"""`python -m devices.broker`: the embedded broker as a process of its own."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

import structlog

from devices.broker.serve import Listen, serve
from devices.errors import DevicesError

EXIT_UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the broker; returns the exit code (3 when it cannot start as asked)."""
    asked = _parser().parse_args(arguments)
    _log_to_stderr()
    listen = Listen(asked.host, asked.port, certificate=asked.tls_cert, key=asked.tls_key)
    try:
        asyncio.run(serve(asked.registry, listen=listen))
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return EXIT_UNUSABLE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devices.broker", description="Máy chủ MQTT của Loa / Loa's MQTT broker"
    )
    parser.add_argument("--registry", type=Path, required=True, help="credentials file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    return parser


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    # amqtt logs what a client sent and why it left; those are our events, said once.
    for noisy in ("amqtt", "transitions"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
