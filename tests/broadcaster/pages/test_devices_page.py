"""Thiết bị: every device with what it last said."""

from datetime import timedelta

import pytest

from broadcaster.fleet.tables import Device
from tests.broadcaster.pages.conftest import Browse, Call
from tests.broadcaster.small_station import SmallStation


@pytest.mark.usefixtures("afternoon")
def test_states_are_counted_apart(call: Call) -> None:
    """Online, gone, and never heard of are three different things."""
    client, header = call("admin")

    told = client.get("/api/devices", headers=header).json()["devices"]

    states = [each["online"] for each in told]
    assert (states.count(True), states.count(False), states.count(None)) == (16, 1, 1)


@pytest.mark.usefixtures("afternoon")
def test_the_page_names_place_and_state(browse: Browse) -> None:
    """A device stands with its cluster, its village and a word on its state."""
    page = browse("admin").get("/devices").text

    assert "Thôn Gò Tre, cột 2" in page
    assert "Cụm Tây Sơn: Thôn Gò Tre" in page
    assert "Chưa từng báo về" in page
    assert "Mất kết nối" in page


def test_a_retired_device_is_gone_from_the_list(afternoon: SmallStation, call: Call) -> None:
    """The registry keeps its row; the list shows devices in service."""
    with afternoon.database.writing() as session:
        session.get_one(Device, "loa-tay-3-2").retired_at = afternoon.clock() - timedelta(days=1)
    client, header = call("admin")

    told = client.get("/api/devices", headers=header).json()["devices"]

    assert "loa-tay-3-2" not in [each["id"] for each in told]


@pytest.mark.usefixtures("commune")
def test_village_heads_do_not_see_the_fleet(browse: Browse) -> None:
    """Their right ends at their own village."""
    assert browse("village_head").get("/devices").status_code == 403
