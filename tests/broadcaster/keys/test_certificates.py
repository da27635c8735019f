"""Certificates under the commune's own CA: what they are good for, and for how long."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from broadcaster.keys.certificates import (
    WARN_AHEAD,
    CertificateFiles,
    check_pair,
    own_certificate,
    read_certificate,
)
from broadcaster.keys.errors import CertificateUnreadable
from tests.authority import Authority

NOW = datetime.now(UTC)


def greeted(shown: CertificateFiles, *, trusting: Path, as_name: str) -> str:
    """What a visitor finds who trusts this CA: ok, or why not; by a real handshake."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(shown.certificate, shown.key)
    client = ssl.create_default_context(cafile=trusting)
    here, there = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(here, server_side=True):
                pass
        except (ssl.SSLError, OSError):
            here.close()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        with client.wrap_socket(there, server_hostname=as_name):
            return "ok"
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        there.close()
        serving.join()


@pytest.mark.parametrize("names", [["dai.example", "192.168.1.10"], ["192.168.1.10"], ["dai.vn"]])
def test_it_is_good_for_each_of_its_names(tmp_path: Path, names: list[str]) -> None:
    """Names and addresses alike, for whoever trusts the CA."""
    files = own_certificate(tmp_path, station="Đài xã Thượng", names=names, now=NOW)
    assert files.authority is not None

    assert [greeted(files, trusting=files.authority, as_name=each) for each in names] == [
        "ok" for _ in names
    ]
    assert list(read_certificate(files.certificate).names) == names


@pytest.mark.parametrize(
    ("ours", "foreign"),
    [(["dai.vn"], "bank.example"), (["192.168.1.10"], "bank.example"), (["dai.vn"], "10.0.0.1")],
)
def test_its_ca_speaks_for_nobody_else(tmp_path: Path, ours: list[str], foreign: str) -> None:
    """Whoever stole its key could not show a bank's page to the commune's phones."""
    files = own_certificate(tmp_path, station="Đài", names=ours, now=NOW)
    assert files.authority is not None
    forged = Authority(tmp_path)
    forged.certificate = x509.load_pem_x509_certificate(files.authority.read_bytes())
    forged.name = "CA Đài"
    key = load_pem_private_key((tmp_path / "ca.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    forged.key = key
    issued = forged.issue(foreign)
    found = greeted(
        CertificateFiles(issued.certificate, issued.key),
        trusting=files.authority,
        as_name=foreign,
    )

    assert "subtree" in found


def test_the_ca_stays_while_its_names_stay(tmp_path: Path) -> None:
    """A renewal needs no new trust; a new name does."""
    first = own_certificate(tmp_path, station="Đài", names=["a.vn", "b.vn"], now=NOW)
    assert first.authority is not None
    kept = first.authority.read_bytes()
    shown = read_certificate(first.certificate).sha256
    own_certificate(tmp_path, station="Đài", names=["b.vn"], now=NOW)
    assert first.authority.read_bytes() == kept
    assert read_certificate(first.certificate).sha256 != shown
    own_certificate(tmp_path, station="Đài", names=["c.vn"], now=NOW)

    assert first.authority.read_bytes() != kept


def test_its_end_is_told_ahead(tmp_path: Path) -> None:
    """A month before, and the day itself."""
    issued = Authority(tmp_path).issue("a.vn", begins=NOW, lasts=timedelta(days=90))
    facts = read_certificate(issued.certificate)

    assert not facts.ends_soon(NOW)
    assert facts.ends_soon(facts.ends - WARN_AHEAD)
    assert not facts.has_ended(facts.ends - timedelta(seconds=1))
    assert facts.has_ended(facts.ends)


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    """A key of another certificate, no file, no certificate."""
    authority = Authority(tmp_path)
    one, other = authority.issue(), authority.issue()
    check_pair(CertificateFiles(one.certificate, one.key))
    with pytest.raises(CertificateUnreadable):
        check_pair(CertificateFiles(one.certificate, other.key))
    with pytest.raises(CertificateUnreadable):
        read_certificate(tmp_path / "away.pem")
    with pytest.raises(CertificateUnreadable):
        read_certificate(one.key)
