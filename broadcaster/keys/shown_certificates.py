"""The certificate that a server shows, whether it holds or not: so it is known when it ends."""

import socket
import ssl

from cryptography import x509

from broadcaster.keys.certificates import CertificateFacts, facts_of

WITHIN_S = 3.0


def shown_certificate(host: str, port: int) -> CertificateFacts | None:
    """What a TLS server shows there; None where nobody answers, or not in TLS.

    Nothing is said to it and nothing that it says is believed, so nothing is proved here.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown = wrapped.getpeercert(binary_form=True)
    except OSError:
        return None
    return None if shown is None else facts_of(x509.load_der_x509_certificate(shown))
