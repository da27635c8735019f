"""A certificate authority as a commune would make one, for tests of TLS with its own CA."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A server's certificate and its key, as files."""

    certificate: Path
    key: Path


@dataclass(slots=True)
class Authority:
    """Signs servers' certificates; whoever trusts `pem` believes them."""

    folder: Path
    name: str = "CA của xã"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        """It signs itself."""
        now = datetime.now(UTC)
        own_id = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        self.certificate = (
            _unsigned(self.name, issuer=self.name, key=self.key)
            .not_valid_before(now - 400 * DAY)
            .not_valid_after(now + 400 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(own_id, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.file.write_text(self.pem)

    @property
    def pem(self) -> str:
        """What is to be trusted."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def file(self) -> Path:
        """The same as a file."""
        return self.folder / f"{self.name}.pem"

    def issue(
        self, name: str = "127.0.0.1", *, begins: datetime | None = None, lasts: timedelta = DAY
    ) -> Issued:
        """A certificate for an address or a name, by default from an hour ago on."""
        key = ec.generate_private_key(ec.SECP256R1())
        begins = begins or datetime.now(UTC) - timedelta(hours=1)
        certificate = (
            _unsigned(name, issuer=self.name, key=key)
            .not_valid_before(begins)
            .not_valid_after(begins + lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        number = f"{certificate.serial_number:x}"
        issued = Issued(self.folder / f"{number}.pem", self.folder / f"{number}.key")
        issued.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        issued.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return issued


def _unsigned(
    name: str, *, issuer: str, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    subject, by = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
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
