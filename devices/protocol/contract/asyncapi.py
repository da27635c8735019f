"""The contract as an AsyncAPI 3.0 document: who says what to whom, on which topic, and how.

Both sides' view stands in one document: each channel has an operation of whoever sends and one
of whoever receives, named and tagged by them. What is on the wire is a JWS; a message's payload
schema is that of the JSON inside it, after the signature has been verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from devices.protocol import messages, topics
from devices.protocol.configuration import Scope
from devices.protocol.contract.schemas import components
from devices.protocol.live import FRAME_LIMIT_BYTES
from devices.protocol.messages import Typ

Document = dict[str, Any]

KEEPALIVE_S = 30
SESSION_EXPIRY_S = 8 * 86_400
_BINDING_VERSION = "0.2.0"
_SCHEMAS = "#/components/schemas/"
_MESSAGES = "#/components/messages/"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A kind of signed message as it stands in the document."""

    kind: type[Struct]
    typ: Typ
    title: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic, who sends on it, and how."""

    address: str
    sender: str
    qos: int
    retained: bool
    says: Sequence[str]
    summary: str


SPOKEN: dict[str, Spoken] = {
    "config": Spoken(messages.Config, Typ.CONFIG, "Configuration", Scope.CONFIG),
    "plan": Spoken(messages.Plan, Typ.PLAN, "Plan", Scope.PLAN),
    "now": Spoken(messages.Now, Typ.NOW, "Order or stop for this moment", Scope.NOW),
    "receipt": Spoken(messages.Receipt, Typ.RECEIPT, "Receipt", Scope.RECEIPT),
    "time": Spoken(messages.TimeAnswer, Typ.TIME, "Signed time", Scope.TIME),
    "command": Spoken(messages.Command, Typ.COMMAND, "Command", Scope.COMMAND),
    "confirm": Spoken(messages.Batch, Typ.CONFIRM, "Batch of confirmations", "device"),
    "status": Spoken(messages.Status, Typ.STATUS, "Status", "device"),
    "health": Spoken(messages.Health, Typ.HEALTH, "Health", "device"),
    "ask": Spoken(messages.Ask, Typ.ASK, "Question for the time", "device"),
}

_S, _C, _D = "{station}", "{cluster}", "{device}"
_ROOT = f"{topics.VERSION}/{_S}"
CHANNELS: dict[str, Channel] = {
    "config": Channel(
        f"{_ROOT}/config/{_D}", "station", 1, True, ["config"], "How one device is to behave."
    ),
    "plan": Channel(
        f"{_ROOT}/plan/{_C}", "station", 1, True, ["plan"], "Desired state of one cluster."
    ),
    "now": Channel(
        f"{_ROOT}/now/{_C}", "station", 1, False, ["now"], "The fast path for this moment."
    ),
    "live": Channel(
        f"{_ROOT}/live/{_C}",
        "station",
        0,
        False,
        ["frame"],
        "Live speech, frame by frame; what opens them stands in a `now`.",
    ),
    "to": Channel(
        f"{_ROOT}/to/{_D}",
        "station",
        1,
        False,
        ["receipt", "time", "command"],
        "For one device; the JWS `typ` says which of the three it is.",
    ),
    "confirm": Channel(
        f"{_ROOT}/from/{_D}/confirm", "device", 1, False, ["confirm"], "What a device did."
    ),
    "status": Channel(
        f"{_ROOT}/from/{_D}/status",
        "device",
        1,
        True,
        ["status"],
        "Online or offline; also the device's last will.",
    ),
    "health": Channel(
        f"{_ROOT}/from/{_D}/health", "device", 0, False, ["health"], "Every 60 s: measured values."
    ),
    "ask": Channel(
        f"{_ROOT}/from/{_D}/ask", "device", 1, False, ["ask"], "Answered with the signed time."
    ),
}

_PARAMETERS = {
    "station": "The station's name.",
    "cluster": "The cluster that the device's configuration names.",
    "device": "The device's name.",
}


_FRAME: Document = {
    "name": "frame",
    "title": "Frame of live speech",
    "summary": "No JWS: 16 bytes stream, 8 bytes number, ChaCha20-Poly1305 of MP3, 64 bytes "
    "Ed25519 signature (CONTRACT.md 25.3).",
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "format": "binary", "maxLength": FRAME_LIMIT_BYTES},
}


def asyncapi() -> Document:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:loa:contract:1",
        "info": _info(),
        "defaultContentType": "application/jose",
        "servers": _servers(),
        "channels": {name: _channel(channel) for name, channel in CHANNELS.items()},
        "operations": _operations(),
        "components": {
            "messages": {name: _message(name, spoken) for name, spoken in SPOKEN.items()}
            | {"frame": _FRAME},
            "schemas": components(prefix=_SCHEMAS),
            "parameters": {
                name: {"description": said, "examples": [example]}
                for (name, said), example in zip(
                    _PARAMETERS.items(), ("binh-an", "cum-1", "loa-01"), strict=True
                )
            },
            "securitySchemes": {
                "login": {
                    "type": "userPassword",
                    "description": "The client id is the username; the device made the password "
                    "itself, and the broker holds only a verifier (CONTRACT.md 4.3, 21.3).",
                }
            },
        },
    }


def _info() -> Document:
    return {
        "title": "Loa wire contract",
        "version": "1.0.0",
        "description": "What a commune's station and the loudspeaker controllers on its poles "
        "say to each other. The rules stand in CONTRACT.md beside this file. Every MQTT payload "
        "but a frame of live speech is a JWS in compact form (EdDSA over Ed25519); the payload "
        "schemas here describe the JSON inside it, and `x-loa-envelope` its `typ` and who may sign "
        "it.",
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _servers() -> Document:
    port = {"description": "8883 with TLS, 1883 without.", "default": "8883"}
    server = {
        "host": "{host}:{port}",
        "variables": {"host": {"default": "localhost"}, "port": port},
        "security": [{"$ref": "#/components/securitySchemes/login"}],
        "bindings": {"mqtt": _connection()},
    }
    plain = server | {"variables": {"host": {"default": "localhost"}, "port": {"default": "1883"}}}
    return {
        "broker": server
        | {"protocol": "secure-mqtt", "description": "MQTT 3.1.1 or 5 over TLS (CONTRACT.md 4.3)."},
        "local": plain
        | {"protocol": "mqtt", "description": "On the loopback or a private network only."},
    }


def _connection() -> Document:
    """How a device connects."""
    return {
        "clientId": _D,
        "cleanSession": False,
        "keepAlive": KEEPALIVE_S,
        "sessionExpiryInterval": SESSION_EXPIRY_S,
        "lastWill": {
            "topic": CHANNELS["status"].address,
            "qos": 1,
            "retain": True,
            "message": "A loa-status with online=false, signed before connecting.",
        },
        "bindingVersion": _BINDING_VERSION,
    }


def _channel(channel: Channel) -> Document:
    return {
        "address": channel.address,
        "summary": channel.summary,
        "parameters": {
            name: {"$ref": f"#/components/parameters/{name}"}
            for name in _PARAMETERS
            if f"{{{name}}}" in channel.address
        },
        "messages": {name: {"$ref": f"{_MESSAGES}{name}"} for name in channel.says},
    }


def _operations() -> Document:
    operations: Document = {}
    for name, channel in CHANNELS.items():
        receiver = "device" if channel.sender == "station" else "station"
        for side, action in ((channel.sender, "send"), (receiver, "receive")):
            verb = "Sends" if action == "send" else "Receives"
            operations[f"{side}{verb}{name.capitalize()}"] = {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": f"The {side}'s view. {channel.summary}",
                "tags": [{"name": side}],
                "bindings": {
                    "mqtt": {
                        "qos": channel.qos,
                        "retain": channel.retained,
                        "bindingVersion": _BINDING_VERSION,
                    }
                },
                "messages": [
                    {"$ref": f"#/channels/{name}/messages/{each}"} for each in channel.says
                ],
            }
    return operations


def _message(name: str, spoken: Spoken) -> Document:
    by_device = spoken.signed_by == "device"
    signer = "the device's key" if by_device else f"a key with scope `{spoken.signed_by}`"
    return {
        "name": name,
        "title": spoken.title,
        "summary": f"JWS compact, `typ` `{spoken.typ}`, signed by {signer}.",
        "contentType": "application/jose",
        "payload": {"$ref": f"{_SCHEMAS}{spoken.kind.__name__}"},
        "x-loa-envelope": {
            "typ": str(spoken.typ),
            "alg": "EdDSA",
            "signedBy": "device" if by_device else "issuer",
        }
        | ({} if by_device else {"scope": str(spoken.signed_by)}),
    }
