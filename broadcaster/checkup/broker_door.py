"""The broker: whether it answers, keeps what it takes, and lets nobody hear or speak unasked.

That its rules are in force is found out by breaking them: without a login, with a wrong password,
and by the one login that may hear a single topic and asks for all. Plans and configurations are
retained, so whoever may hear them has them at once.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broadcaster.checkup.finding import Finding, Level
from broadcaster.errors import LoaError
from broadcaster.fleet.credentials import WireSecret, load_wire_secret
from broadcaster.fleet.probe import PROBE
from broadcaster.processes.broker_check import check_broker
from broadcaster.settings import Settings
from broadcaster.wire import BrokerAddress, BrokerUnreachable, parse_broker_url, tls_context

LISTENS_S = 2.0
_ANSWERS_WITHIN_S = 5.0
_WRONG = "not-the-password"
_REMEDY_VI = "Chạy “loa broker mosquitto” và dùng cấu hình đó; xem deploy/README, “Another broker”."
_REMEDY_EN = "Run “loa broker mosquitto” and use what it writes; see “Another broker” in deploy."


def check_the_broker(settings: Settings, *, station_id: str) -> Iterator[Finding]:
    """All that can be found out from outside, beside a station that runs."""
    address = parse_broker_url(settings.broker_url)
    login = load_wire_secret(settings, station_id=station_id, role=PROBE)
    try:
        came = _tried(address, login, ca=settings.device_ca, asks_for="#")
    except BrokerUnreachable as error:
        where = f"{settings.broker_url}: {error.detail}"
        yield Finding(
            check="broker", level=Level.ILL, vi=f"{error.message_vi} ({where})",
            en=f"{error.message_en} ({where})",
            remedy_vi="Chạy đài (“loa serve”) hoặc máy chủ MQTT, rồi thử lại; khám ở thư mục có "
            "loa.toml của đài, với cùng các biến LOA_….",
            remedy_en="Start the station (“loa serve”) or the broker, and try again; look from the "
            "folder of the station's loa.toml, with the same LOA_… variables.",
        )  # fmt: skip
        return
    yield from _of_login(came, settings)
    yield from _of_strangers(address, login, settings)
    yield from _of_limits(settings)


def _of_login(came: "_Tried", settings: Settings) -> Iterator[Finding]:
    if not came.was_let_in:
        yield Finding(
            check="broker", level=Level.ILL, vi="Máy chủ MQTT không nhận tài khoản của đài.",
            en="The broker does not let the station in.",
            remedy_vi=f"Cho nó đọc lại tài khoản trong {settings.registry_file}.",
            remedy_en=f"Have it read the logins again: {settings.registry_file}.",
        )  # fmt: skip
    elif came.heard:
        yield Finding(
            check="broker", level=Level.ILL, remedy_vi=_REMEDY_VI, remedy_en=_REMEDY_EN,
            vi=f"Máy chủ MQTT cho nghe cả những gì không được nghe: {came.heard[0]}",
            en=f"The broker lets hear what may not be heard: {came.heard[0]}",
        )  # fmt: skip
    else:
        yield Finding(
            check="broker", level=Level.WELL, vi="Máy chủ MQTT trả lời và giữ đúng quyền nghe.",
            en="The broker answers, and lets each hear its own only.",
        )  # fmt: skip


def _of_strangers(
    address: BrokerAddress, login: WireSecret, settings: Settings
) -> Iterator[Finding]:
    wrong = WireSecret(username=login.username, password=_WRONG)
    for who, whose_vi, whose_en in (
        (None, "người không có tài khoản", "somebody without a login"),
        (wrong, "mật khẩu sai", "a wrong password"),
    ):
        if _tried(address, who, ca=settings.device_ca, asks_for="").was_let_in:
            yield Finding(
                check="broker", level=Level.ILL, remedy_vi=_REMEDY_VI, remedy_en=_REMEDY_EN,
                vi=f"Máy chủ MQTT cho vào cả {whose_vi}.", en=f"The broker lets in {whose_en}.",
            )  # fmt: skip


def _of_limits(settings: Settings) -> Iterator[Finding]:
    try:
        check_broker(settings)
    except LoaError as error:
        yield Finding(
            check="broker", level=Level.ILL, vi=error.message_vi, en=error.message_en,
            remedy_vi=_REMEDY_VI, remedy_en=_REMEDY_EN,
        )  # fmt: skip


@dataclass
class _Tried:
    """What came of one try."""

    was_let_in: bool = False
    heard: list[str] = field(default_factory=list)


def _tried(
    address: BrokerAddress, login: WireSecret | None, *, ca: Path | None, asks_for: str
) -> _Tried:
    """Knock, and where one is let in, ask for topics and listen; raise BrokerUnreachable."""
    came, answered, has_heard = _Tried(), threading.Event(), threading.Event()
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=login.username if login else "stranger",
        clean_session=True,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )

    def connected(
        _client: paho.Client,
        _data: object,
        _flags: object,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        came.was_let_in = not reason.is_failure
        if came.was_let_in and asks_for:
            client.subscribe(asks_for, qos=1)
        answered.set()

    def heard(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        came.heard.append(message.topic)
        has_heard.set()

    client.on_connect, client.on_message = connected, heard
    client.on_disconnect = lambda *_: answered.set()
    if login is not None:
        client.username_pw_set(login.username, login.password)
    if address.tls:
        client.tls_set_context(tls_context(ca))
    try:
        client.connect(address.host, address.port)
    except OSError as error:
        raise BrokerUnreachable(str(error)) from error
    client.loop_start()
    try:
        if not answered.wait(_ANSWERS_WITHIN_S):
            raise BrokerUnreachable("no answer")
        if came.was_let_in and asks_for:
            has_heard.wait(LISTENS_S)
    finally:
        client.disconnect()
        client.loop_stop()
    return came
