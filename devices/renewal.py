"""The certificate that a server shows, taken anew where its files were renewed.

Certificates are renewed while poles and people are connected. Connections that stand keep the one
that they began with, and whoever comes next is shown the new one: nobody has to be sent away.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import structlog

LOOKED_AT_EVERY_S = 30.0
"""A certificate is renewed a month before it ends: nobody waits for this."""

Stamp = tuple[tuple[int, int, int], ...] | None
"""By what files are told from the ones that were there before; None where one cannot be seen."""

log = structlog.get_logger(__name__)


def stamp_of(*files: Path) -> Stamp:
    """What tells these files from older and newer ones."""
    try:
        found = [file.stat() for file in files]
    except OSError:
        return None
    return tuple((each.st_ino, each.st_mtime_ns, each.st_size) for each in found)


@dataclass(slots=True)
class ShownCertificate:
    """A certificate with its key, in files that somebody else renews, and who shows it."""

    certificate: Path
    key: Path
    shown_by: ssl.SSLContext
    _seen: Stamp = field(init=False)

    def __post_init__(self) -> None:
        """What lies there now is shown already."""
        self._seen = stamp_of(self.certificate, self.key)

    def look(self) -> bool:
        """Show what lies there now, if it is another; whether it is.

        A pair that does not fit is left alone and looked at again: the files may just be being
        written, and the certificate before still speaks where half of a new one would not.
        """
        now = stamp_of(self.certificate, self.key)
        if now in (None, self._seen):
            return False
        try:
            # Apart first: a context that got a certificate without its key shows nothing at all.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
            self.shown_by.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            log.warning("renewed_certificate_unusable", file=str(self.certificate), why=str(error))
            return False
        self._seen = now
        log.info("renewed_certificate_shown", file=str(self.certificate))
        return True
