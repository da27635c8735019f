"""How a controller logs: one line of JSON an event, to stderr, past-tense facts with ids."""

import sys

import structlog


def log_to_stderr(*, device: str | None = None, level: str = "info") -> None:
    """Set up structlog for this process, each event carrying the device where there is one."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    if device is not None:
        structlog.contextvars.bind_contextvars(device_id=device)
