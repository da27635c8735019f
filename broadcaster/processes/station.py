"""What a running station is made of: broker, ingest, schedule and site, each a process.

They are separate because they hurt each other in one: MQTT's client cannot share a process with
many web sockets, and a render must not delay a receipt.
"""

import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from broadcaster.fleet.credentials import ingest_role
from broadcaster.keys import keep_from_others
from broadcaster.processes.errors import DiskFull, PortInUse
from broadcaster.processes.supervisor import Program, Supervisor
from broadcaster.settings import Settings
from broadcaster.wire import parse_broker_url

_ROOM_NEEDED_BYTES = 200 * 1024 * 1024
_BROKER_PATIENCE_S = 3.0


def environment(settings: Settings) -> Mapping[str, str]:
    """The settings as the children read them, so that all processes run with the same."""
    values = {
        "LOA_STATE_DIR": str(settings.state_dir.resolve()),
        "LOA_DATABASE_URL": settings.database,
        "LOA_BROKER": settings.broker,
        "LOA_BROKER_PORT": str(settings.broker_port),
        "LOA_INGEST_PROCESSES": str(settings.ingest_processes),
        "LOA_HOST": settings.host,
        "LOA_PORT": str(settings.port),
        "LOA_CONFIRM_START_WITHIN_S": str(settings.confirm_start_within_s),
        "LOA_CONFIRM_END_WITHIN_S": str(settings.confirm_end_within_s),
        "LOA_PLAN_DAYS": str(settings.plan_days),
        "LOA_LEAD_S": str(settings.lead_s),
        "LOA_SHIFT_H": str(settings.shift_h),
        "LOA_FACEBOOK_API": settings.facebook_api,
        "LOA_ZALO_API": settings.zalo_api,
        "LOA_ZALO_OAUTH": settings.zalo_oauth,
        "LOA_LOG_LEVEL": settings.log_level,
        "LOA_VOICES_DIR": str(settings.voices_dir.resolve()),
        "LOA_VOICE_SOURCE": settings.voice_source,
        "LOA_VOICE_DEFAULT": settings.voice_default,
        "PYTHONUNBUFFERED": "1",
    }
    if settings.public_url:
        values["LOA_PUBLIC_URL"] = str(settings.public_url)
    if settings.openid_issuer:
        values |= {
            "LOA_OPENID_ISSUER": settings.openid_issuer,
            "LOA_OPENID_CLIENT_ID": settings.openid_client_id,
            "LOA_OPENID_CLAIM": settings.openid_claim,
            "LOA_OPENID_NAME": settings.openid_name,
        }
    if settings.trusted_proxies:
        values["LOA_TRUSTED_PROXIES"] = settings.trusted_proxies
    if settings.tls_cert and settings.tls_key:
        values["LOA_TLS_CERT"] = str(settings.tls_cert.resolve())
        values["LOA_TLS_KEY"] = str(settings.tls_key.resolve())
    if settings.device_broker:
        values["LOA_DEVICE_BROKER"] = settings.device_broker
    if settings.device_ca:
        values["LOA_DEVICE_CA"] = str(settings.device_ca.resolve())
    if settings.voice_catalogue:
        values["LOA_VOICE_CATALOGUE"] = str(settings.voice_catalogue.resolve())
    return values | _of_the_bucket(settings)


def _of_the_bucket(settings: Settings) -> dict[str, str]:
    """Where the S3 store is, and which file holds its secret."""
    if not settings.s3_endpoint:
        return {}
    files = {"LOA_S3_SECRET_FILE": settings.s3_secret_file, "LOA_S3_CA": settings.s3_ca}
    return {
        "LOA_S3_ENDPOINT": settings.s3_endpoint,
        "LOA_S3_BUCKET": settings.s3_bucket,
        "LOA_S3_REGION": settings.s3_region,
        "LOA_S3_KEY_ID": settings.s3_key_id,
        **{name: str(file.resolve()) for name, file in files.items() if file},
    }


def broker_program(settings: Settings) -> Program:
    """The embedded broker, with the credentials and grants of the device registry."""
    return Program(
        name="broker",
        command=(
            sys.executable, "-P", "-m", "devices.broker",
            "--registry", str(settings.registry_file),
            "--port", str(settings.broker_port),
        ),
        ready_event="broker_ready",
    )  # fmt: skip


def station_programs(settings: Settings) -> list[Program]:
    """The station's own processes, beside the broker."""
    programs: list[Program] = []
    shared = environment(settings)
    ingests = [
        (
            ingest_role(number),
            ("broadcaster.ledger.service", "--number", str(number)),
            "ingest_ready",
        )
        for number in range(1, settings.ingest_processes + 1)
    ]
    for name, module, ready in (
        *ingests,
        ("site", ("broadcaster.processes.site",), "site_ready"),
        ("schedule", ("broadcaster.dispatch.service",), "dispatch_ready"),
    ):
        programs.append(
            Program(
                name=name,
                command=(sys.executable, "-P", "-m", *module),
                ready_event=ready,
                environment=shared,
            )
        )
    return programs


def fleet_program(fleet_dir: Path, *, silent: int = 0, corrupt_audio: int = 0) -> Program:
    """The simulated controllers, which reach the station only by MQTT and HTTP."""
    return Program(
        name="fleet",
        command=(
            sys.executable, "-P", "-m", "devices.simulation",
            "--fleet", str(fleet_dir),
            "--silent", str(silent),
            "--corrupt-audio", str(corrupt_audio),
        ),
        ready_event="fleet_ready",
    )  # fmt: skip


def check_room(settings: Settings) -> None:
    """Make sure that ports and disk are free; raise PortInUse or DiskFull in one sentence."""
    keep_from_others(settings.state_dir)
    if shutil.disk_usage(settings.state_dir).free < _ROOM_NEEDED_BYTES:
        raise DiskFull
    if _is_taken(settings.host, settings.port):
        raise PortInUse(settings.port, setting="LOA_PORT")
    if settings.embedded_broker and _is_taken("127.0.0.1", settings.broker_port):
        raise PortInUse(settings.broker_port, setting="LOA_BROKER_PORT")


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_station(supervisor: Supervisor, settings: Settings) -> bool:
    """Start the station's processes; say whether its broker answers.

    With another broker that does not answer the station runs all the same: devices hold their
    plans, and what is written, approved and queued goes out when the broker is back. What was
    started is stopped again when a process fails.
    """
    answers = settings.embedded_broker or broker_answers(settings)
    broker = [broker_program(settings)] if settings.embedded_broker else []
    try:
        for program in broker:
            supervisor.start(program)
        launched = [supervisor.launch(program) for program in station_programs(settings)]
        for running in launched:
            if answers or running.program.name == "site":
                supervisor.wait_ready(running)
    except BaseException:
        supervisor.stop()
        raise
    return answers


def broker_answers(settings: Settings) -> bool:
    """Whether anything listens where the broker should be."""
    address = parse_broker_url(settings.broker_url)
    try:
        with socket.create_connection((address.host, address.port), timeout=_BROKER_PATIENCE_S):
            return True
    except OSError:
        return False


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
