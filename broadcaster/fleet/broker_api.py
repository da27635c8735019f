"""Logins and topics for a broker of another make, answered from the registry's verifiers.

EMQX 5 reads the answer in the body, and takes any other status than 200 for "ask the next one";
Mosquitto's HTTP plugins (mosquitto-go-auth, mosquitto-auth-plug) read the status alone. So what
cannot be read is denied here in the asker's own form, never answered as an error.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from broadcaster.accounts.guard import open_to_all
from broadcaster.fleet.broker_door import the_broker
from broadcaster.web.problems import problems
from devices.protocol.filters import is_filter, is_topic
from devices.protocol.registry import LiveRegistry

_REFUSALS = problems(401, 403, 413, 503)
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
READ, WRITE, BOTH, SUBSCRIBE = "1", "2", "3", "4"
_EMQX_ACTIONS = {"publish": WRITE, "subscribe": SUBSCRIBE}

# The guard knows people; a broker is known by the door's own token.
api = APIRouter(prefix="/api/broker", tags=["broker"], dependencies=[Depends(open_to_all)])

Registry = Annotated[LiveRegistry, Depends(the_broker)]


async def asked(request: Request) -> Mapping[str, str]:
    """The question's fields, from JSON or a form; what cannot be read has none."""
    raw = await request.body()
    try:
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == _FORM:
            found = dict(
                parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
            )
        else:
            found = json.loads(raw)
        return _texts(found)
    except (ValueError, RecursionError):
        return {}


def _is_form(request: Request) -> bool:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == _FORM


def _from_form(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))


Asked = Annotated[Mapping[str, str], Depends(asked)]


def _texts(found: object) -> Mapping[str, str]:
    if not isinstance(found, dict):
        return {}
    plain = {str(name): str(value) for name, value in found.items() if isinstance(value, str | int)}
    for value in plain.values():
        value.encode()  # half a surrogate pair is no text; it raises ValueError
    return plain


def _question(**fields: str) -> dict[str, Any]:
    """The question as the OpenAPI document shows it."""
    properties = {name: {"type": kind} for name, kind in fields.items()}
    schema = {"schema": {"type": "object", "properties": properties}}
    return {
        "requestBody": {"required": True, "content": {"application/json": schema, _FORM: schema}}
    }


class EmqxLogin(BaseModel):
    """EMQX's answer to a login. Nobody is a superuser: grants hold for the station as well."""

    result: Literal["allow", "deny"]
    is_superuser: Literal[False] = False


class EmqxAccess(BaseModel):
    """EMQX's answer to a publish or subscribe."""

    result: Literal["allow", "deny"]


class PluginAnswer(BaseModel):
    """What mosquitto-go-auth reads in its JSON mode; the status says the same."""

    ok: bool
    error: str


@api.post(
    "/emqx/authentication",
    responses=_REFUSALS,
    openapi_extra=_question(username="string", clientid="string", password="string"),  # noqa: S106
)
async def emqx_authentication(registry: Registry, asked: Asked) -> EmqxLogin:
    """Whether a client may log in at EMQX: its secret is right, its client id its username."""
    right = _may_log_in(registry, asked)
    same = asked.get("clientid") == asked.get("username")
    return EmqxLogin(result="allow" if right and same else "deny")


@api.post(
    "/emqx/authorization",
    responses=_REFUSALS,
    openapi_extra=_question(username="string", topic="string", action="string"),
)
async def emqx_authorization(registry: Registry, asked: Asked) -> EmqxAccess:
    """Whether a client of EMQX may `publish` on a topic or `subscribe` to a filter."""
    may = _may(registry, asked, doing=_EMQX_ACTIONS.get(asked.get("action", "")))
    return EmqxAccess(result="allow" if may else "deny")


@api.post(
    "/mosquitto/user",
    response_model=PluginAnswer,
    responses=_REFUSALS,
    openapi_extra=_question(username="string", password="string", clientid="string"),  # noqa: S106
)
async def mosquitto_user(registry: Registry, asked: Asked) -> JSONResponse:
    """Whether a client may log in at Mosquitto.

    Some plugins do not know the client id here, so `use_username_as_clientid true` must stand in
    `mosquitto.conf`; one that is told must be the username.
    """
    right = _may_log_in(registry, asked)
    return _plugin(may=right and asked.get("clientid", "") in {"", asked.get("username")})


@api.post(
    "/mosquitto/superuser",
    response_model=PluginAnswer,
    responses=_REFUSALS,
    openapi_extra=_question(username="string"),
)
async def mosquitto_superuser(_registry: Registry) -> JSONResponse:
    """Nobody is above the grants."""
    return _plugin(may=False)


@api.post(
    "/mosquitto/acl",
    response_model=PluginAnswer,
    responses=_REFUSALS,
    openapi_extra=_question(username="string", topic="string", clientid="string", acc="integer"),
)
async def mosquitto_acl(registry: Registry, asked: Asked) -> JSONResponse:
    """Whether a client of Mosquitto may: `acc` 1 read, 2 write, 3 both, 4 subscribe."""
    return _plugin(may=_may(registry, asked, doing=asked.get("acc")))


def _may_log_in(registry: LiveRegistry, asked: Mapping[str, str]) -> bool:
    return registry.may_log_in(asked.get("username"), secret=asked.get("password"))


def _may(registry: LiveRegistry, asked: Mapping[str, str], *, doing: str | None) -> bool:
    user, topic = asked.get("username"), asked.get("topic", "")
    if doing == SUBSCRIBE:
        return is_filter(topic) and registry.may_subscribe(user, topic_filter=topic)
    if doing not in {READ, WRITE, BOTH} or not is_topic(topic):
        return False
    may_read = doing == WRITE or registry.may_receive(user, topic=topic)
    return may_read and (doing == READ or registry.may_publish(user, topic=topic))


def _plugin(*, may: bool) -> JSONResponse:
    error = "" if may else "denied"
    return JSONResponse({"ok": may, "error": error}, status_code=200 if may else 403)
