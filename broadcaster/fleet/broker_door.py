"""Who may ask the station about logins and topics: its broker, by a token, unseen by others.

What is asked holds a device's secret in clear, so beyond this machine it must come by TLS; and only
who has the token is answered, so that a stranger cannot try out passwords here.
"""

import base64
import binascii
import ipaddress
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Address

from broadcaster.errors import LoaError, NotAllowed, Unavailable
from broadcaster.fleet.broker_token import is_broker_token
from broadcaster.web.context import Context, context
from devices.protocol.credentials import CredentialsUnreadable
from devices.protocol.registry import LiveRegistry, registry_at


class BrokerUnproven(LoaError):
    """Whoever asks has not the broker's token."""

    code = "broker_unproven"
    status = 401
    message_vi = (
        "Chỉ máy chủ MQTT của đài được hỏi ở đây. Hãy đặt mã truy cập mà “loa broker http” in ra."
    )
    message_en = (
        "Only the station's MQTT broker may ask here. Give it the token that “loa broker http” "
        "prints."
    )


class BrokerInTheOpen(NotAllowed):
    """A device's secret came over the network in plain text."""

    code = "broker_in_the_open"
    message_vi = "Máy chủ MQTT ở máy khác phải hỏi qua HTTPS, vì câu hỏi chứa mật khẩu thiết bị."
    message_en = (
        "A broker on another machine must ask by HTTPS, because the question holds a device's "
        "secret."
    )


class RegistryUnreadable(Unavailable):
    """The broker's file of users cannot be read."""

    code = "registry_unreadable"
    message_vi = CredentialsUnreadable.message_vi
    message_en = CredentialsUnreadable.message_en


def the_broker(request: Request, station: Annotated[Context, Depends(context)]) -> LiveRegistry:
    """The users as they stand now, for a broker that has proved itself.

    Raises BrokerUnproven, BrokerInTheOpen and RegistryUnreadable.
    """
    settings = station.settings
    if not is_broker_token(_offered(request), keys_dir=settings.keys_dir):
        raise BrokerUnproven
    if request.url.scheme != "https" and not _is_this_machine(request.client):
        raise BrokerInTheOpen
    try:
        return registry_at(str(settings.registry_file.resolve()))
    except CredentialsUnreadable as error:
        raise RegistryUnreadable from error


def _offered(request: Request) -> str:
    """The token as EMQX sends it (`Bearer`), or as Mosquitto's plugins do (`Basic`)."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        name_and_password = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return name_and_password.partition(":")[2]


def _is_this_machine(client: Address | None) -> bool:
    try:
        address = ipaddress.ip_address(client.host if client else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
