"""One device: its own words and measurements for the staff, its behaviour and end for an admin."""

import re
from datetime import date

import pytest
from sqlmodel import select

from broadcaster.fleet.behaviour import behaviour_of, relay_hosts_of
from broadcaster.fleet.moving import take_over
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceStatus
from devices.protocol.credentials import load_credentials
from devices.protocol.messages import VolumeBand
from tests.broadcaster.pages.conftest import CSRF, Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation

DEVICE = "loa-dong-1-1"
PAGE = f"/devices/{DEVICE}"
SOFT = VolumeBand(begins="20:00", ends="22:00", percent=40)


def measure(station: SmallStation, **said: object) -> None:
    """Let a device have said this of its health."""
    with station.database.writing() as session:
        session.add(
            DeviceHealth(
                device_id=DEVICE, said=said, said_at=station.clock(), received_at=station.clock()
            )
        )


@pytest.mark.usefixtures("afternoon")
def test_the_list_leads_to_each_device(browse: Browse) -> None:
    """And from there back."""
    assert f'href="{PAGE}"' in browse("operator").get("/devices").text
    assert 'href="/devices"' in browse("operator").get(PAGE).text


def test_it_shows_what_the_device_said_and_measured(
    afternoon: SmallStation, browse: Browse
) -> None:
    """In words and units; what it did not measure is not there."""
    measure(afternoon, cpu_temperature_c=47.25, disk_free_bytes=12_345_678_900, supply="mains")
    with afternoon.database.writing() as session:
        status = session.get_one(DeviceStatus, DEVICE)
        status.clock_offset_ms, status.clock_uncertainty_ms = -12, 40
    page = browse("operator").get(PAGE).text

    assert "47,3 °C" in page
    assert "12.346 MB" in page
    assert "điện lưới" in page
    assert "lệch -12 ms, sai số 40 ms" in page
    assert "Sóng di động" not in page


def test_nothing_that_a_device_states_breaks_its_page(
    afternoon: SmallStation, browse: Browse
) -> None:
    """Figures beyond all reason, other kinds than expected, and text that looks like a page."""
    measure(
        afternoon,
        cpu_temperature_c=1e308,
        uptime_s=2**62,
        cpu_share=-1e-300,
        link="<script>alert(1)</script>",
        supply="%(offset)s",
        refused={"x": 1},
        new_in_another_version=[1, 2],
    )
    page = browse("admin").get(PAGE)

    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.usefixtures("commune")
def test_a_device_that_was_never_heard_of_says_so(browse: Browse) -> None:
    """No empty figures."""
    page = browse("leader").get(PAGE).text

    assert "chưa từng báo về" in page
    assert "chưa gửi số đo nào" in page


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"played": True, "heard": True}, "micro ở cột nghe thấy tiếng thử"),
        ({"played": True, "heard": False}, "micro ở cột không nghe thấy tiếng thử"),
        ({"played": True, "heard": None}, "không có micro để nghe"),
        ({"played": False, "detail": "busy"}, "chưa phát được tiếng thử"),
        ("nghe rõ", "chưa phát được tiếng thử"),
    ],
)
def test_a_self_test_is_told_as_what_it_found(
    afternoon: SmallStation, browse: Browse, found: object, said: str
) -> None:
    """A word on the pole and not on any play: no coverage says that it sounded."""
    with afternoon.database.writing() as session:
        session.merge(
            DeviceHealth(
                device_id=DEVICE,
                said={"self_test": found},
                said_at=afternoon.clock(),
                received_at=afternoon.clock(),
            )
        )

    assert said in browse("operator").get(PAGE).text


def test_an_admin_changes_how_it_behaves(afternoon: SmallStation, browse: Browse) -> None:
    """What was saved stands in the form; the page says when the loudspeaker gets it."""
    admin = browse("admin")
    sent = admin.post(
        PAGE, data={"csrf_token": CSRF, "volume": "20:00–22:00 40", "stagger_ms": "80"}
    )
    page = admin.get(sent.headers["location"]).text
    with afternoon.database.reading() as session:
        kept = behaviour_of(session, DEVICE)

    assert sent.status_code == 303
    assert "20:00–22:00 40" in page
    assert "Loa nhận được trong vài giây" in page
    assert (kept.volume, kept.stagger_ms) == ((SOFT,), 80)
    assert "40%" in browse("operator").get(PAGE).text


def test_a_mistake_comes_back_with_what_was_typed(afternoon: SmallStation, browse: Browse) -> None:
    """At its field, and nothing was changed."""
    sent = browse("admin").post(
        PAGE, data={"csrf_token": CSRF, "volume": "buổi tối nhỏ thôi", "stagger_ms": "80"}
    )
    with afternoon.database.reading() as session:
        assert behaviour_of(session, DEVICE).stagger_ms == 0

    assert sent.status_code == 422
    assert "buổi tối nhỏ thôi" in sent.text
    assert 'id="volume-error"' in sent.text


@pytest.mark.usefixtures("afternoon")
def test_only_an_admin_finds_forms(browse: Browse) -> None:
    """The others look."""
    for role in ("operator", "leader"):
        assert 'name="stagger_ms"' not in browse(role).get(PAGE).text
        assert 'name="hosts"' not in browse(role).get("/devices").text


def test_whoever_is_sure_ends_a_device(afternoon: SmallStation, browse: Browse) -> None:
    """Not by a slip; then key and login are gone with the same stroke."""
    admin, registry = browse("admin"), afternoon.settings.registry_file
    unsure = admin.post(f"{PAGE}/retirement", data={"csrf_token": CSRF})
    with afternoon.database.reading() as session:
        assert session.get_one(Device, DEVICE).retired_at is None
    sure = admin.post(f"{PAGE}/retirement", data={"csrf_token": CSRF, "sure": "yes"})
    with afternoon.database.reading() as session:
        assert session.get_one(Device, DEVICE).retired_at == afternoon.clock()

    assert (unsure.status_code, sure.status_code) == (422, 303)
    assert DEVICE not in load_credentials(registry).users
    assert "loa-dong-1-2" in load_credentials(registry).users
    ended = admin.get(PAGE)
    assert (ended.status_code, sure.headers["location"]) == (200, PAGE)
    assert "Loa này đã thôi dùng" in ended.text
    assert "Cuộc đời của loa" in ended.text
    assert "<form" not in ended.text[ended.text.index("<main") : ended.text.index("</main>")]
    assert f'href="{PAGE}"' in admin.get("/devices").text


@pytest.mark.usefixtures("afternoon")
def test_what_a_device_confirmed_is_read_after_it_ended(browse: Browse, call: Call) -> None:
    """Its plays keep their page and their place in the API; nothing about it can be changed."""
    admin = browse("admin")
    before = admin.get(f"{PAGE}/plays").text
    admin.post(f"{PAGE}/retirement", data={"csrf_token": CSRF, "sure": "yes"})
    client, header = call("admin")

    after = admin.get(f"{PAGE}/plays").text
    told = client.get(f"/api{PAGE}/plays", headers=header)
    changed = admin.post(PAGE, data={"csrf_token": CSRF, "volume": "", "stagger_ms": "80"})

    assert "/evidence/" in before or "/broadcasts/" in before
    assert re.findall(r'href="(/broadcasts/[^"]*)"', after) == re.findall(
        r'href="(/broadcasts/[^"]*)"', before
    )
    assert told.status_code == 200
    assert changed.status_code == 404


def test_the_page_of_a_replaced_device_leads_to_what_took_its_place(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """And that one's page back to it."""
    with afternoon.database.writing() as session:
        take_over(
            session, DEVICE, "loa-dong-1-2", station_id=STATION_ID, by=people["admin"],
            today=date(2026, 11, 22), now=afternoon.clock(),
        )  # fmt: skip
    admin = browse("admin")

    assert 'href="/devices/loa-dong-1-2"' in admin.get(PAGE).text
    assert f'href="{PAGE}"' in admin.get("/devices/loa-dong-1-2").text


def test_an_admin_allows_hosts_to_relay_from(afternoon: SmallStation, browse: Browse) -> None:
    """One a line; an address is refused and stands in the field again."""
    admin = browse("admin")
    saved = admin.post(
        "/relay-hosts", data={"csrf_token": CSRF, "hosts": "b.example\n A.example \n"}
    )
    refused = admin.post(
        "/relay-hosts", data={"csrf_token": CSRF, "hosts": "https://c.example/live"}
    )
    with afternoon.database.reading() as session:
        assert relay_hosts_of(session, STATION_ID) == ("a.example", "b.example")

    assert (saved.status_code, refused.status_code) == (303, 422)
    assert "https://c.example/live" in refused.text
    assert "a.example, b.example" in browse("operator").get("/devices").text


def test_a_program_sees_and_changes_a_device(afternoon: SmallStation, call: Call) -> None:
    """What it leaves out stays as it is."""
    measure(afternoon, cpu_share=0.5)
    client, header = call("admin")
    band = {"begins": "20:00", "ends": "22:00", "percent": 40}
    client.patch(f"/api{PAGE}", headers=header, json={"stagger_ms": 80})
    changed = client.patch(f"/api{PAGE}", headers=header, json={"volume": [band]})
    told = client.get(f"/api{PAGE}", headers=header).json()

    assert changed.status_code == 200
    assert changed.json() == told
    assert (told["volume"], told["stagger_ms"]) == ([band], 80)
    assert told["health"] == {"cpu_share": 0.5}
    assert told["online"] is True


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"stagger_ms": 20_000}, "stagger_unusable"),
        ({"volume": [{"begins": "25:00", "ends": "1:00", "percent": 1}]}, "volume_band_unusable"),
        ({"cluster_id": "khac"}, "bad_input"),
    ],
)
def test_a_program_is_told_what_cannot_be(call: Call, given: object, code: str) -> None:
    """In the common form."""
    client, header = call("admin")
    refused = client.patch(f"/api{PAGE}", headers=header, json=given)

    assert (refused.status_code, refused.json()["code"]) == (422, code)


@pytest.mark.usefixtures("afternoon")
def test_a_program_retires_a_device_once(call: Call) -> None:
    """The second time there is none."""
    client, header = call("admin")
    answers = [client.delete(f"/api{PAGE}", headers=header).status_code for _ in range(2)]

    assert answers == [204, 404]


@pytest.mark.usefixtures("afternoon")
def test_a_program_keeps_the_hosts(call: Call) -> None:
    """Exactly these, in one spelling."""
    client, header = call("admin")
    put = client.put(
        "/api/station/relay-hosts", headers=header, json={"hosts": ["B.example", "a.example"]}
    )
    refused = client.put("/api/station/relay-hosts", headers=header, json={"hosts": ["a b"]})

    assert put.json() == {"hosts": ["a.example", "b.example"]}
    assert refused.json()["code"] == "relay_host_unusable"
    assert client.get("/api/station/relay-hosts", headers=header).json() == put.json()


@pytest.mark.usefixtures("afternoon")
def test_english_has_every_word(browse: Browse) -> None:
    """The same pages for whoever chose English."""
    admin = browse("admin")
    admin.cookies.set("loa_language", "en")

    assert "Greatest volume by the hour" in admin.get(PAGE).text
    assert "Hosts to relay from" in admin.get("/devices").text


def test_every_device_of_the_commune_has_its_page(afternoon: SmallStation, browse: Browse) -> None:
    """Whatever it said or did not say."""
    with afternoon.database.reading() as session:
        devices = session.exec(select(Device.id)).all()
    leader = browse("leader")

    assert {leader.get(f"/devices/{each}").status_code for each in devices} == {200}
