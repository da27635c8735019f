"""TLS as a device speaks it: servers proven, version 1.2 at least, the station's own CA trusted."""

import ssl


def tls_context(ca_pem: str | None = None) -> ssl.SSLContext:
    """Verify servers by the system's certificates, and by those that enrolment brought (PEM)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_pem:
        context.load_verify_locations(cadata=ca_pem)
    return context
