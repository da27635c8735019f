"""How a delivery goes: signed, tried again for three days, never lost and never led elsewhere."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from broadcaster.webhooks.addresses import AddressForbidden, check_addresses, checked_url
from broadcaster.webhooks.delivering import AGAIN_AFTER, tell_all
from broadcaster.webhooks.errors import (
    NoKind,
    UnknownDelivery,
    UnknownWebhook,
    WebhookNameUnusable,
    WebhookUrlUnusable,
)
from broadcaster.webhooks.keeping import KEY_FILE, add_webhook, retire_webhook
from broadcaster.webhooks.kinds import TRIAL, Kind, State
from broadcaster.webhooks.queueing import queue_trial, send_again
from broadcaster.webhooks.signing import signed_headers
from broadcaster.webhooks.tables import Webhook
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.webhooks.conftest import Told
from tests.broadcaster.webhooks.receiver import HANG

DAY = timedelta(days=1)


def tried(told: Told, webhook_id: str) -> None:
    """Send a trial."""
    with told.database.writing() as session:
        queue_trial(
            session, webhook_id, station_id=STATION_ID, by=None, now=told.station.clock()
        )  # fmt: skip
    told.send()


def test_a_receiver_checks_a_delivery_with_its_secret(told: Told) -> None:
    """As Standard Webhooks 1.0 says: id, timestamp and body, HMAC-SHA256, base64 after `v1,`."""
    tried(told, told.hook())
    got = told.receiver.got[0]
    key = base64.b64decode(told.secret.removeprefix("whsec_"))
    signed = b".".join(
        [got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body]
    )
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["webhook-timestamp"] == str(int(told.station.clock().timestamp()))
    assert got.headers["webhook-id"] == got.told["id"]
    assert got.headers["content-type"] == "application/json"
    assert len(key) == 32


def test_the_form_is_that_of_the_standards_own_example() -> None:
    """The specification's test vector, so that its libraries check what is sent."""
    headers = signed_headers(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        event_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at_s=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [(500, "http_500"), (410, "http_410"), (302, "http_302"), (HANG, "too_slow")],
)
def test_what_is_not_taken_is_sent_again_under_the_same_id(
    told: Told, answer: int, trouble: str
) -> None:
    """An error, an end, a redirect (which is never followed), no answer at all."""
    hook = told.hook()
    told.receiver.answers = [answer]
    told.whole_s = 0.3 if answer == HANG else 5.0
    tried(told, hook)
    failed = told.deliveries(hook)[0]
    told.send()
    told.whole_s = 5.0
    told.station.clock.move(AGAIN_AFTER[0])
    told.send()

    assert (failed.state, failed.trouble, failed.attempts) == (State.WAITING, trouble, 1)
    assert told.deliveries(hook)[0].state is State.DELIVERED
    assert [each.path for each in told.receiver.got] == ["/in", "/in"]
    assert told.receiver.got[0].body == told.receiver.got[1].body
    assert len({each.headers["webhook-id"] for each in told.receiver.got}) == 1


def test_one_that_hangs_holds_up_no_other(told: Told) -> None:
    """All are asked at once; whoever does not answer is asked once a round, and loses nothing."""
    slow, quick = told.hook(path="/slow"), told.hook(path="/quick")
    told.whole_s = 0.5
    told.receiver.hangs_at = "/slow"
    now = told.station.clock()
    with told.database.writing() as session:
        for hook in (slow, slow, slow, quick, quick):
            queue_trial(session, hook, station_id=STATION_ID, by=None, now=now)
    told.send()
    attempts = sorted(each.attempts for each in told.deliveries(slow))
    told.receiver.hangs_at = ""
    told.station.clock.move(AGAIN_AFTER[0])
    told.send()

    assert attempts == [0, 0, 1]
    assert {each.state for each in told.deliveries(quick)} == {State.DELIVERED}
    assert {each.state for each in told.deliveries(slow)} == {State.DELIVERED}


def test_a_round_ends_where_its_process_no_longer_leads(told: Told) -> None:
    """Between two deliveries it is looked whether it may go on; the rest is the next one's."""
    hook = told.hook(Kind.EMERGENCY_GIVEN)
    with told.database.writing() as session:
        for _ in range(3):
            queue_trial(session, hook, station_id=STATION_ID, by=None, now=told.station.clock())
    leads = iter([True, True, False])
    tell_all(
        told.database, keys_dir=told.station.settings.keys_dir, station_id=STATION_ID,
        now=told.station.clock, may=lambda: next(leads),
    )  # fmt: skip

    assert len(told.receiver.got) == 1
    told.send()
    assert len(told.receiver.got) == 3


def test_waiting_grows_and_ends_after_three_days(told: Told) -> None:
    """Half a minute, two, ten, thirty, two hours, then every six, until three days are over."""
    hook = told.hook()
    told.receiver.answers = [500] * 40
    begun = told.station.clock()
    tried(told, hook)
    waits = []
    while (line := told.deliveries(hook)[0]).state is State.WAITING:
        assert line.next_at is not None
        waits.append(line.next_at - told.station.clock())
        told.station.clock.now = line.next_at
        told.send()

    assert tuple(waits[: len(AGAIN_AFTER)]) == AGAIN_AFTER
    assert set(waits[len(AGAIN_AFTER) :]) == {AGAIN_AFTER[-1]}
    assert line.state is State.GIVEN_UP
    assert timedelta(days=3) - AGAIN_AFTER[-1] < told.station.clock() - begun <= timedelta(days=3)


def test_what_was_given_up_is_sent_again_by_hand(told: Told) -> None:
    """Whatever became of it, and however long ago."""
    hook = told.hook()
    told.receiver.answers = [500]
    tried(told, hook)
    line = told.deliveries(hook)[0]
    told.station.clock.move(timedelta(days=5))
    with told.database.writing() as session:
        send_again(
            session, hook, line.id, station_id=STATION_ID, by=None, now=told.station.clock()
        )  # fmt: skip
        with pytest.raises(UnknownDelivery):
            send_again(
                session, hook, "dlv-none", station_id=STATION_ID, by=None,
                now=told.station.clock(),
            )  # fmt: skip
    told.send()

    assert told.deliveries(hook)[0].state is State.DELIVERED


def test_what_was_sent_and_not_written_down_is_sent_again(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the process died after the receiver took it, and before it was noted."""
    hook = told.hook()

    def died(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as at_that_moment:
        at_that_moment.setattr("broadcaster.webhooks.delivering._note", died)
        with pytest.raises(KeyboardInterrupt):
            tried(told, hook)
    told.send()

    assert told.receiver.types() == [TRIAL, TRIAL]
    assert len({each.headers["webhook-id"] for each in told.receiver.got}) == 1
    assert told.deliveries(hook)[0].state is State.DELIVERED


def test_nothing_is_told_to_an_address_that_was_taken_off(told: Told) -> None:
    """Not even what waits; and it is not found any more."""
    hook = told.hook()
    with told.database.writing() as session:
        queue_trial(session, hook, station_id=STATION_ID, by=None, now=told.station.clock())
        retire_webhook(session, hook, station_id=STATION_ID, by=None, now=told.station.clock())
        with pytest.raises(UnknownWebhook):
            retire_webhook(session, hook, station_id=STATION_ID, by=None, now=told.station.clock())
    told.round()

    assert told.receiver.got == []


def test_an_address_that_nobody_answers_at_is_unreachable(told: Told) -> None:
    """A closed port, and a host that shows no certificate for its name."""
    hook = told.hook()
    with told.database.writing() as session:
        session.get_one(Webhook, hook).url = told.receiver.at.replace("http:", "https:")
    tried(told, hook)

    assert told.deliveries(hook)[0].trouble == "unreachable"
    assert told.receiver.got == []


def test_without_the_key_nothing_is_sent_unsigned(told: Told) -> None:
    """A copy of the database alone signs nothing; the delivery waits, and says why."""
    hook = told.hook()
    (told.station.settings.keys_dir / KEY_FILE).unlink()
    tried(told, hook)
    line = told.deliveries(hook)[0]

    assert (line.state, line.trouble) == (State.WAITING, "secret_unreadable")
    assert told.receiver.got == []


def test_a_secret_is_not_in_the_database(told: Told) -> None:
    """It is sealed under a key that lies beside it."""
    hook = told.hook()
    with told.database.reading() as session:
        kept = str(session.get_one(Webhook, hook).model_dump())

    assert told.secret.removeprefix("whsec_") not in kept


@pytest.mark.parametrize(
    "url",
    [
        "http://cong.example.vn/in",
        "http://192.168.1.2/in",
        "http://127.0.0.2/in",
        "ftp://cong.example.vn/in",
        "file:///etc/passwd",
        "https://",
        "https://ten:matkhau@cong.example.vn/in",
        "https://cong.example.vn/in#phan",
        "https://cong.example.vn:0/in",
        "https://cong.example.vn:99999/in",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/in",
        "https://[::ffff:169.254.169.254]/in",
        "https://224.0.0.1/in",
        "https://0.0.0.0/in",
        "https://127.0.0.9/in",
        "https://cong.example.vn/a b",
        "https://cổng.vn/in",
        "https://cong.example.vn/" + "a" * 500,
    ],
)
def test_an_address_that_is_never_asked_is_refused(url: str) -> None:
    """Plain HTTP beyond this machine, link-local, multicast, nowhere, names and passwords in it."""
    with pytest.raises(WebhookUrlUnusable):
        checked_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://cong.example.vn/in?x=1",
        "https://10.1.2.3:8443/in",
        "http://127.0.0.1:8080/in",
        "http://[::1]/in",
        "http://localhost:9/in",
    ],
)
def test_an_address_that_may_be_asked_is_kept_as_it_is(url: str) -> None:
    """By https anywhere a certificate can hold for, in the commune's own network as well."""
    assert checked_url(f" {url} ") == url


@pytest.mark.parametrize("address", ["169.254.169.254", "127.0.0.1", "::1", "fe80::1%eth0", "::"])
def test_a_name_that_leads_there_is_not_asked_either(address: str) -> None:
    """Looked up at each delivery: whoever holds a name may point it elsewhere at any time."""
    check_addresses(["203.0.113.7", "10.1.2.3"])
    with pytest.raises(AddressForbidden):
        check_addresses(["203.0.113.7", address])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": ""}, WebhookNameUnusable),
        ({"url": "http://cong.example.vn"}, WebhookUrlUnusable),
        ({"kinds": []}, NoKind),
        ({"kinds": ["device.silent", "everything"]}, NoKind),
    ],
)
def test_an_address_without_a_name_or_an_event_is_not_added(
    told: Told, wrong: dict[str, object], error: type[Exception]
) -> None:
    """Each says which field is wrong."""
    given = {"name": "Cổng", "url": "https://cong.example.vn", "kinds": [Kind.DEVICE_SILENT]}
    with told.database.writing() as session, pytest.raises(error) as refused:
        add_webhook(
            session, station_id=STATION_ID, keys_dir=told.station.settings.keys_dir, by=None,
            now=told.station.clock(), **given | wrong,
        )  # type: ignore[arg-type]  # fmt: skip

    assert refused.value.field == next(iter(wrong))  # type: ignore[attr-defined]
