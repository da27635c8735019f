"""What an alert must be to be read: all of CAP 1.2's rules, and nothing that XML can hide."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.alerts.errors import AlertInvalid, AlertTooLarge, AlertUnreadable
from broadcaster.alerts.message import Alert, MsgType, expires_at, preferred_info
from broadcaster.alerts.parsing import read_alert
from broadcaster.alerts.safe_xml import LARGEST_BYTES
from broadcaster.alerts.writing import write_alert
from tests.broadcaster.alerts.any_alert import alerts
from tests.broadcaster.alerts.cap_schema import wrong_with
from tests.broadcaster.alerts.made import alert, info

GOOD = write_alert(alert()).decode()


@settings(max_examples=60)
@given(alerts)
def test_what_is_written_is_read_as_the_same(made: Alert) -> None:
    """Any alert goes out by the schema's rules and comes back as it was."""
    written = write_alert(made)

    assert wrong_with(written) == []
    assert read_alert(written) == made


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    """Whatever comes is refused by name."""
    with pytest.raises((AlertUnreadable, AlertInvalid)):
        read_alert(content)


@settings(max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3))
def test_an_alert_with_a_wound_is_refused_or_read(at: int, instead: str) -> None:
    """A changed sign anywhere gives another alert or a refusal by name, and nothing else."""
    wounded = (GOOD[:at] + instead + GOOD[at + 1 :]).encode()
    with suppress(AlertUnreadable, AlertInvalid):
        assert wrong_with(write_alert(read_alert(wounded))) == []


@pytest.mark.parametrize(
    ("was", "becomes", "path"),
    [
        ("<identifier>KTTV-1</identifier>", "", "alert/identifier"),
        ("KTTV-1", "KTTV 1", "alert/identifier"),
        ("KTTV-1", "KTTV,1", "alert/identifier"),
        ("<status>Actual</status>", "<status>Real</status>", "alert/status"),
        ("<status>Actual</status>", "<status>actual</status>", "alert/status"),
        ("<msgType>Alert</msgType>", "<msgType>Replace</msgType>", "alert/msgType"),
        ("<scope>Public</scope>", "", "alert/scope"),
        ("<scope>Public</scope>", "<scope>Public</scope>" * 2, "alert/scope"),
        ("+00:00</sent>", "</sent>", "alert/sent"),
        ("-00:00</sent>", "Z</sent>", "alert/sent"),
        ("<category>Met</category>", "", "alert/info/category"),
        ("<category>Met</category>", "<category>Rain</category>", "alert/info/category"),
        ("<event>Lũ trên sông Cầu</event>", "<event> </event>", "alert/info/event"),
        ("<urgency>Immediate</urgency>", "<urgency>Soon</urgency>", "alert/info/urgency"),
        ("<severity>Severe</severity>", "", "alert/info/severity"),
        ("<certainty>Likely</certainty>", "<certainty>Very Likely</certainty>",
         "alert/info/certainty"),
        ("<areaDesc>", "<circle>21.0,105.8</circle><areaDesc>", "alert/info/area/areaDesc"),
        ("</area>", "<circle>21.0,105.8</circle></area>", "alert/info/area/circle"),
        ("</area>", "<circle>91,105.8 1</circle></area>", "alert/info/area/circle"),
        ("</area>", "<circle>21,105.8 -1</circle></area>", "alert/info/area/circle"),
        ("</area>", "<polygon>1,1 2,2 1,1</polygon></area>", "alert/info/area/polygon"),
        ("</area>", "<polygon>1,1 2,2 3,1 1,2</polygon></area>", "alert/info/area/polygon"),
        ("</area>", "<geocode><value>1</value></geocode></area>",
         "alert/info/area/geocode/valueName"),
        ("</info>", "<headline>sau vùng</headline></info>", "alert/info/headline"),
        ("<info>", "<references>a,b</references><info>", "alert/references"),
        ("<info>", "<mood>bad</mood><info>", "alert/mood"),
        ('xmlns="urn:oasis:names:tc:emergency:cap:1.2"', 'xmlns="urn:cap:1.1"', "alert"),
    ],
)  # fmt: skip
def test_what_breaks_the_standard_is_named(was: str, becomes: str, path: str) -> None:
    """Each mandatory element, each list of words and each order, by its path."""
    text = GOOD.replace("-00:00</sent>", "+00:00</sent>") if "+00:00" in was else GOOD
    assert was in text

    with pytest.raises(AlertInvalid) as refused:
        read_alert(text.replace(was, becomes, 1).encode())

    assert refused.value.detail == path
    assert path in refused.value.message_vi


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE alert>",
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:1/cap.dtd">',
        '<!DOCTYPE alert [<!ENTITY x "Lũ">]>',
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_type_is_never_followed(head: str) -> None:
    """No entities, no files, no network: a document that brings a type is not read."""
    body = GOOD.split("?>", 1)[1].strip()
    with pytest.raises(AlertUnreadable):
        read_alert(f"{head}{body}".encode())
    with pytest.raises(AlertUnreadable):
        read_alert(f"{head}{body}".encode("utf-16"))


def test_entities_in_a_tree_are_never_made() -> None:
    """A billion of something is refused before any of it is there."""
    many = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE alert [<!ENTITY a0 "x">{many}]>' + GOOD.split("?>", 1)[1].replace(
        "KTTV-1", "&a9;"
    )
    with pytest.raises(AlertUnreadable):
        read_alert(bomb.encode())


def test_more_than_a_megabyte_is_not_read() -> None:
    """The limit is told before a parser sees a byte."""
    with pytest.raises(AlertTooLarge):
        read_alert(b"<" * (LARGEST_BYTES + 1))


def test_a_comment_hides_nothing() -> None:
    """A word that is broken by a comment is the whole word."""
    assert read_alert(GOOD.replace("KTTV-1", "KTTV<!-- -->-1").encode()).identifier == "KTTV-1"


def test_the_vietnamese_is_read_before_another_language() -> None:
    """Wherever it stands; without any, what is said first."""
    english, vietnamese = info(language="en-US", event="Flood"), info(language="vi")
    both = Alert(**{**_fields(alert()), "infos": (english, vietnamese)})

    assert preferred_info(both) == vietnamese
    assert preferred_info(alert(said=english)) == english
    assert preferred_info(Alert(**{**_fields(alert()), "infos": ()})) is None


def test_an_alert_lasts_as_long_as_its_last_part() -> None:
    """And without end where a part has none."""
    soon = datetime(2026, 11, 23, 6, tzinfo=UTC)
    early, late = info(expires=soon), info(expires=soon + timedelta(hours=1))

    def lasting(*infos: object) -> datetime | None:
        return expires_at(Alert(**{**_fields(alert()), "infos": infos}))

    assert lasting(early, late) == soon + timedelta(hours=1)
    assert lasting(early, info(expires=None)) is None
    assert lasting() is None


def test_a_cancel_may_say_nothing_more() -> None:
    """An alert without an info is one."""
    bare = Alert(
        **{**_fields(alert()), "infos": (), "msg_type": MsgType.CANCEL,
           "references": (alert().identity,)}
    )  # fmt: skip

    assert read_alert(write_alert(bare)) == bare


def _fields(made: Alert) -> dict[str, object]:
    return {name: getattr(made, name) for name in Alert.__dataclass_fields__}
