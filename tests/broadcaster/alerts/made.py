"""Alerts as a province's office might send them, and keys to sign them with."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner

from broadcaster.alerts.message import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Reference,
    Scope,
    Severity,
    Status,
    Urgency,
)
from broadcaster.alerts.writing import write_alert
from tests.broadcaster.small_station import NOON

SENDER = "canh-bao@kttv.example"


def info(**given: object) -> Info:
    """What is said of a flood in both villages of the small station, by their names."""
    said = Info(
        language="vi-VN",
        categories=(Category.MET,),
        event="Lũ trên sông Cầu",
        urgency=Urgency.IMMEDIATE,
        severity=Severity.SEVERE,
        certainty=Certainty.LIKELY,
        expires=NOON + timedelta(hours=6),
        sender_name="Đài Khí tượng Thủy văn tỉnh",
        headline="Lũ trên sông Cầu lên nhanh",
        description="Mực nước vượt báo động 3 lúc 15 giờ.",
        instruction="Bà con ven sông lên nơi cao ngay.",
        areas=(Area(description="Thôn Một và thôn Hai, xã Thượng"),),
    )
    return replace(said, **given)  # type: ignore[arg-type]


def alert(
    identifier: str = "KTTV-1",
    *,
    msg_type: MsgType = MsgType.ALERT,
    status: Status = Status.ACTUAL,
    sent: datetime = NOON - timedelta(minutes=1),
    sender: str = SENDER,
    scope: Scope = Scope.PUBLIC,
    references: tuple[Reference, ...] = (),
    said: Info | None = None,
    note: str = "",
) -> Alert:
    """An alert, real and public unless a test is about another."""
    return Alert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=status,
        msg_type=msg_type,
        scope=scope,
        note=note,
        references=references,
        infos=(said or info(),),
    )


@lru_cache
def signing(name: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key and its own certificate, valid around the tests' noon."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1000)
        .not_valid_before(NOON - timedelta(days=30))
        .not_valid_after(NOON + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def signed(written: Alert | bytes, by: str = "kttv") -> bytes:
    """An alert with an enveloped signature."""
    key, certificate = signing(by)
    document = written if isinstance(written, bytes) else write_alert(written)
    root = XMLSigner().sign(etree.fromstring(document), key=key, cert=[certificate])
    content: bytes = etree.tostring(root)
    return content


def pem(by: str = "kttv") -> bytes:
    """A certificate as it lies in the state folder."""
    return signing(by)[1].public_bytes(serialization.Encoding.PEM)


def trust_in(folder: Path, by: str = "kttv") -> None:
    """Lay a certificate into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{by}.pem").write_bytes(pem(by))
