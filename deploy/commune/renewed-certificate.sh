#!/bin/sh
# Certbot's deploy hook (/etc/letsencrypt/renewal-hooks/deploy/loa): the certificate, to whom it serves.
set -eu
[ -n "${RENEWED_LINEAGE:-}" ] || {
    echo "✕ Chạy bởi certbot, hoặc / By certbot, or: RENEWED_LINEAGE=/etc/letsencrypt/live/NAME $0" >&2
    exit 1
}
install -d -m 0700 -o loa -g loa /var/lib/loa/tls
install -m 0600 -o loa -g loa "$RENEWED_LINEAGE/privkey.pem" /var/lib/loa/tls/site.key
install -m 0644 -o loa -g loa "$RENEWED_LINEAGE/fullchain.pem" /var/lib/loa/tls/site.pem
# The broker sees it by itself, and shows it to whoever comes next: no loudspeaker is sent away.
systemctl reload nginx
