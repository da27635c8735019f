"""Whose an alert is: by a key that the station holds, for exactly what was signed."""

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from broadcaster.alerts.errors import SignatureBad, SignatureMissing
from broadcaster.alerts.signatures import Opened, Signed, certificates_in, open_alert
from broadcaster.alerts.writing import write_alert
from tests.broadcaster.alerts.made import alert, pem, signed, signing, trust_in
from tests.broadcaster.small_station import NOON

KTTV = [signing("kttv")[1]]
THIEF = [signing("thief")[1]]


def opened(content: bytes, *, trusted: object = None, must: bool = False) -> Opened:
    """Opened at noon, trusting the province's office unless a test is about another."""
    return open_alert(
        content,
        trusted=KTTV if trusted is None else trusted,  # type: ignore[arg-type]
        must_be_signed=must,
        now=NOON,
    )


def test_a_signature_by_a_trusted_key_holds() -> None:
    """The signer is named by the certificate that lies here."""
    found = opened(signed(alert()), must=True)

    assert found.signed == Signed.VERIFIED
    assert found.signer == "CN=kttv"
    assert found.alert == alert()
    assert "Signature" not in found.content


def test_without_one_it_is_said_to_be_unsigned_or_is_refused() -> None:
    """As the feed promises."""
    assert opened(write_alert(alert())).signed == Signed.NOT_SIGNED
    with pytest.raises(SignatureMissing):
        opened(write_alert(alert()), must=True)


def test_a_certificate_in_the_alert_proves_nothing() -> None:
    """Whoever signs brings their own; only those that lie here count."""
    with pytest.raises(SignatureBad):
        opened(signed(alert(), "thief"))
    with pytest.raises(SignatureBad):
        opened(signed(alert()), trusted=[])
    assert opened(signed(alert()), trusted=[*THIEF, *KTTV]).signer == "CN=kttv"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("lên nơi cao ngay", "ở yên trong nhà"),
        (">Actual<", ">Exercise<"),
        ("</info>", "<!-- --></info><info></info>"),
    ],
)
def test_what_was_changed_after_signing_is_refused(was: str, becomes: str) -> None:
    """Any word of it."""
    content = signed(alert()).decode()
    content = etree.tostring(etree.fromstring(content.encode()), encoding="unicode")
    assert was in content
    with pytest.raises(SignatureBad):
        opened(content.replace(was, becomes).encode())


def test_a_signed_alert_inside_another_is_all_that_is_believed() -> None:
    """What hangs around a true signature is not what it covers."""
    inner = etree.fromstring(signed(alert("TRUE-1")))
    outer = etree.fromstring(write_alert(alert("FALSE-1")))
    outer.append(inner)
    content = etree.tostring(outer)

    with pytest.raises(SignatureBad):
        opened(content)


def test_a_signature_moved_to_another_place_is_a_bad_one() -> None:
    """It is not taken for *not signed*."""
    root = etree.fromstring(signed(alert()))
    signature = root[-1]
    root.remove(signature)
    root.find("{*}info").append(signature)

    with pytest.raises(SignatureBad):
        opened(etree.tostring(root))


def test_a_certificate_holds_only_in_its_time() -> None:
    """An office whose certificate ran out is asked by telephone."""
    with pytest.raises(SignatureBad):
        open_alert(
            signed(alert()), trusted=KTTV, must_be_signed=False, now=NOON + timedelta(days=31)
        )


def test_the_folder_holds_whom_the_station_trusts(tmp_path: Path) -> None:
    """A file that is no certificate hinders no other."""
    trust_in(tmp_path)
    (tmp_path / "note.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n?")
    (tmp_path / "readme.txt").write_bytes(pem("thief"))

    assert [each.subject.rfc4514_string() for each in certificates_in(tmp_path)] == ["CN=kttv"]
    assert certificates_in(tmp_path / "nowhere") == []
