"""TLS certificates: read, checked against their key, and made under a CA of the commune's own.

A CA that people put into their phones could speak for the whole Internet. So ours may speak for the
station's own names alone (RFC 5280, name constraints), and its key stays beside the station's.
"""

import hashlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broadcaster.keys.errors import CertificateUnreadable
from broadcaster.keys.secret_files import write_secret

WARN_AHEAD = timedelta(days=30)
_AUTHORITY_LASTS = timedelta(days=3650)
# Phones refuse certificates of an added CA that last longer than 825 days.
_SITE_LASTS = timedelta(days=800)
_CLOCKS_DIFFER = timedelta(hours=1)
_AUTHORITY, _AUTHORITY_KEY = "ca.pem", "ca.key"
TLS_FOLDER = "tls"
"""In the state folder: what `loa init` made."""

SITE_CERTIFICATE = "site.pem"
_SITE_KEY = "site.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says: for whom, by whom, from when until when; its SHA-256 in hex."""

    names: Sequence[str]
    issuer: str
    begins: datetime
    ends: datetime
    sha256: str

    def has_ended(self, now: datetime) -> bool:
        """Whether it holds no more."""
        return now >= self.ends

    def ends_soon(self, now: datetime) -> bool:
        """Whether somebody should see to it now."""
        return now >= self.ends - WARN_AHEAD


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """A server's certificate with its key, and the CA that vouches for it where it is our own."""

    certificate: Path
    key: Path
    authority: Path | None = None


def read_certificate(file: Path) -> CertificateFacts:
    """The first certificate of a PEM file; raise CertificateUnreadable."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError) as error:
        raise CertificateUnreadable(f"{file}: {error}") from error
    return facts_of(found)


def facts_of(found: x509.Certificate) -> CertificateFacts:
    """What a certificate says."""
    return CertificateFacts(
        names=_names_of(found),
        issuer=found.issuer.rfc4514_string().removeprefix("CN="),
        begins=found.not_valid_before_utc,
        ends=found.not_valid_after_utc,
        sha256=hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest(),
    )


def check_pair(files: CertificateFiles) -> None:
    """Raise CertificateUnreadable unless a server can show this certificate with this key."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
    except (OSError, ValueError) as error:
        raise CertificateUnreadable(f"{files.certificate}, {files.key}: {error}") from error


def own_certificate(
    folder: Path, *, station: str, names: Sequence[str], now: datetime
) -> CertificateFiles:
    """A certificate for these names and addresses under the commune's CA in a folder.

    The CA is kept while it may speak for all of them; otherwise a new one is made, which everybody
    must trust anew. Raises CertificateUnreadable for a CA that is there and damaged.
    """
    authority, key = _authority(folder, station=station, names=names, now=now)
    files = CertificateFiles(folder / SITE_CERTIFICATE, folder / _SITE_KEY, folder / _AUTHORITY)
    own_key = ec.generate_private_key(ec.SECP256R1())
    # No address stands in the subject: only the alternative names count.
    title = f"Loa {station}"
    site = (
        _unsigned(title, issuer=authority.subject, key=own_key, now=now, lasts=_SITE_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    write_secret(files.key, _pem_of(own_key))
    write_secret(files.certificate, site.public_bytes(Encoding.PEM))
    return files


def _authority(
    folder: Path, *, station: str, names: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / _AUTHORITY, folder / _AUTHORITY_KEY
    if file.exists() or key_file.exists():
        try:
            kept = x509.load_pem_x509_certificate(file.read_bytes())
            key = load_pem_private_key(key_file.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise CertificateUnreadable(f"{file}: {error}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise CertificateUnreadable(str(key_file))
        if _may_speak_for(kept, names) and now + _SITE_LASTS < kept.not_valid_after_utc:
            return kept, key
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CA {station}"[:64])])
    made = (
        _unsigned(f"CA {station}"[:64], issuer=subject, key=key, now=now, lasts=_AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signs_certificates(), critical=True)
        .add_extension(_only_for(names), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_secret(key_file, _pem_of(key))
    write_secret(file, made.public_bytes(Encoding.PEM))
    return made, key


def _may_speak_for(authority: x509.Certificate, names: Sequence[str]) -> bool:
    bounds = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = {str(each.value) for each in bounds.permitted_subtrees or ()}
    return all(_as_subtree(each) in permitted for each in names)


def _only_for(names: Sequence[str]) -> x509.NameConstraints:
    """These and no others: of a kind of which none is named, all are shut out."""
    permitted = [_general_subtree(each) for each in names]
    kinds = {type(each) for each in permitted}
    excluded: list[x509.GeneralName] = []
    if x509.DNSName not in kinds:
        excluded.append(x509.DNSName(""))
    if x509.IPAddress not in kinds:
        excluded += [x509.IPAddress(ip_network(each)) for each in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(permitted, excluded or None)


def _unsigned(
    name: str,
    *,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + lasts)
    )


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _general_subtree(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _as_subtree(name: str) -> str:
    return str(_general_subtree(name).value)


def _names_of(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(each.value) for each in names]


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
