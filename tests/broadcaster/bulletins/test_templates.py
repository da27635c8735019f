"""Templates: blanks that a form fills and that nobody ever hears; the station's own beside them."""

import pytest

from broadcaster.bulletins.blanks import blanks_of, filled
from broadcaster.bulletins.errors import BlankLeft, TitleUnusable, UnknownTemplate
from broadcaster.bulletins.national_templates import NATIONAL_TEMPLATES
from broadcaster.bulletins.templates import (
    find_template,
    keep_template,
    retire_template,
    templates_of,
)
from broadcaster.bulletins.texts import checked
from playlists.reading import national_lexicon, read_aloud
from tests.broadcaster.small_station import STATION_ID, SmallStation


def test_a_blank_is_named_once_and_filled_everywhere() -> None:
    """What has no value stays a blank; what was filled in is not read as one."""
    text = "Họp [[ngày]]. Ngày [[ngày]], ở [[nơi]]."

    assert blanks_of(text) == ("ngày", "nơi")
    assert filled(text, {"ngày": "[[nơi]]", "nơi": " "}) == "Họp [[nơi]]. Ngày [[nơi]], ở [[nơi]]."
    assert filled(text, {"ngày": "24/11", "nơi": "đình"}) == "Họp 24/11. Ngày 24/11, ở đình."


@pytest.mark.parametrize("field", ["title", "script"])
def test_a_bulletin_with_a_blank_is_not_kept(field: str) -> None:
    """A loudspeaker never says what was to be filled in."""
    words = {"title": "Họp", "script": "Tối nay.", field: "Họp [[ngày họp]]"}

    with pytest.raises(BlankLeft) as refused:
        checked(**words)

    assert refused.value.field == field
    assert "ngày họp" in refused.value.message_vi


@pytest.mark.parametrize("template", NATIONAL_TEMPLATES, ids=lambda each: each.id)
def test_each_template_of_every_station_can_be_read_aloud(template: object) -> None:
    """Filled in as people would, it is a bulletin without a doubt in it."""
    (found,) = [each for each in NATIONAL_TEMPLATES if each is template]
    blanks = blanks_of(f"{found.title}\n{found.script}")
    values = dict.fromkeys(blanks, "thôn Đông")
    written = checked(
        title=filled(found.title, values),
        script=filled(found.script, values),
        topic=found.topic,
        priority=found.priority,
    )
    reading = read_aloud(written.script, national_lexicon())

    assert len(blanks) >= 3
    assert [each.code for each in reading.warnings] == []


def test_a_stations_own_template_comes_and_goes(station: SmallStation) -> None:
    """It stands before those of every station, and retired it is offered no longer."""
    by = station.member("operator")
    with station.database.writing() as session:
        kept = keep_template(
            session,
            station_id=STATION_ID,
            title="Chợ phiên [[ngày]]",
            script="Chợ phiên họp ngày [[ngày]] ở [[nơi]].",
            topic="chợ",
            priority=3,
            by=by,
            now=station.clock(),
        )
    with station.database.reading() as session:
        offered = templates_of(session, station_id=STATION_ID)
        found = find_template(session, kept.id, station_id=STATION_ID)
    form = found.filled_form(["mồng 5", "đình làng"])
    with station.database.writing() as session:
        retire_template(session, kept.id, station_id=STATION_ID, by=by, now=station.clock())

    assert offered[0].id == kept.id
    assert len(offered) == 1 + len(NATIONAL_TEMPLATES)
    assert (form.title, form.script) == (
        "Chợ phiên mồng 5",
        "Chợ phiên họp ngày mồng 5 ở đình làng.",
    )
    with station.database.reading() as session, pytest.raises(UnknownTemplate):
        find_template(session, kept.id, station_id=STATION_ID)


def test_a_template_needs_a_title(station: SmallStation) -> None:
    """As a bulletin does."""
    by = station.member("operator")
    with pytest.raises(TitleUnusable), station.database.writing() as session:
        keep_template(
            session,
            station_id=STATION_ID,
            title=" ",
            script="x",
            topic="",
            priority=3,
            by=by,
            now=station.clock(),
        )
