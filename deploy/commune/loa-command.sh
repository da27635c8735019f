#!/bin/sh
# `loa` at this machine: with the station's settings and as its user, whoever calls it (root, or by sudo).
export LOA_CONFIG=/etc/loa/loa.toml
cd /var/lib/loa || exit 1
[ "$(id -un)" = loa ] || exec runuser -u loa -- /opt/loa/current/bin/loa "$@"
exec /opt/loa/current/bin/loa "$@"
