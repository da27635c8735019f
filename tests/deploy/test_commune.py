"""One commune on one machine: the files of `deploy/commune` are such as their programs take.

And they do what they say: broker, site and proxy started from these very files let somebody sign in
and a loudspeaker enrol, without systemd and without containers.
"""

import os
import re
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import pytest
import typer.main
from paho.mqtt.enums import CallbackAPIVersion
from sqlmodel import select

from broadcaster.accounts.request_size import BoundedBody
from broadcaster.accounts.tables import SignInSession
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.commands import app as loa
from broadcaster.database import connect
from devices.protocol.identity import Identity, load_identity
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import form_token, found_station
from tests.brokers import free_port, mosquitto_is_installed
from tests.e2e.commands import run_to_end, started
from tests.e2e.test_founding import LINK, OPTIONS
from tests.enrolment.test_enrolment import decide, made_code
from tests.enrolment.test_enrolment_over_tls import enrolling

FOLDER = Path(__file__).parents[2] / "deploy" / "commune"
UNITS = sorted(FOLDER.glob("*.service"))
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
PASSWORD = "ba con chim sẻ"
PATIENCE_S = 90.0
MOST_EXPOSED = 20
"""Tenths of what systemd-analyze calls exposure; a service without any sandbox has 96."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="not run: install systemd"
)
needs_nginx = pytest.mark.skipif(not Path(NGINX).exists(), reason="not run: install nginx-light")
needs_mosquitto = pytest.mark.skipif(
    not mosquitto_is_installed(), reason="not run: install mosquitto"
)


def set_to(unit: Path, option: str) -> list[str]:
    """All that an option of a unit is set to."""
    lines = unit.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{option}=")]


def command_of(unit: Path) -> list[str]:
    """What a unit starts, as a list of words; the first of them is the program."""
    (line,) = set_to(unit, "ExecStart")
    return shlex.split(line)


@needs_systemd
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    """Every setting is known and well formed, with a program that is there."""
    for file in [*UNITS, *FOLDER.glob("*.timer")]:
        text = file.read_text("utf-8").replace("/opt/loa/current/bin/loa", sys.executable)
        (tmp_path / file.name).write_text(text, "utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (verified.returncode, verified.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_sandbox_is_tight(unit: Path) -> None:
    """By systemd's own count of what is left open."""
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert judged.returncode == 0, judged.stdout[-200:]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_what_loa_can_do(unit: Path) -> None:
    """The command and each of its options are of this version, and only its own user runs it."""
    program, *words = command_of(unit)
    command = typer.main.get_command(loa)
    while (found := getattr(command, "commands", {}).get(words[0] if words else "")) is not None:
        command, words = found, words[1:]
    command.make_context(program, words)

    assert program == "/opt/loa/current/bin/loa"
    assert set_to(unit, "User") == ["loa"]
    assert "LOA_CONFIG=/etc/loa/loa.toml" in set_to(unit, "Environment")


def test_the_installer_brings_every_file_to_its_place() -> None:
    """A file that is added here and forgotten there would never reach a machine."""
    installer = (FOLDER / "install.sh").read_text("utf-8")
    by_hand = {"install.sh", "renewed-certificate.sh"}
    names = {each.name for each in FOLDER.iterdir()} - by_hand

    assert sorted(each for each in names if each not in installer) == []


@pytest.mark.parametrize("script", ["install.sh", "loa-command.sh", "renewed-certificate.sh"])
def test_scripts_can_be_read_by_any_shell(script: str) -> None:
    """Without running them: they want root, and change the machine."""
    read = subprocess.run(
        ["sh", "-n", FOLDER / script], capture_output=True, text=True, check=False
    )

    assert (read.returncode, read.stderr) == (0, "")


def test_the_proxy_lets_through_what_the_station_takes(sqlite_url: str, tmp_path: Path) -> None:
    """The longest recording arrives: what is too long, the station says in its own words."""
    (most_mb,) = re.findall(r"client_max_body_size (\d+)m;", (FOLDER / "nginx.conf").read_text())
    database = connect(sqlite_url)
    studio = Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio"))
    site = create_app(found_station(database, state_dir=tmp_path / "state").context, studio=studio)
    (bounded,) = [each for each in site.user_middleware if each.cls is BoundedBody]
    database.dispose()

    assert max(bounded.kwargs["larger"].values()) <= int(most_mb) * 1_048_576


@dataclass(frozen=True)
class Machine:
    """A machine's folders and ports, in the place of those that the files name."""

    folder: Path
    https: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    site: int = field(default_factory=free_port)
    mqtt: int = field(default_factory=free_port)
    mqtts: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """What a unit sets; the site's port differs, as several tests share this machine."""
        return {"LOA_CONFIG": str(self.folder / "loa.toml"), "LOA_PORT": str(self.site)}

    @property
    def url(self) -> str:
        """Where people reach it."""
        return f"https://127.0.0.1:{self.https}"

    def here(self, text: str) -> str:
        """A file of the folder as it is for this machine."""
        for there, own in (
            ("/var/lib/loa-broker", str(self.folder / "broker-state")),
            ("/var/lib/loa", str(self.folder / "state")),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.https} ssl"),
            ("listen 80", f"listen 127.0.0.1:{self.http}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.site}"),
            ("127.0.0.1:1883", f"127.0.0.1:{self.mqtt}"),
            ("--port 1883", f"--port {self.mqtt}"),
            ("--tls-port 8883", f"--tls-port {self.mqtts}"),
        ):
            text = text.replace(there, own)
        return "".join(each for each in text.splitlines(True) if "listen [::]" not in each)

    def words(self, unit: str) -> list[str]:
        """What a unit starts, here."""
        (line,) = set_to(FOLDER / unit, "ExecStart")
        return shlex.split(self.here(line))[1:]

    def nginx_configuration(self) -> Path:
        """The site's file as Debian's nginx includes it."""
        site = self.folder / "nginx-site.conf"
        site.write_text(self.here((FOLDER / "nginx.conf").read_text("utf-8")), "utf-8")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{each}_temp_path {self.folder / each};\n" for each in kinds)
        whole = self.folder / "nginx.conf"
        whole.write_text(
            ("user root;\n" if os.getuid() == 0 else "")
            + f"daemon off;\npid {self.folder / 'nginx.pid'};\nevents {{}}\n"
            f"http {{\naccess_log off;\n{places}include {site};\n}}\n"
        )
        return whole


@contextmanager
def proxy_of(machine: Machine) -> Iterator[None]:
    """Nginx with the site's file, which it has tried before."""
    configuration = machine.nginx_configuration()
    arguments = [NGINX, "-e", machine.folder / "nginx.log", "-c", configuration]
    tried = subprocess.run([*arguments, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr, tried.stderr
    process = subprocess.Popen(arguments)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_S)


def set_up(machine: Machine) -> str:
    """What an installer does without systemd, and the README's one command; the admin's link."""
    for folder in ("station", "broker"):
        (machine.folder / folder).mkdir()
    settings = machine.here((FOLDER / "loa.toml").read_text("utf-8"))
    (machine.folder / "loa.toml").write_text(settings, "utf-8")
    ended = run_to_end(
        machine.folder, "init", *OPTIONS, "--address", "127.0.0.1", "--port", str(machine.https),
        "--own-ca", "--behind-proxy", "--broker-port", str(machine.mqtts),
        "--root-key-file", str(machine.folder / "root.key"), **machine.environment,
    )  # fmt: skip
    assert ended.code == 0, ended.stderr
    link = LINK.search(ended.stdout)
    assert link is not None
    return link[0]


def sign_in(client: httpx.Client, machine: Machine, link: str) -> None:
    """The admin chooses a password and signs in; the second factor is proven, as by its code."""
    deadline_s = time.monotonic() + PATIENCE_S
    while client.get("/sign-in").status_code != 200:
        assert time.monotonic() < deadline_s
        time.sleep(0.2)
    page = client.get(link).text
    client.post(link, data={"csrf_token": form_token(page), "new": PASSWORD})
    token = form_token(client.get("/sign-in").text)
    entered = client.post(
        "/sign-in", data={"csrf_token": token, "username": "quan", "password": PASSWORD}
    )
    assert entered.status_code == 303, entered.text
    database = connect(f"sqlite:///{machine.folder / 'state' / 'station.sqlite3'}")
    with database.writing() as session:
        for each in session.exec(select(SignInSession)):
            # By the proxy's word, which is believed: its own address would stand here for all.
            assert each.address == "127.0.0.1"
            each.second_factor_at = datetime.now(UTC)
    database.dispose()


def enrolled(client: httpx.Client, machine: Machine) -> Identity:
    """A controller that asks by this address, and whom the admin lets in."""
    home, authority = machine.folder / "box", machine.folder / "state/tls/ca.pem"
    village = re.search(r'<option value="(thon-[^"]+)"', client.get("/devices/enrolment").text)
    assert village is not None
    code = made_code(client, village_id=village[1])
    box = enrolling(home, url=machine.url, code=code, more=("--ca", str(authority)))
    deadline_s = time.monotonic() + PATIENCE_S
    while box.poll() is None and time.monotonic() < deadline_s:
        decide(client, "confirmation")
        time.sleep(0.2)
    _, said = box.communicate(timeout=PATIENCE_S)
    assert box.returncode == 0, said
    return load_identity(home)


def answer_of_the_broker(identity: Identity, machine: Machine, *, password: str) -> str:
    """What Mosquitto says to these credentials, over TLS by the CA that the controller got."""
    answers: list[str] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=identity.broker_username)
    client.tls_set_context(ssl.create_default_context(cadata=identity.ca_pem))
    client.username_pw_set(identity.broker_username, password)
    client.on_connect = lambda _client, _data, _flags, reason, _more: answers.append(str(reason))
    client.connect("127.0.0.1", machine.mqtts)
    deadline_s = time.monotonic() + PATIENCE_S
    while not answers and time.monotonic() < deadline_s:
        client.loop(timeout=0.2)
    client.disconnect()
    client.loop(timeout=0.2)
    return answers[0]


@needs_nginx
@needs_mosquitto
@pytest.mark.mosquitto
@pytest.mark.processes
def test_started_from_these_files_it_lets_people_in_and_loudspeakers_enrol(tmp_path: Path) -> None:
    """Broker, station and proxy as the units and the site's file have them, TLS on every way in."""
    machine = Machine(tmp_path)
    link = set_up(machine)
    trusting = ssl.create_default_context(cafile=tmp_path / "state/tls/ca.pem")
    with (
        started(
            tmp_path / "broker", *machine.words("loa-broker.service"), **machine.environment
        ) as broker,
        started(
            tmp_path / "station", *machine.words("loa.service"), **machine.environment
        ) as station,
        proxy_of(machine),
        httpx.Client(base_url=machine.url, verify=trusting, timeout=PATIENCE_S) as client,
    ):
        broker.wait_for_words("mosquitto.conf")
        station.wait_for_words(f"● {machine.url}")
        sign_in(client, machine, link)
        plain = httpx.get(f"http://127.0.0.1:{machine.http}/x", headers={"Host": "dai.example"})
        assert plain.headers["location"] == "https://dai.example/x"
        identity = enrolled(client, machine)
        assert identity.station_url == machine.url
        assert identity.broker_url == f"mqtts://127.0.0.1:{machine.mqtts}"
        right = identity.broker_password
        deadline_s = time.monotonic() + PATIENCE_S
        while answer_of_the_broker(identity, machine, password=right) != "Success":
            # Mosquitto is told of the new one by the process that follows the registry.
            assert time.monotonic() < deadline_s
            time.sleep(0.2)
        assert answer_of_the_broker(identity, machine, password="guess") != "Success"
        with client.stream("GET", "/today/events") as news:
            assert news.headers["content-type"].startswith("text/event-stream")
            assert next(news.iter_bytes())
        # Asked for as a socket, it is the socket's own door that refuses a page of another house.
        socket = client.get(
            "/live/talk-1/sound",
            headers={
                "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "https://evil.example",
            },
        )  # fmt: skip
        assert socket.status_code == 403
