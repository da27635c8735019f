"""`python -m devices.broker`: the embedded broker as a process of its own."""

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path

import structlog

from devices.broker.refusals import refusals
from devices.broker.serve import Listen, Ready, serve
from devices.broker.telling import farewell, welcome
from devices.errors import DevicesError

EXIT_UNUSABLE = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the broker; returns the exit code (3 when it cannot start as asked)."""
    asked = _parser().parse_args(arguments)
    _log_to_stderr(in_words=asked.in_words)
    listen = Listen(asked.host, asked.port, certificate=asked.tls_cert, key=asked.tls_key)
    try:
        asyncio.run(serve(asked.registry, listen=listen, say=_words if asked.in_words else _event))
    except KeyboardInterrupt:
        # Before it listened; from then on the signal is awaited.
        return 0
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return EXIT_UNUSABLE
    if asked.in_words:
        sys.stdout.write(farewell(refusals().totals()))
    return 0


def _event(ready: Ready) -> None:
    """For the program that started this one."""
    _say(json.dumps({"event": "broker_ready", "port": ready.port}) + "\n")


def _words(ready: Ready) -> None:
    """For the person who started it."""
    _say(welcome(ready.url, users=ready.users))


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devices.broker", description="Máy chủ MQTT của Loa / Loa's MQTT broker"
    )
    parser.add_argument("--registry", type=Path, required=True, help="credentials file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--in-words", action="store_true", help="speak to a person, not in JSON")
    return parser


def _log_to_stderr(*, in_words: bool) -> None:
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
            structlog.dev.ConsoleRenderer(colors=False)
            if in_words
            else structlog.processors.JSONRenderer(),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
