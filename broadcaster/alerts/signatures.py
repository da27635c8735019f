"""Whether an alert's signature is that of somebody whom the station trusts, and what was signed.

What is read of a signed alert is what the signature covers, never the document around it. A
certificate inside the alert proves nothing: the key must be that of a file in the state folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import structlog
from cryptography import x509
from lxml.etree import LxmlError, tostring
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from broadcaster.alerts.errors import SignatureBad, SignatureMissing
from broadcaster.alerts.message import Alert
from broadcaster.alerts.parsing import alert_of
from broadcaster.alerts.safe_xml import Element, local_name, namespace, read_xml

log = structlog.get_logger()

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"


class Signed(StrEnum):
    """What is known of who wrote an alert."""

    VERIFIED = "verified"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True, slots=True)
class Opened:
    """An alert as it may be believed; `signer` is the subject of the certificate that holds."""

    alert: Alert
    content: str
    signed: Signed
    signer: str = ""


def certificates_in(folder: Path) -> Sequence[x509.Certificate]:
    """The certificates of a folder's PEM files, by name; what is no certificate is left out."""
    found: list[x509.Certificate] = []
    for file in sorted(folder.glob("*.pem")):
        try:
            found += x509.load_pem_x509_certificates(file.read_bytes())
        except (ValueError, OSError) as error:
            log.warning("alert_certificate_unreadable", file=file.name, error=str(error))
    return found


def open_alert(
    content: bytes,
    *,
    trusted: Sequence[x509.Certificate],
    must_be_signed: bool,
    now: datetime,
) -> Opened:
    """Read an alert and whose it is.

    Raises SignatureMissing, SignatureBad, and what `read_alert` raises.
    """
    root = read_xml(content)
    if not _is_signed(root):
        if must_be_signed:
            raise SignatureMissing(field="file")
        return Opened(alert_of(root), _text(root), Signed.NOT_SIGNED)
    for certificate in trusted:
        if certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            covered = _covered(content, certificate, now=now)
            if covered is not None:
                signer = certificate.subject.rfc4514_string()
                return Opened(alert_of(covered), _text(covered), Signed.VERIFIED, signer)
    raise SignatureBad(field="file")


def _text(root: Element) -> str:
    """The alert as it is kept and handed out again."""
    text: str = tostring(root, encoding="unicode")
    return text


def _is_signed(root: Element) -> bool:
    """Whether a signature stands anywhere in it: one in a wrong place is a bad one, not none."""
    return any(
        local_name(each) == "Signature" and namespace(each) == XMLDSIG
        for each in root.iter("{*}Signature")
    )


def _covered(content: bytes, certificate: x509.Certificate, *, now: datetime) -> Element | None:
    """The element that this certificate's key signed, if it is the whole alert; else None."""
    try:
        found = XMLVerifier().verify(
            content,
            x509_cert=certificate,
            expect_config=SignatureConfiguration(location="./", verification_time=now),
        )
    except (SignXMLException, LxmlError, ValueError, TypeError, KeyError) as error:
        log.info("alert_signature_refused", error=str(error)[:200])
        return None
    covered = found[0] if isinstance(found, list) else found
    signed: Element | None = covered.signed_xml
    if signed is None or _is_signed(signed):
        return None
    # Read again by our own rules, so that nothing outside what was signed hangs on.
    return read_xml(covered.signed_data)
