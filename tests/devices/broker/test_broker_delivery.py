"""What a broker keeps for those who are away: the same on the embedded broker and on Mosquitto."""

from tests.devices.broker.commune import ROOT, STATION, Client, Commune

PLAN, STATUS = f"{ROOT}/plan/cum-dong", f"{ROOT}/from/loa-1/status"


def _device_with_will(commune: Commune, *, clean: bool = True) -> Client:
    device = commune.client("loa-1", clean=clean)
    device.paho.will_set(STATUS, b"offline", qos=1, retain=True)
    return device


def test_a_device_finds_the_plan_after_an_absence(commune: Commune) -> None:
    """The newest retained plan comes with the subscription, marked as retained."""
    station = commune.joined(STATION)
    device = commune.joined("loa-1")
    device.subscribe(PLAN)
    device.close()
    station.publish(PLAN, b"plan 1", retain=True)
    station.publish(PLAN, b"plan 2", retain=True)

    again = commune.joined("loa-1")
    again.subscribe(PLAN)

    message = again.next()
    assert (message.payload, message.retained) == (b"plan 2", True)


def test_an_emptied_plan_is_gone(commune: Commune) -> None:
    """A retained message that was cleared is not given to those who come later."""
    station = commune.joined(STATION)
    station.publish(PLAN, b"plan 1", retain=True)
    station.publish(PLAN, b"", retain=True)

    device = commune.joined("loa-1")
    device.subscribe(PLAN)
    device.subscribe(f"{ROOT}/to/loa-1")
    station.publish(f"{ROOT}/to/loa-1", b"end")

    assert device.next().payload == b"end"


def test_the_last_will_of_a_vanished_device_is_kept(commune: Commune) -> None:
    """A station that comes later still learns that the device went without a word."""
    device = _device_with_will(commune)
    assert device.connect(commune.broker)
    device.publish(STATUS, b"online", retain=True)
    watcher = commune.joined(STATION)
    watcher.subscribe(STATUS)
    assert watcher.next().payload == b"online"
    device.vanish()
    assert watcher.next().payload == b"offline"
    watcher.close()

    late = commune.joined(STATION)
    late.subscribe(f"{ROOT}/from/+/+")

    message = late.next()
    assert (message.topic, message.payload, message.retained) == (STATUS, b"offline", True)


def test_a_device_that_says_goodbye_leaves_no_will(commune: Commune) -> None:
    """After a clean disconnect the last word is the device's own."""
    device = _device_with_will(commune)
    assert device.connect(commune.broker)
    device.publish(STATUS, b"stopped", retain=True)
    device.close()

    station = commune.joined(STATION)
    station.subscribe(STATUS)

    assert station.next().payload == b"stopped"


def test_a_silent_device_is_given_up(commune: Commune) -> None:
    """One that neither speaks nor closes is declared lost after its keep-alive and a half."""
    station = commune.joined(STATION)
    station.subscribe(STATUS)
    device = _device_with_will(commune)
    assert device.connect(commune.broker, keep_alive_s=1)

    device.paho.loop_stop()

    assert station.next().payload == b"offline"


def test_a_device_that_comes_twice_keeps_its_newer_connection(commune: Commune) -> None:
    """The older connection ends, and the newer one hears, speaks and has the last word.

    The embedded broker says the older one's will first; Mosquitto 2.0.11 does not say it.
    """
    station = commune.joined(STATION)
    station.subscribe(STATUS)
    older, newer = (_device_with_will(commune, clean=False) for _ in range(2))
    assert older.connect(commune.broker)
    older.subscribe(f"{ROOT}/to/loa-1")

    assert newer.connect(commune.broker)
    newer.publish(STATUS, b"online")
    newer.subscribe(f"{ROOT}/to/loa-1")
    station.publish(f"{ROOT}/to/loa-1", b"to the newer")

    assert older.left.wait(10)
    if commune.broker.name == "embedded":
        assert station.next().payload == b"offline"
    assert station.next().payload == b"online"
    assert newer.next().payload == b"to the newer"
    assert older.heard_so_far() == []


def test_messages_wait_for_a_station_with_a_persistent_session(commune: Commune) -> None:
    """What devices said while the station was away is there when it comes back, in order."""
    station = commune.joined(STATION, clean=False)
    station.subscribe(f"{ROOT}/from/+/confirm")
    station.close()
    device = commune.joined("loa-1")
    said = [f"batch {number}".encode() for number in range(50)]
    for batch in said:
        device.publish(f"{ROOT}/from/loa-1/confirm", batch)

    again = commune.joined(STATION, clean=False)

    assert [again.next().payload for _ in said] == said


def test_overlapping_filters_bring_a_message_once(commune: Commune) -> None:
    """Two filters that both hear a topic do not double it."""
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    station.subscribe(f"{ROOT}/from/+/confirm")
    device = commune.joined("loa-1")
    device.publish(f"{ROOT}/from/loa-1/confirm", b"one")
    device.publish(f"{ROOT}/from/loa-1/confirm", b"two")

    assert [station.next().payload for _ in range(2)] == [b"one", b"two"]


def test_a_will_is_kept_although_the_session_is_older(commune: Commune) -> None:
    """A device that had a session before it had a will is still shown as gone."""
    commune.joined("loa-1", clean=False).close()
    device = _device_with_will(commune, clean=False)
    assert device.connect(commune.broker)
    watcher = commune.joined(STATION)
    watcher.subscribe(STATUS)
    device.vanish()
    assert watcher.next().payload == b"offline"
    watcher.close()

    late = commune.joined(STATION)
    late.subscribe(STATUS)

    assert late.next().payload == b"offline"


def test_a_session_lasts_although_the_one_before_did_not(commune: Commune) -> None:
    """A station that comes back at once, now with a persistent session, finds what it missed."""
    commune.joined(STATION, clean=True).close()
    station = commune.joined(STATION, clean=False)
    station.subscribe(STATUS)
    station.close()
    commune.joined("loa-1").publish(STATUS, b"online")

    assert commune.joined(STATION, clean=False).next().payload == b"online"
