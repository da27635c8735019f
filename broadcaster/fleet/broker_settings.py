"""What to write into a broker of another make, so that it asks this station who may do what.

EMQX takes "no answer" for "allowed" unless it is told otherwise, so `no_match = deny` is part of
it, and its own list of rules, which ends with "allow all", is left out. Its queues are made long
enough not to drop confirmations.
"""

from urllib.parse import urlsplit

_EMQX = """\
# EMQX 5: etc/base.hocon
mqtt {{
  use_username_as_clientid = true
  max_mqueue_len = infinity
  session_expiry_interval = 56d
}}
authentication = [{{
  mechanism = password_based
  backend = http
  method = post
  url = "{base}/api/broker/emqx/authentication"
  headers {{ "Content-Type" = "application/json", "Authorization" = "Bearer {token}" }}
  body {{ username = "${{username}}", clientid = "${{clientid}}", password = "${{password}}" }}
}}]
authorization {{
  no_match = deny
  cache {{ ttl = 10s }}
  sources = [{{
    type = http
    method = post
    url = "{base}/api/broker/emqx/authorization"
    headers {{ "Content-Type" = "application/json", "Authorization" = "Bearer {token}" }}
    body {{ username = "${{username}}", topic = "${{topic}}", action = "${{action}}" }}
  }}]
}}
"""
_MOSQUITTO = """\
# Mosquitto, mosquitto-go-auth: mosquitto.conf
allow_anonymous false
max_inflight_messages 0
max_queued_messages 0
max_queued_bytes 0
# after each listener:
use_username_as_clientid true
auth_plugin /etc/mosquitto/conf.d/go-auth.so
auth_opt_backends http
auth_opt_http_host loa:{token}@{host}
auth_opt_http_port {port}
auth_opt_http_with_tls {tls}
auth_opt_http_verify_peer {tls}
auth_opt_http_getuser_uri /api/broker/mosquitto/user
auth_opt_http_superuser_uri /api/broker/mosquitto/superuser
auth_opt_http_aclcheck_uri /api/broker/mosquitto/acl
auth_opt_cache true
auth_opt_auth_cache_seconds 10
auth_opt_acl_cache_seconds 10
"""
_PORTS = {"http": 80, "https": 443}


def http_settings(base: str, *, token: str) -> str:
    """Settings for EMQX and for Mosquitto's plugin; `base` is the station's address for them."""
    address = urlsplit(base)
    mosquitto = _MOSQUITTO.format(
        token=token,
        host=address.hostname,
        port=address.port or _PORTS[address.scheme],
        tls=str(address.scheme == "https").lower(),
    )
    return f"{_EMQX.format(base=base, token=token)}\n{mosquitto}"
